import type { SessionSpec } from "#contract";
import {
  commandText,
  isDictionary,
  PatternValue,
  SecretValue,
  typeName,
  type Value,
  type Wait,
} from "#machine";
import {
  commandTarget,
  encodingOf,
  environmentOf,
  textOf,
  timeLimitMs,
  type SpecOptions,
} from "../command-spec.ts";
import { CommandFault, failedOutcome } from "../fault.ts";
import type { Order, SessionReference } from "../order.ts";
import { plainSettings, type Settings } from "../settings.ts";

/**
 * The steps of a block `session`, as orders. The number of the command that opened a session is its name; with it goes
 * who has it, so that the steps find it again after the server was restarted.
 */
type SessionWait = Extract<Wait, { kind: "external" }> & {
  name: "session_open" | "session_send" | "session_read" | "session_close";
};

const steps: ReadonlySet<string> = new Set([
  "session_open",
  "session_send",
  "session_read",
  "session_close",
]);

export function isSessionWait(wait: Wait): wait is SessionWait {
  return wait.kind === "external" && steps.has(wait.name);
}

export function sessionOrder(
  wait: SessionWait,
  { number, process }: { number: number; process: number },
): Order {
  const { context, positional } = wait;
  const [handle = null, text = null] = positional;
  const common = { context, isClosing: false };
  const step = (session: number, settings: Settings, live: boolean) => ({
    kind: "session" as const,
    session,
    process,
    ...patterns(settings),
    live,
  });
  if (wait.name === "session_open") {
    return {
      ...common,
      session: null,
      hasTarget: true,
      spec: (settings, options) => ({
        ...step(number, settings, options.live),
        timeoutMs: timeLimitMs(settings),
        work: openWork(settings, options),
      }),
      outcome(result, { realm, manager, journal }) {
        if (result.reason !== null) return failedOutcome(result.reason, result.message ?? "");
        const value: Value = new Map<string, Value>([
          ["session", number],
          ["realm", realm],
          ["manager", manager],
          ["journal", journal],
        ]);
        return { status: 0, result: value, error: null, reason: null };
      },
    };
  }
  const session = sessionReference(handle);
  return {
    ...common,
    session,
    hasTarget: false,
    isClosing: wait.name === "session_close",
    spec: (_settings, { live }) => {
      const settings = plainSettings(context);
      return {
        ...step(session.session, settings, live),
        timeoutMs: wait.name === "session_read" ? timeLimitMs(settings) : null,
        work: stepWork(wait.name, text),
      };
    },
    outcome({ reason, message, stdout }) {
      if (reason !== null) return failedOutcome(reason, message ?? "");
      const result = wait.name === "session_read" ? stdout : null;
      return { status: 0, result, error: null, reason: null };
    },
  };
}

function openWork(settings: Settings, options: SpecOptions): SessionSpec["work"] {
  if (settings.get("sudo") === true) {
    throw new CommandFault(
      "evaluation",
      "a session has no __sudo__: switch it off with null, and send 'sudo -i' in the session",
    );
  }
  return {
    kind: "open",
    target: commandTarget(settings, options),
    directory: textOf(settings, "dir"),
    environment: environmentOf(settings),
    shell: textOf(settings, "shell"),
    encoding: encodingOf(settings),
  };
}

function stepWork(name: SessionWait["name"], text: Value): SessionSpec["work"] {
  if (name === "session_read") return { kind: "read" };
  if (name === "session_close") return { kind: "close" };
  return { kind: "send", text: lineText(text) };
}

/** As in a command: null, lists and the like have no obvious text. */
function lineText(value: Value): string {
  try {
    const text = commandText(value);
    return typeof text === "string" ? text : text.text;
  } catch (error) {
    throw new CommandFault("evaluation", (error as Error).message);
  }
}

function patterns(settings: Settings): { prompt: string | null; more: string | null } {
  return { prompt: pattern(settings, "prompt"), more: pattern(settings, "more") };
}

/** `r'…'` as it stands; a text is what the line ends with. */
function pattern(settings: Settings, name: "prompt" | "more"): string | null {
  const value = settings.get(name) ?? null;
  if (value === null || value === "") return null;
  if (value instanceof PatternValue && value.dialect === "r") return value.source;
  if (typeof value === "string") return `${value.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\\s?$`;
  const found = value instanceof SecretValue ? "a secret" : `'${typeName(value)}'`;
  throw new CommandFault(
    "evaluation",
    `__${name}__ must be a pattern r'…', or the text with which the line ends, not ${found}`,
  );
}

function sessionReference(handle: Value): SessionReference {
  if (isDictionary(handle)) {
    const session = handle.get("session");
    const [realm, manager, journal] = ["realm", "manager", "journal"].map((name) =>
      handle.get(name),
    );
    if (
      typeof session === "number" &&
      typeof realm === "string" &&
      typeof manager === "string" &&
      typeof journal === "string"
    )
      return { session, realm, manager, journal };
  }
  throw new CommandFault("evaluation", `a value of type '${typeName(handle)}' is no session`);
}
