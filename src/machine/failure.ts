import type { Reason } from "./effect.ts";
import type { Value } from "./value.ts";

/**
 * The failure of a job: thrown wherever a job is evaluated, caught by the machine alone, which gives it to the job's
 * connectors. It is no error of ours and never leaves the machine.
 */
export class Failure extends Error {
  override name = "Failure";
  readonly reason: Reason;
  readonly status: number;
  /** The output of a failed command; null for everything else. */
  readonly result: Value;
  /** What $ERROR is: the message, or a command's standard error, which may be empty or missing. */
  readonly error: string | null;
  /** `abort`: connectors and blocks of the flow in which it happened do not see it. */
  readonly endsFrame: boolean;

  constructor(
    reason: Reason,
    error: string | null,
    options: { status?: number; result?: Value; endsFrame?: boolean } = {},
  ) {
    super(error ?? "");
    this.error = error;
    this.reason = reason;
    this.status = options.status ?? -1;
    this.result = options.result ?? null;
    this.endsFrame = options.endsFrame ?? false;
  }
}

/** An expression that cannot be evaluated. */
export function evaluationFailure(message: string): Failure {
  return new Failure("evaluation", message);
}

/** A limit of limits.ts. */
export function limitFailure(message: string): Failure {
  return new Failure("limit", message);
}
