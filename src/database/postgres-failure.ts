/** What PostgreSQL, or the way to it, said no with, under the names that the platform knows. */
import { TsunagiError } from "#kernel";

/** The transaction met another one; done again, it may well succeed. */
export function isConflict(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

/** The connection is gone, or there is none to be had at the moment. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  // Shut down, crashed, starting up, cut off for standing still; or a server that only reads, after a switch-over.
  if (["57P01", "57P02", "57P03", "57P05", "25P03", "25006", "53300"].includes(code)) return true;
  if (code.startsWith("08")) return true;
  // The system's own codes: ECONNREFUSED, ECONNRESET, ENOENT of a socket, ENOTFOUND of a name …
  if (/^E[A-Z]{3,}/.test(code)) return true;
  return /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired)/.test(
    error.message,
  );
}

/** Gives a failure of the database its name; what is a bug of ours, or a refused row, stays as it is. */
export function postgresFailure(error: unknown, place: string): unknown {
  if (error instanceof TsunagiError || !(error instanceof Error)) return error;
  if (isConnectionLoss(error)) return unreachable(error, place);
  const code = codeOf(error);
  if (isConflict(error)) {
    return new TsunagiError("STORAGE_FAILED", `others kept writing the same rows of ${place}`, {
      details: { outcome: "refused" },
      hint: "try again",
      cause: error,
    });
  }
  if (code === "53100") {
    return new TsunagiError("STORAGE_FULL", `the disk of ${place} is full`, {
      hint: "make room on that disk; nothing that was acknowledged is lost, and writing goes on by itself",
      cause: error,
    });
  }
  if (code === "57014" || code === "55P03") {
    return new TsunagiError("STORAGE_FAILED", `${place} did not answer in time: ${error.message}`, {
      details: { outcome: "refused" },
      hint: "see what else loads the database, or holds locks in it (pg_stat_activity)",
      cause: error,
    });
  }
  if (/^(28|3D|42501|53|58|XX)/.test(code)) {
    return new TsunagiError("STORAGE_FAILED", `${place} cannot be used: ${error.message}`, {
      hint: "check name, password and rights in the database's URL, and the log of PostgreSQL",
      cause: error,
    });
  }
  return error;
}

/** Nothing of the transaction was kept. */
export function unreachable(error: unknown, place: string): TsunagiError {
  const reason = error instanceof Error && error.message !== "" ? error.message : codeOf(error);
  return new TsunagiError("DATABASE_UNREACHABLE", `${place} cannot be reached: ${reason}`, {
    details: { outcome: "refused" },
    hint: "see that PostgreSQL runs and can be reached from here; the server goes on by itself when it does",
    cause: error,
  });
}

export function commitUnknown(error: unknown, place: string): TsunagiError {
  return new TsunagiError(
    "COMMIT_UNKNOWN",
    `the connection to ${place} was lost while it saved: whether it did is not known`,
    {
      details: { outcome: "unknown" },
      hint: "look whether the change is there before you make it again",
      cause: error,
    },
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
