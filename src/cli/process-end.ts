/** How the end of a process becomes what `tsunagi run` prints last and its exit status. */
import type { ProcessFields } from "#contract";
import { told } from "./reader-language.ts";

export interface EndedProcess {
  /** Such as /process/1. */
  process: string;
  fields: ProcessFields;
  /** Children that ended abnormally: where, stands in no trace but theirs. */
  failed?: readonly { process: string; fields: ProcessFields }[];
  /** A line of a flow, where its source is known. */
  sourceLine?: SourceLine;
}

export type SourceLine = (path: string, line: number) => string | undefined;

/** 0 done, 1 ended abnormally, N after `exit(N)`. */
export function exitStatus(fields: ProcessFields): number {
  if (fields.state === "done") return 0;
  const n = fields.status ?? 1;
  // Exit statuses have eight bits; `exit(256)` must not look like a success.
  return hasExited(fields) && n > 0 && n < 256 ? n : 1;
}

/** `exit(3)` was meant so, wherever it stands; a command that ended with status 3 has a place where that was too much. */
function hasExited({ reason, error }: ProcessFields): boolean {
  return reason === "exit" && !(error ?? "").startsWith("aborted ");
}

/** The reason on standard error; with `lines`, all as one JSON document on standard output instead. */
export function reportEnd(
  { process: path, fields, failed = [], sourceLine }: EndedProcess,
  lines: readonly string[] | undefined,
): void {
  const { state, status, reason, result, error, trace } = fields;
  if (lines !== undefined) {
    process.stdout.write(
      `${JSON.stringify({ process: path, state, status, reason, result, error, trace, console: lines })}\n`,
    );
  } else {
    const lines = [
      ...endLines(fields, sourceLine),
      ...(fields.state === "done" ? [] : childLines(failed, sourceLine)),
    ];
    for (const line of lines) process.stderr.write(`${line}\n`);
  }
}

// A recursion without end has thousands of calls; where it happened and where it began is what one needs.
const innermostShown = 10;
const outermostShown = 5;

// What went wrong in a thousand children went wrong in the first few, too.
const childrenShown = 5;

/** What is said about an abnormal end: the place and message, then the places of the calls that led there. */
export function endLines(fields: ProcessFields, sourceLine?: SourceLine): string[] {
  if (fields.state === "done" || hasExited(fields)) return [];
  const { error, state, trace } = fields;
  const [innermost] = trace;
  if (innermost === undefined || error === null) return [told(error ?? state)];
  const message = error.slice(`aborted at line ${innermost.line} in ${innermost.path}: `.length);
  const calls = together(trace);
  const shown = calls.map(({ path, line, count }) => {
    const times = count > 1 ? ` (${told(`${count} calls`)})` : "";
    const text = sourceLine?.(path, line)?.trim();
    const source = text === undefined ? [] : [`  ${line} | ${text}`];
    return [`${told(`aborted at line ${line} in ${path}: ${message}`)}${times}`, ...source];
  });
  const between = calls.slice(innermostShown, -outermostShown);
  if (between.length <= 1) return shown.flat();
  const left = between.reduce((sum, { count }) => sum + count, 0);
  return [
    ...shown.slice(0, innermostShown).flat(),
    told(`… ${left} more calls …`),
    ...shown.slice(-outermostShown).flat(),
  ];
}

/** A call that calls itself at the same place is told once, with how often. */
function together(trace: ProcessFields["trace"]): { path: string; line: number; count: number }[] {
  const calls: { path: string; line: number; count: number }[] = [];
  for (const { path, line } of trace) {
    const last = calls.at(-1);
    if (last?.path === path && last.line === line) last.count += 1;
    else calls.push({ path, line, count: 1 });
  }
  return calls;
}

function childLines(failed: EndedProcess["failed"] & {}, sourceLine?: SourceLine): string[] {
  const lines = failed
    .slice(0, childrenShown)
    .flatMap(({ process: path, fields }) => [
      told(`in ${path}:`),
      ...endLines(fields, sourceLine).map((line) => `  ${line}`),
    ]);
  const more = failed.length - childrenShown;
  return more > 0 ? [...lines, told(`… ${more} more children …`)] : lines;
}

/** Those of a family that ended abnormally, but for its first; in the order in which they were started. */
export function failedChildren(
  family: readonly { path: string; fields: object }[],
  root: string,
): NonNullable<EndedProcess["failed"]> {
  return family
    .map(({ path, fields }) => ({ process: path, fields: fields as ProcessFields }))
    .filter(({ process: path, fields }) => path !== root && fields.state === "aborted")
    .filter(({ fields }) => !hasExited(fields))
    .toSorted((a, b) => numberOf(a.process) - numberOf(b.process));
}

function numberOf(path: string): number {
  return Number(path.slice(path.lastIndexOf("/") + 1));
}
