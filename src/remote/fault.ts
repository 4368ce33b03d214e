import { TsunagiError } from "#kernel";
import type { Outcome, Reason } from "#machine";

/** A command that cannot be run as it is meant; it becomes the failure of its job. Never leaves this domain. */
export class CommandFault extends Error {
  override name = "CommandFault";
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The failure of a job that has no output. */
export function failedOutcome(reason: Reason, message: string): Outcome {
  return { status: -1, result: "", error: message, reason };
}

/** What the world forbids, or the flow got wrong, is the job's failure; everything else is thrown on. */
export function faultOutcome(error: unknown): Outcome {
  if (error instanceof CommandFault) return failedOutcome(error.reason, error.message);
  if (error instanceof TsunagiError) {
    return failedOutcome(
      error.code === "PERMISSION_DENIED" ? "refused" : "evaluation",
      error.message,
    );
  }
  throw error;
}
