import { constants } from "node:os";

/** Which number a signal such as `SIGTERM` has: death by it is status 128 + number. */
export function signalNumber(signal: string | null | undefined): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return numbers[signal ?? ""] ?? 0;
}
