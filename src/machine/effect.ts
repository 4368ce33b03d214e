import type { State } from "./state.ts";
import type { Dictionary, ObjectValue, ProcessValue, Value } from "./value.ts";

/**
 * What a machine and the engine say to each other (DESIGN section 2). The engine calls
 * `advance(state, input, environment)`; the machine runs until it needs the world and answers with a {@link Pause}:
 *
 *   ask    something inside the database: answered at once, in the same turn and transaction
 *   wait   something outside, or time: the turn ends, the state is stored, an event continues it
 *   ended  the process is over
 *
 * Every value in here can be stored (see snapshot.ts); a machine never does I/O.
 */
export type Pause =
  | { kind: "ask"; request: Request }
  | { kind: "wait"; waits: readonly Wait[]; deadline: number | null }
  | { kind: "ended"; end: ProcessEnd };

export type Input =
  /** The first turn, or going on after a pause that needs no answer. */
  | { kind: "start" }
  | { kind: "answer"; answer: Answer }
  /** The wait of that index came to its end. */
  | { kind: "event"; index: number; outcome: Outcome }
  /** The pause's deadline passed first. */
  | { kind: "deadline" };

export type Reason =
  | "exit"
  | "timeout"
  | "unknown"
  | "unreachable"
  | "refused"
  | "evaluation"
  | "abort"
  | "cancelled"
  | "limit";

/** `$STATUS $RESULT $ERROR $REASON`. A job succeeded when `status` is 0 and `reason` null. */
export interface Outcome {
  status: number;
  result: Value;
  error: string | null;
  reason: Reason | null;
}

/** The answer to a request: a value, or a failure of the job that asked (`evaluation`, or `refused` for what the world forbids). */
export type Answer =
  | { ok: true; value: Value }
  | { ok: true; callee: Callee }
  | { ok: false; reason: Reason; message: string };

/** What `[x: …]` found behind an object. */
export type Callee =
  | {
      kind: "program";
      program: string;
      path: string;
      context: "inherit" | "own";
      runsAs: number | null;
    }
  | { kind: "script"; script: Script };

export interface Script {
  path: string;
  text: string;
  /** Else the first line's `#!`, else /bin/sh. */
  interpreter: string | null;
}

/** Where a loop over a directory is. */
export interface DirectoryPage {
  /** The name behind which to go on, or null at the beginning. */
  after: string | null;
  /** What was given with the first page: the loop runs over what was there then. */
  mark: Value;
}

/** Asked inside a turn. Objects are given by reference; names are as the flow wrote them. */
export type Request =
  /** A path, already absolute. Gives an ObjectValue; missing: `evaluation` "no object at /a/b". `/process/17` gives a ProcessValue. */
  | { kind: "resolve"; path: string }
  /** `x.name` of an object or a process. */
  | { kind: "read"; of: ObjectValue | ProcessValue; field: string }
  /**
   * The children of a directory or table, as a list of ObjectValue in order of name. With `page`, for a loop: a dictionary of
   * the next of them (`items`), the name that they end with (`next`, or null: these were the last), and a `mark` to ask for more with.
   */
  | { kind: "children"; of: ObjectValue; page?: DirectoryPage }
  /** `find(type, search, field = value …)`. */
  | { kind: "find"; type: Value; where: Dictionary; search?: string }
  /** `[obj.field << e]`: one entry; `[obj << {…}]`: all of the dictionary. */
  | { kind: "update"; of: ObjectValue; fields: Dictionary }
  /** `[x << e]` of a whole object: a message if it is a channel, else an update with the dictionary. */
  | { kind: "send"; to: ObjectValue; value: Value }
  /** `[obj.method: args]`: add, update, delete, rename, move, copy, find, children, refers, history. */
  | {
      kind: "method";
      of: ObjectValue;
      method: string;
      positional: readonly Value[];
      named: Dictionary;
    }
  /** What a call of this object runs. Gives a callee. */
  | { kind: "callee"; of: ObjectValue }
  /** A line, or lines, for the process's console; secrets are masked already. Gives null. */
  | { kind: "print"; text: string }
  /** Starts children, in order; gives the list of their ProcessValues. They end with their parent. */
  | { kind: "fork"; children: readonly ChildStart[] }
  /** Starts a process of its own. Gives its ProcessValue. */
  | { kind: "spawn"; start: SpawnStart }
  /** Cancels a process. Gives null; one that has ended already is no failure. */
  | { kind: "cancel"; process: ProcessValue }
  /** What ended children left behind, in order, for `fork`, `pfor` and `children()`. Gives a list of dictionaries `{status, reason, result, error, process}`. */
  | { kind: "outcomes"; of: readonly ProcessValue[] }
  /** Lets go of a lock that this process holds. Gives null. */
  | { kind: "unlock"; of: ObjectValue }
  /** Whether a lock is held by this process already. Gives a boolean. */
  | { kind: "holds"; of: ObjectValue }
  /** The name of the principal for whom the process acts. */
  | { kind: "user" }
  | { kind: "now" }
  | { kind: "uuid" };

/** A child runs a function of its parent's program. It acts for the parent's own principal; `runs as` is in its state. */
export interface ChildStart {
  state: State;
  /** For people: pfor's element, or which branch of a fork; secrets are masked. */
  title: string;
}

export interface SpawnStart {
  callee: { program: string; path: string };
  /** The state of the new process, ready to start. */
  state: State;
}

/** What a process waits for. A pause holds several only in a `choice`; the first to happen wins. */
export type Wait =
  | { kind: "command"; command: Command }
  | { kind: "receive"; channel: ObjectValue }
  | { kind: "sleep"; until: number }
  /** Until that process has ended; the outcome is the process's own. */
  | { kind: "process"; process: ProcessValue }
  /**
   * Until at most `atMost` of them still run (0: all have ended). The outcome is a success; its result may be the list
   * of those that still run, which lets a `pfor` forget the others at once.
   */
  | { kind: "children"; processes: readonly ProcessValue[]; atMost: number }
  | { kind: "lock"; of: ObjectValue }
  /** What the server does itself: `urlopen`, `mailto`, `confirm`, `put`, `get`, sessions; by name, with the arguments as written. */
  | {
      kind: "external";
      name: string;
      positional: readonly Value[];
      named: Dictionary;
      context: Context;
    };

/** A command or script job as the flow means it; `remote` works out the target from the context. */
export interface Command {
  /** Text or secret. */
  text: Value;
  /** A script job: `text` is then null. */
  script: Script | null;
  arguments: readonly Value[];
  stdin: Value;
  /** Seconds, from the command's start; null: without end. */
  timeout: number | null;
  context: Context;
}

/** `__host__` and the like, by full name, as they stand. Missing: not set. Null: switched off. */
export type Context = Dictionary;

export interface ProcessEnd {
  state: "done" | "aborted" | "cancelled";
  /** The `return` value, or for children that returned nothing their last $RESULT. */
  result: Value;
  status: number;
  reason: Reason | null;
  /** The bare message. */
  error: string | null;
  /**
   * Where it ended abnormally, innermost first: the failing job in each flow of the call chain.
   * Printed as `aborted at line N in PATH: message`.
   */
  trace: readonly { path: string; line: number }[];
}
