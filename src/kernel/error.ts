import { errorKinds, type ErrorCode } from "./error-kinds.ts";

/** What an error carries beside its message; `hint` says what the operator should do next. */
export interface ErrorContext {
  details?: Record<string, unknown>;
  hint?: string;
  cause?: unknown;
}

/** A failure the world caused: a code of the registry, what happened, and what to do. */
export class TsunagiError extends Error {
  override name = "TsunagiError";
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.details = context.details ?? {};
    this.hint = context.hint;
  }

  get status(): number {
    return errorKinds[this.code].status;
  }

  get exitCode(): number {
    return errorKinds[this.code].exitCode;
  }
}

/** An error as it crosses threads and wires; the code survives, so a failure keeps its name. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  details: Record<string, unknown>;
  hint?: string;
}

/** Makes the record of any thrown value; what is not ours becomes INTERNAL. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof TsunagiError) {
    return {
      code: error.code,
      message: error.message,
      details: error.details,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  return {
    code: "INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    details: {},
  };
}

/** The inverse of {@link toErrorRecord}. */
export function fromErrorRecord(record: ErrorRecord): TsunagiError {
  return new TsunagiError(record.code, record.message, {
    details: record.details,
    ...(record.hint === undefined ? {} : { hint: record.hint }),
  });
}
