/** How the end of a process becomes what `tsunagi run` prints last and its exit status. */
import type { ProcessFields } from "#contract";

export interface EndedProcess {
  /** Such as /process/1. */
  process: string;
  fields: ProcessFields;
}

/** 0 done, 1 ended abnormally, N after `exit(N)`. */
export function exitStatus({ state, status }: ProcessFields): number {
  if (state !== "done") return 1;
  // Exit statuses have eight bits; `exit(256)` must not look like a success.
  const n = status ?? 0;
  return n === 0 ? 0 : Number.isInteger(n) && n > 0 && n < 256 ? n : 1;
}

/** The reason on standard error; with `lines`, all as one JSON document on standard output instead. */
export function reportEnd(
  { process: path, fields }: EndedProcess,
  lines: readonly string[] | undefined,
): void {
  const { state, status, reason, result, error } = fields;
  if (lines !== undefined) {
    process.stdout.write(
      `${JSON.stringify({ process: path, state, status, reason, result, error, console: lines })}\n`,
    );
  } else if (state !== "done") {
    process.stderr.write(`${error ?? state}\n`);
  }
}
