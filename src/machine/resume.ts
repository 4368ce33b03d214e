import type { Wait } from "./effect.ts";
import type { ObjectValue, ProcessValue, Value } from "./value.ts";

/** How the machine goes on when what it asked or waited for is there: plain data, stored with the process. */
export type Resume =
  /** The answer is a value of an expression. `otherwise`: instead of a failure; `whether`: true or false, if there is one. */
  | { kind: "push"; otherwise?: Value; whether?: true }
  /** Nothing is left of the answer. */
  | { kind: "ignore" }
  /** The answer is $RESULT. */
  | { kind: "result" }
  /** The answer says what a call runs. */
  | { kind: "callee"; purpose: "call" | "tail" | "spawn"; call: CallArguments; isSelf: boolean }
  /** The outcome is the job's own; a command's text on standard error stays with a success. */
  | { kind: "outcome"; keepsError: boolean }
  | { kind: "command"; attempt: Attempt; phase: "running" | "asking" | "pausing" }
  | { kind: "choice"; kinds: number[]; targets: number[] }
  | { kind: "lock"; of: ObjectValue; phase: "asking" | "waiting" }
  | { kind: "session" }
  /** The answer is the next part of what the loop of that slot runs over. */
  | { kind: "page"; slot: number }
  | { kind: "children"; children: Children; phase: "starting" | "waiting" | "ending" | "asking" }
  /** Something was let go of; what comes of it does not matter. */
  | { kind: "released" }
  /** A process that is done again from its failed job takes the locks again that it held there: this one, and then the rest. */
  | { kind: "relock"; rest: readonly ObjectValue[] };

export interface CallArguments {
  positional: readonly Value[];
  named: ReadonlyMap<string, Value>;
}

/** A command and what is left of its `retry`. */
export interface Attempt {
  wait: Extract<Wait, { kind: "command" }>;
  retries: number;
  intervalMs: number;
  isRepeatable: boolean;
}

/** A fork or pfor in progress: a child for each of the `arguments`. */
export interface Children {
  /** One function for all of them, or one each. */
  functions: readonly number[];
  /** What a pfor gives to each child; empty lists for a fork. */
  arguments: readonly (readonly Value[])[];
  limit: number;
  started: readonly ProcessValue[];
  /** Those of the started that may still run. */
  running: readonly ProcessValue[];
}
