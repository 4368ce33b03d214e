import { secondsOf } from "./command.ts";
import type { Pause } from "./effect.ts";
import { evaluationFailure, Failure } from "./failure.ts";
import { call } from "./call.ts";
import { isInteger, memberOf } from "./operators.ts";
import type { CallArguments } from "./resume.ts";
import { containsSecret, maskSecrets } from "./secret.ts";
import { textOf } from "./text.ts";
import { checkInstant } from "./time-text.ts";
import type { Turn } from "./turn.ts";
import {
  isDictionary,
  isTrue,
  ObjectValue,
  ProcessValue,
  TimeValue,
  typeName,
  type Value,
} from "./value.ts";

/** The smaller jobs. */

export function print(turn: Turn, values: readonly Value[]): Pause {
  return turn.ask({ kind: "print", text: shown(turn, values) }, { kind: "ignore" });
}

export function update(turn: Turn, of: Value, field: string, value: Value): Pause {
  if (!(of instanceof ObjectValue)) {
    throw evaluationFailure(
      isDictionary(of)
        ? "values never change: an update names a field of an object; merge() makes another dictionary"
        : `an update names a field of an object, not of a value of type '${typeName(of)}'`,
    );
  }
  return turn.ask({ kind: "update", of, fields: new Map([[field, value]]) }, { kind: "ignore" });
}

export function send(turn: Turn, to: Value, value: Value): Pause {
  if (!(to instanceof ObjectValue)) {
    throw evaluationFailure(
      `an update or message goes to an object, not to a value of type '${typeName(to)}'`,
    );
  }
  if (to.type === "Channel" && containsSecret(value)) {
    throw evaluationFailure("a secret may not be part of a message");
  }
  return turn.ask({ kind: "send", to, value }, { kind: "ignore" });
}

const namingMethods = new Set(["add", "rename", "move", "copy"]);

/** `[x.name: …]`: of an object a method, of a dictionary a call of what stands there. */
export function callMethod(
  turn: Turn,
  of: Value,
  method: string,
  args: CallArguments,
): Pause | null {
  if (!(of instanceof ObjectValue)) {
    return call(turn, memberOf(of, method), args, { isTail: false, isSelf: false });
  }
  const { positional, named } = args;
  const names = [...positional.filter((value) => !isDictionary(value)), named.get("name") ?? null];
  if (namingMethods.has(method) && names.some(containsSecret)) {
    throw evaluationFailure("a secret may not be part of an object's name");
  }
  return turn.ask({ kind: "method", of, method, positional, named }, { kind: "result" });
}

export function receive(turn: Turn, channel: Value): Pause {
  return turn.wait([{ kind: "receive", channel: receiverOf(channel, "an event") }], {
    kind: "outcome",
    keepsError: false,
  });
}

export function waitForProcess(turn: Turn, process: Value): Pause {
  return turn.wait([{ kind: "process", process: processOf(process, "wait()") }], {
    kind: "outcome",
    keepsError: false,
  });
}

export function cancel(turn: Turn, process: Value): Pause {
  return turn.ask({ kind: "cancel", process: processOf(process, "cancel()") }, { kind: "ignore" });
}

export function sleep(turn: Turn, until: Value, now: Value): Pause {
  return turn.wait([{ kind: "sleep", until: wakeTime(until, now as TimeValue) }], {
    kind: "ignore",
  });
}

export function abort(turn: Turn, message: Value): Failure {
  const text = message === null ? "aborted" : shown(turn, [message]);
  return new Failure("abort", text, { status: 1, endsFrame: true });
}

export function assertTrue(turn: Turn, condition: Value, message: Value): void {
  if (isTrue(condition)) return;
  const text = message === null ? "assertion failed" : shown(turn, [message]);
  throw new Failure("abort", text, { status: 1 });
}

export function exitStatus(status: Value): number {
  if (status === null) return 0;
  if (!isInteger(status))
    throw evaluationFailure(`exit() takes an integer, not '${typeName(status)}'`);
  return status;
}

export function receiverOf(value: Value, what: string): ObjectValue {
  if (value instanceof ObjectValue) return value;
  throw evaluationFailure(
    `${what} comes from a channel, not from a value of type '${typeName(value)}'`,
  );
}

export function processOf(value: Value, what: string): ProcessValue {
  if (value instanceof ProcessValue) return value;
  throw evaluationFailure(`${what} takes a process, not '${typeName(value)}'`);
}

/** A number of seconds, a duration, or the time itself. */
export function wakeTime(value: Value, now: TimeValue): number {
  if (value instanceof TimeValue) return value.epochMs;
  return checkInstant(now.epochMs + Math.ceil(secondsOf(value, "the time to wait") * 1000));
}

/** For people: secrets are hidden, also those that stand unmarked in the output of a command. */
function shown(turn: Turn, values: readonly Value[]): string {
  return maskSecrets(values.map(textOf).join(" "), turn.state.secrets);
}
