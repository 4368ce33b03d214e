/** How the end of a process becomes what `tsunagi run` prints last and its exit status. */
import type { ProcessFields } from "#contract";

export interface EndedProcess {
  /** Such as /process/1. */
  process: string;
  fields: ProcessFields;
}

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
  { process: path, fields }: EndedProcess,
  lines: readonly string[] | undefined,
): void {
  const { state, status, reason, result, error, trace } = fields;
  if (lines !== undefined) {
    process.stdout.write(
      `${JSON.stringify({ process: path, state, status, reason, result, error, trace, console: lines })}\n`,
    );
  } else {
    for (const line of endLines(fields)) process.stderr.write(`${line}\n`);
  }
}

// A recursion without end has thousands of calls; where it happened and where it began is what one needs.
const innermostShown = 10;
const outermostShown = 5;

/** What is said about an abnormal end: the place and message, then the places of the calls that led there. */
export function endLines(fields: ProcessFields): string[] {
  if (fields.state === "done" || hasExited(fields)) return [];
  const lines = [fields.error ?? fields.state, ...callers(fields)];
  const between = lines.length - innermostShown - outermostShown;
  if (between <= 1) return lines;
  const elided = `… ${between} more calls …`;
  return [...lines.slice(0, innermostShown), elided, ...lines.slice(-outermostShown)];
}

/** The flows that ended with the one in which it happened: each ended abnormally at its call. */
function callers({ error, trace: [innermost, ...others] }: ProcessFields): string[] {
  if (innermost === undefined || error === null) return [];
  const message = error.slice(`aborted at line ${innermost.line} in ${innermost.path}: `.length);
  return others.map(({ path, line }) => `aborted at line ${line} in ${path}: ${message}`);
}
