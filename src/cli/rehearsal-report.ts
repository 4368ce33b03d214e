/** How `tsunagi test` tells its results. */
import type { FlowCoverage, Problem, TestFault } from "#rehearsal";

export function faultLine(file: string, { line, column, message }: TestFault): string {
  return `${file}:${line}:${column}: error: ${message}`;
}

/** A case that failed: where it stands, its name, and what does not hold. */
export function problemLines(
  file: string,
  test: { name: string; line: number; problems: readonly Problem[] },
): string[] {
  return [
    `${file}:${test.line}: failed: ${test.name}`,
    ...test.problems.flatMap(({ message, lines }) => [
      `    ${message}${lines.length > 0 ? ":" : ""}`,
      ...lines.map((line) => `      ${line}`),
    ]),
    "",
  ];
}

export function coverageLines(flows: readonly FlowCoverage[]): string[] {
  return flows.flatMap(({ file, jobs, sides, missed }) => [
    `${file}: ${jobs.ran} of ${jobs.total} jobs, ${sides.taken} of ${sides.total} connector sides`,
    ...missed.map(({ line, message }) => `    line ${line}: ${message}`),
  ]);
}

export function summaryLine(passed: number, failed: number): string {
  return `${passed} passed, ${failed} failed`;
}
