/** How `tsunagi test` tells its results. */
import type { FlowCoverage, Problem, TestFault } from "#rehearsal";
import { translate, type Language } from "#kernel";
import { told } from "./reader-language.ts";

export function faultLine(
  file: string,
  { line, column, message }: TestFault,
  language: Language,
): string {
  return `${file}:${line}:${column}: ${translate(`error: ${message}`, language)}`;
}

/** A case that failed: where it stands, its name, and what does not hold. */
export function problemLines(
  file: string,
  test: { name: string; line: number; problems: readonly Problem[] },
): string[] {
  return [
    `${file}:${test.line}: ${told(`failed: ${test.name}`)}`,
    ...test.problems.flatMap(({ message, lines }) => [
      `    ${told(message)}${lines.length > 0 ? ":" : ""}`,
      ...lines.map((line) => `      ${line}`),
    ]),
    "",
  ];
}

export function coverageLines(flows: readonly FlowCoverage[]): string[] {
  return flows.flatMap(({ file, jobs, sides, missed }) => [
    `${file}: ${told(`${jobs.ran} of ${jobs.total} jobs, ${sides.taken} of ${sides.total} connector sides`)}`,
    ...missed.map(({ line, message }) => `    ${told(`line ${line}`)}: ${told(message)}`),
  ]);
}

export function summaryLine(passed: number, failed: number): string {
  return told(`${passed} passed, ${failed} failed`);
}
