import { assert } from "#kernel";

/**
 * The states of a process.
 *
 *   ready      its next turn is due
 *   running    something it asked for is being done outside: a command, a request
 *   waiting    parked until a message, a time, a child, a lock or a person
 *   suspended  held before a command until a person decides
 *   done, aborted, cancelled  ended, for good
 */
export type ProcessState =
  | "new"
  | "ready"
  | "running"
  | "waiting"
  | "suspended"
  | "done"
  | "aborted"
  | "cancelled";

const moves: Record<ProcessState, readonly ProcessState[]> = {
  new: ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
  ready: ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
  running: ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
  waiting: ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
  suspended: ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
  done: [],
  aborted: [],
  cancelled: [],
};

/** Whether a process in this state is over. */
export function hasEnded(state: ProcessState): boolean {
  return state === "done" || state === "aborted" || state === "cancelled";
}

/** The one place that says which state may follow which. */
export function assertMove(from: ProcessState, to: ProcessState): void {
  assert(moves[from].includes(to), `a process cannot go from ${from} to ${to}`);
}
