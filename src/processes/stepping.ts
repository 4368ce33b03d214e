import { TsunagiError } from "#kernel";
import type { Pause, Value, Wait } from "#machine";
import { hasEnded } from "./process-state.ts";
import type { ProcessRow } from "./process-table.ts";

/**
 * Step mode: a process stops before each thing that it does outside, is `suspended`, and a person decides. The decision names the turn
 * at which the process was seen, so that it is about that command and no other, and only the first of two counts.
 */
export const decisions = ["go", "skip", "abort", "free"] as const;

export interface Decision {
  /** `free`: it and all that stem from the same process run to the end without further questions. */
  decision: (typeof decisions)[number];
  /** The name of who decided. */
  by: string;
}

/** What only listens, or cleans up, or asks a person anyway, is done without a question. */
const harmless: ReadonlySet<string> = new Set(["session_read", "session_close", "confirm"]);

/** Before which of its waits a process is held. */
export function heldEffect(pause: Extract<Pause, { kind: "wait" }>): Wait | undefined {
  return pause.waits.find(
    (wait) => wait.kind === "command" || (wait.kind === "external" && !harmless.has(wait.name)),
  );
}

/** Refused if the process does not wait for a decision at that turn. */
export function assertHeld(
  row: ProcessRow | undefined,
  id: number,
  turn: number,
): asserts row is ProcessRow {
  if (row === undefined) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no process /process/${id}`);
  }
  if (hasEnded(row.state)) {
    throw new TsunagiError("PROCESS_ENDED", `/process/${id} has already ended: ${row.state}`);
  }
  if (row.state === "suspended" && row.turn === turn) return;
  throw new TsunagiError(
    "DECISION_OUTDATED",
    row.state === "suspended"
      ? `/process/${id} is held at turn ${row.turn}, and the decision is about turn ${turn}`
      : `/process/${id} is not held before a command: somebody has decided, or it does not step`,
    {
      details: { state: row.state, turn: row.turn },
      hint: "Look at what it is about to do now, and decide about that.",
    },
  );
}

/** Who suspended it wants that nothing of it goes on. */
export function assertDecidable(row: ProcessRow): void {
  if (row.suspension === null) return;
  throw new TsunagiError(
    "DECISION_OUTDATED",
    `/process/${row.id} is suspended, and nothing of it goes on`,
    { details: { state: row.state, turn: row.turn }, hint: "Resume it first." },
  );
}

/** Without its session the jobs of a block would have nothing to talk to. */
export function assertSkippable(pause: Pause | null): void {
  const effect = pause?.kind === "wait" ? heldEffect(pause) : undefined;
  if (effect?.kind !== "external" || effect.name !== "session_open") return;
  throw new TsunagiError(
    "ARGUMENT_INVALID",
    "the opening of a session cannot be skipped: the jobs of its block need it",
    { hint: "Go on, or abort." },
  );
}

/** A skipped command succeeds with empty output, anything else without a result. */
export function skippedResult(wait: Wait | undefined): Value {
  return wait?.kind === "command" ? "" : null;
}
