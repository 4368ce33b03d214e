import type { Command, Outcome, Pause, Script, Wait } from "./effect.ts";
import { evaluationFailure } from "./failure.ts";
import { isInteger, isText, rawText } from "./operators.ts";
import type { Attempt, CallArguments, Resume } from "./resume.ts";
import { commandText } from "./text.ts";
import { checkInstant } from "./time-text.ts";
import { isFailure, type Turn } from "./turn.ts";
import {
  BinaryValue,
  DurationValue,
  isTrue,
  SecretValue,
  TimeValue,
  typeName,
  type Value,
} from "./value.ts";

/** Commands and script jobs, with their options: `timeout`, `retry`, `interval`, `stdin`, `repeatable`. */

const optionNames = new Set(["timeout", "retry", "interval", "stdin", "repeatable"]);

export function runCommand(turn: Turn, text: string | SecretValue, args: CallArguments): Pause {
  if (args.positional.length > 0) {
    throw evaluationFailure(
      "a command takes no arguments beside its options: write them into its text, with sh()",
    );
  }
  return start(turn, { text, script: null, arguments: [] }, args);
}

export function runScript(turn: Turn, script: Script, args: CallArguments): Pause {
  return start(turn, { text: null, script, arguments: args.positional.map(commandText) }, args);
}

function start(
  turn: Turn,
  what: Pick<Command, "text" | "script" | "arguments">,
  { named }: CallArguments,
): Pause {
  for (const name of named.keys()) {
    if (optionNames.has(name)) continue;
    throw evaluationFailure(
      `a command has no option '${name}'; it has ${[...optionNames].join(", ")}`,
    );
  }
  const { context } = turn.frame;
  const timeoutName = named.has("timeout") ? "timeout" : "__timeout__";
  const timeout = named.get("timeout") ?? context.get("__timeout__") ?? null;
  const retries = named.get("retry") ?? 0;
  if (!isInteger(retries) || retries < 0)
    throw evaluationFailure("retry is a number of tries: 0 or more");
  const attempt: Attempt = {
    wait: {
      kind: "command",
      command: {
        ...what,
        stdin: standardInput(named.get("stdin") ?? null),
        timeout: timeout === null ? null : timeLimit(timeout, timeoutName),
        context,
      },
    },
    retries,
    intervalMs: secondsOf(named.get("interval") ?? 0, "interval") * 1000,
    isRepeatable: isTrue(named.get("repeatable") ?? false),
  };
  return begin(turn, attempt);
}

export function resumeCommand(
  turn: Turn,
  { attempt, phase }: Extract<Resume, { kind: "command" }>,
  given: Outcome | Value,
): Pause | null {
  switch (phase) {
    case "running": {
      const outcome = given as Outcome;
      if (isFailure(outcome) && mayRepeat(attempt, outcome)) {
        return repeat(turn, { ...attempt, retries: attempt.retries - 1 });
      }
      turn.settle(outcome, { keepsError: true });
      return null;
    }
    case "asking": {
      const until = checkInstant((given as TimeValue).epochMs + attempt.intervalMs);
      return turn.wait([{ kind: "sleep", until }], { kind: "command", attempt, phase: "pausing" });
    }
    case "pausing":
      return begin(turn, attempt);
  }
}

function begin(turn: Turn, attempt: Attempt): Pause {
  return turn.wait([attempt.wait], { kind: "command", attempt, phase: "running" });
}

function repeat(turn: Turn, attempt: Attempt): Pause {
  if (attempt.intervalMs === 0) return begin(turn, attempt);
  return turn.ask({ kind: "now" }, { kind: "command", attempt, phase: "asking" });
}

/** What may have happened is done again only where the flow says that it does no harm. */
function mayRepeat(attempt: Attempt, outcome: Outcome): boolean {
  if (attempt.retries === 0) return false;
  const reason = outcome.reason ?? "exit";
  if (reason === "unknown") return attempt.isRepeatable;
  return reason === "exit" || reason === "unreachable" || reason === "timeout";
}

/** Seconds as a number or a duration. */
export function secondsOf(value: Value, what: string): number {
  const seconds = value instanceof DurationValue ? value.ms / 1000 : value;
  if (typeof seconds !== "number") {
    throw evaluationFailure(
      `${what} is a number of seconds or a duration, not '${typeName(value)}'`,
    );
  }
  if (seconds < 0) throw evaluationFailure(`${what} may not be negative`);
  return seconds;
}

function timeLimit(value: Value, name: string): number {
  const seconds = secondsOf(value, name);
  if (seconds === 0) throw evaluationFailure(`${name} must be more than 0 seconds`);
  return seconds;
}

function standardInput(value: Value): Value {
  return value === null || value instanceof BinaryValue ? value : commandText(value);
}

/** A job for somebody outside. */
export function runExternal(turn: Turn, name: string, { positional, named }: CallArguments): Pause {
  return turn.wait([externalWait(turn, name, { positional, named })], {
    kind: "outcome",
    keepsError: false,
  });
}

export function externalWait(turn: Turn, name: string, { positional, named }: CallArguments): Wait {
  if (name === "urlopen") assertNoSecretInPath(turn, positional[0] ?? named.get("url") ?? null);
  return { kind: "external", name, positional, named, context: turn.frame.context };
}

/** Addresses are written into logs everywhere; only the part behind the `?` may hold a secret. */
function assertNoSecretInPath(turn: Turn, url: Value): void {
  if (!isText(url)) return;
  const [beforeQuery = ""] = rawText(url).split("?", 1);
  const isHidden = turn.state.secrets.some(
    (secret) =>
      secret !== "" &&
      (beforeQuery.includes(secret) ||
        beforeQuery.includes(encodeURIComponent(secret.toWellFormed()))),
  );
  const isWhole = url instanceof SecretValue && !rawText(url).includes("?");
  if (isHidden || isWhole) throw evaluationFailure("a secret may not be part of a URL's path");
}
