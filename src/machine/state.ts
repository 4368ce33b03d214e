import type { Context, Pause, ProcessEnd, Reason } from "./effect.ts";
import type { Resume } from "./resume.ts";
import type { ClosureValue, ObjectValue, ProcessValue, Value } from "./value.ts";

/**
 * A process, as the machine keeps it between inputs. It is changed in place while it runs; a copy made by encoding and
 * decoding it is indistinguishable (snapshot.ts), because values never change.
 *
 *   I1  Exactly one of these holds: it has not started (`pending` null, first frame at 0), it waits (`pending`), it has `end`ed,
 *       or it was interrupted between two instructions.
 *   I2  What must still be let go of (`releases`) goes before the next instruction and before the end.
 *   I3  Frames of an aborted process stay as they were: it can be looked at, and run again from there.
 */
export class State {
  frames: Frame[] = [];
  pending: Pending | null = null;
  releases: Release[] = [];
  end: ProcessEnd | null = null;
  /** Texts to be hidden wherever the process shows something, oldest first. */
  secrets: readonly string[] = [];
  /** Since the last wait. */
  instructions = 0;
  work = 0;
}

export interface TraceEntry {
  path: string;
  line: number;
}

/** What it was told to wait for, and how it goes on then. */
export interface Pending {
  pause: Extract<Pause, { kind: "ask" | "wait" }>;
  resume: Resume;
}

/** What a block held that has ended. */
export type Release =
  | { kind: "lock"; of: ObjectValue }
  | { kind: "session"; handle: Value; context: Context }
  | { kind: "child"; process: ProcessValue };

/** One call of a flow or closure, or a child. */
export class Frame {
  readonly program: string;
  readonly function: number;
  /** The next instruction, as far as the machine is not running. */
  pc = 0;
  /** Undefined: not set. */
  slots: (Value | undefined)[];
  stack: Value[] = [];
  blocks: Block[] = [];

  status = 0;
  result: Value = null;
  error: string | null = null;
  reason: Reason | null = null;

  context: Context;
  /** The context with which the flow or closure was entered: what `[self]` and `spawn` begin with. */
  entryContext: Context;
  readonly path: string;
  /** The principal for whom it acts; null: the process's own. */
  readonly runsAs: number | null;
  /** What `self` is, if it is a closure. */
  readonly self: ClosureValue | null;
  /** It replaced a flow that returns nothing: its value is dropped. */
  discardsResult = false;
  /** Where the calls stood that it replaced, latest first. */
  replaced: readonly TraceEntry[] = [];
  /** What `children()` lists: those of the last fork or pfor. */
  children: readonly Value[] = [];

  constructor(options: {
    program: string;
    function: number;
    slots: (Value | undefined)[];
    context: Context;
    entryContext: Context;
    path: string;
    runsAs: number | null;
    self: ClosureValue | null;
  }) {
    this.program = options.program;
    this.function = options.function;
    this.slots = options.slots;
    this.context = options.context;
    this.entryContext = options.entryContext;
    this.path = options.path;
    this.runsAs = options.runsAs;
    this.self = options.self;
  }
}

/** What has to be undone when a block ends, however it ends. */
export type Block =
  | { kind: "context"; saved: Context }
  /** `pc` is the place of the block's own instruction, `target` of its else (-1: none). */
  | { kind: "timeout"; deadline: number; seconds: number; pc: number; target: number }
  /** Null: the process held it already. */
  | { kind: "lock"; of: ObjectValue | null }
  | { kind: "session"; handle: Value; context: Context };
