import { resolvePath } from "#kernel";
import type { Json } from "#machine";
import type { ObjectDocument } from "#objects";
import { difference } from "./difference.ts";
import { textFits } from "./expected-text.ts";
import { hostFits, type Asked } from "./given-answers.ts";
import type { ExpectedCommand, ExpectedOutcome, Expectation } from "./test-case.ts";

/** Something that does not hold: a sentence, and lines that show it. */
export interface Problem {
  message: string;
  lines: readonly string[];
}

/** What a run left behind, as it is compared. */
export interface RunEvidence {
  console: readonly string[];
  asked: readonly Asked[];
  outcome: Required<ExpectedOutcome>;
  object(path: string): Promise<ObjectDocument | undefined>;
}

const legend = "(- expected, + got)";

/** Everything that does not hold. `directory` is where relative paths start. */
export async function problemsOf(
  expect: Expectation,
  evidence: RunEvidence,
  directory: string,
): Promise<Problem[]> {
  return [
    ...outcomeProblems(expect.outcome ?? { state: "done" }, evidence.outcome),
    ...consoleProblems(expect, evidence.console),
    ...commandProblems(expect.commands, evidence.asked),
    ...(await objectProblems(expect.objects ?? {}, evidence, directory)),
  ];
}

function outcomeProblems(expected: ExpectedOutcome, got: Required<ExpectedOutcome>): Problem[] {
  const lines: string[] = [];
  for (const key of ["state", "status", "reason", "error", "result"] as const) {
    const wanted = expected[key];
    if (wanted === undefined || valueFits(wanted, got[key])) continue;
    lines.push(`- ${key}: ${show(wanted)}`, `+ ${key}: ${show(got[key])}`);
  }
  if (lines.length === 0) return [];
  // Why it ended otherwise is what one wants to know first.
  if (expected.error === undefined && got.error !== null) lines.push(`  error: ${got.error}`);
  return [{ message: `it ended otherwise ${legend}`, lines }];
}

function consoleProblems(
  { console: expected, consoleContains }: Expectation,
  got: readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  if (expected !== undefined) {
    problems.push(
      ...listProblems(`the console is another one ${legend}`, expected, got, {
        fits: textFits,
        showExpected: String,
        showGot: String,
      }),
    );
  }
  const missing = (consoleContains ?? []).filter(
    (line) => !got.some((each) => textFits(line, each) || each.includes(line)),
  );
  if (missing.length > 0) {
    problems.push({
      message: `the console does not contain what was expected ${legend}`,
      lines: [
        ...missing.map((line) => `- ${line}`),
        ...got.slice(0, linesShownMax).map((line) => `+ ${line}`),
      ],
    });
  }
  return problems;
}

function commandProblems(
  expected: readonly ExpectedCommand[] | undefined,
  asked: readonly Asked[],
): Problem[] {
  if (expected === undefined) return [];
  const commands = asked.filter(({ job }) => job === "command" || job === "session");
  const withHost = ({ text, host }: { text: string; host: string | null | undefined }) =>
    host === undefined || host === null ? text : `${text}  (on ${host})`;
  return listProblems(`other commands ran ${legend}`, expected, commands, {
    fits: ({ command, host }, got) =>
      textFits(command, got.text) && (host === undefined || hostFits(host, got.host)),
    showExpected: ({ command, host }) => withHost({ text: command, host }),
    showGot: withHost,
  });
}

async function objectProblems(
  expected: NonNullable<Expectation["objects"]>,
  evidence: RunEvidence,
  directory: string,
): Promise<Problem[]> {
  const lines: string[] = [];
  for (const [written, fields] of Object.entries(expected)) {
    const path = resolvePath(written, directory);
    const object = await evidence.object(path);
    if (object === undefined || fields === null) {
      if (object === undefined && fields !== null) lines.push(`- ${path}`, "+ (no such object)");
      if (object !== undefined && fields === null) lines.push(`- (no object ${path})`, `+ ${path}`);
      continue;
    }
    for (const [field, wanted] of Object.entries(fields)) {
      const got = object.fields[field];
      if (got !== undefined && valueFits(wanted, got)) continue;
      const shown = got === undefined ? "(no such field)" : show(got);
      lines.push(`- ${path}.${field}: ${show(wanted)}`, `+ ${path}.${field}: ${shown}`);
    }
  }
  return lines.length === 0 ? [] : [{ message: `objects hold something else ${legend}`, lines }];
}

// Enough to see what is wrong; a console may have a million lines.
const linesShownMax = 60;

function listProblems<E, G>(
  message: string,
  expected: readonly E[],
  got: readonly G[],
  options: Parameters<typeof difference<E, G>>[2],
): Problem[] {
  let same = 0;
  while (same < expected.length && same < got.length) {
    if (!options.fits(expected[same] as E, got[same] as G)) break;
    same += 1;
  }
  if (same === expected.length && same === got.length) return [];
  const end = same + linesShownMax;
  const lines = difference(expected.slice(same, end), got.slice(same, end), options);
  const before = got.slice(Math.max(0, same - 3), same).map((each) => `  ${options.showGot(each)}`);
  const isCut = expected.length > end || got.length > end;
  return [{ message, lines: [...before, ...lines, ...(isCut ? ["  …"] : [])] }];
}

/** Texts may be patterns, also within lists and dictionaries; of dictionaries all keys count. */
function valueFits(expected: Json, got: Json): boolean {
  if (typeof expected === "string") return typeof got === "string" && textFits(expected, got);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((each, index) => valueFits(each, got[index] as Json))
    );
  }
  if (expected === null || typeof expected !== "object") return expected === got;
  if (got === null || typeof got !== "object" || Array.isArray(got)) return false;
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(got).length &&
    keys.every((key) => key in got && valueFits(expected[key] as Json, got[key] as Json))
  );
}

function show(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
