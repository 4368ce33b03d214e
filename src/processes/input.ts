import { decodeValue, encodeValue, type Input, type Outcome, type Reason } from "#machine";
import { assert } from "#kernel";

/** What a process that is `ready` goes on with, as it is stored. */
export function encodeInput(input: Input): string {
  switch (input.kind) {
    case "start":
    case "deadline":
      return JSON.stringify({ kind: input.kind });
    case "event": {
      const { status, error, reason, result } = input.outcome;
      return JSON.stringify({
        kind: "event",
        index: input.index,
        status,
        error,
        reason,
        result: encodeValue(result),
      });
    }
    case "answer":
      throw new TypeError("an answer is given within its turn and never stored");
  }
}

/** The inverse of {@link encodeInput}; null is a process's start. */
export function decodeInput(text: string | null): Input {
  if (text === null) return { kind: "start" };
  const stored = JSON.parse(text) as {
    kind: string;
    index: number;
    status: number;
    error: string | null;
    reason: Reason | null;
    result: string;
  };
  if (stored.kind === "start" || stored.kind === "deadline") return { kind: stored.kind };
  assert(stored.kind === "event", `stored input of kind ${stored.kind}`);
  const outcome: Outcome = {
    status: stored.status,
    error: stored.error,
    reason: stored.reason,
    result: decodeValue(stored.result),
  };
  return { kind: "event", index: stored.index, outcome };
}

/** The outcome of something that succeeded. */
export function success(result: Outcome["result"] = null): Outcome {
  return { status: 0, result, error: null, reason: null };
}

/** The outcome of something that failed without a status of its own. */
export function failure(reason: Reason, error: string): Outcome {
  return { status: -1, result: null, error, reason };
}
