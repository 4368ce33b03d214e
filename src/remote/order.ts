import type { CommandResult, WorkSpec } from "#contract";
import type { Context, Outcome } from "#machine";
import type { SpecOptions } from "./command-spec.ts";
import type { Settings } from "./settings.ts";

/** What a flow waits for, as far as a job manager does it: a command, a step of a session, the copy of a file. */
export interface Order {
  context: Context;
  /** Only the job manager that has this session can do it. */
  session: SessionReference | null;
  /** Whether it has a target, so that settings and host key are needed. */
  hasTarget: boolean;
  /** For a step that nobody can do any more: it has nothing left to do. */
  isClosing: boolean;
  /** What does not fit is a CommandFault. */
  spec(settings: Settings, options: SpecOptions): WorkSpec;
  outcome(result: CommandResult, assignment: AssignedTo): Outcome;
}

/** A session as a flow holds it: which one, and who has it. */
export interface SessionReference {
  session: number;
  realm: string;
  manager: string;
  journal: string;
}

export interface AssignedTo {
  realm: string;
  manager: string | null;
  journal: string | null;
}
