import { Buffer } from "node:buffer";
import type { CommandSpec, CommandTarget, CommandWork } from "#contract";
import {
  BinaryValue,
  commandText,
  isDictionary,
  ObjectValue,
  SecretValue,
  typeName,
  type Command,
  type Value,
} from "#machine";
import { CommandFault } from "./fault.ts";
import type { SettingName, Settings } from "./settings.ts";

/** From a command and its settings to what a job manager gets. Pure; what does not fit is a {@link CommandFault}. */

export interface SpecOptions {
  /** Whether somebody watches the output. */
  live: boolean;
  /** The key that is known of the host. */
  hostKey: string | null;
  /** Those of the hosts on the way to it, in order. */
  jumpHostKeys?: readonly (string | null)[];
}

export function commandSpec(
  command: Command,
  settings: Settings,
  options: SpecOptions,
): CommandSpec {
  return {
    target: commandTarget(settings, options),
    work: commandWork(command),
    stdin: standardInput(command.stdin),
    timeoutMs: secondsMs(command.timeout ?? settings.get("timeout") ?? null),
    directory: textOf(settings, "dir"),
    environment: environmentOf(settings),
    shell: textOf(settings, "shell"),
    sudo: sudo(settings),
    encoding: encodingOf(settings),
    live: options.live,
  };
}

/** Which segment's job managers take the command. */
export function realmOf(settings: Settings): string {
  const realm = settings.get("realm");
  if (realm instanceof ObjectValue) return realm.path.slice(realm.path.lastIndexOf("/") + 1);
  return textOf(settings, "realm") ?? "default";
}

export interface HostAddress {
  host: string;
  port: number;
}

/** Where the keys of the hosts are known by: of those on the way, and last of the host itself; none if there is no host. */
export function hostAddresses(settings: Settings): HostAddress[] {
  const target = commandTarget(settings, { hostKey: null });
  if (target.kind !== "ssh") return [];
  return [...(target.jumps ?? []), target].map(({ host, port }) => ({ host, port }));
}

/** Where it runs. */
export function commandTarget(
  settings: Settings,
  { hostKey, jumpHostKeys = [] }: Pick<SpecOptions, "hostKey" | "jumpHostKeys">,
): CommandTarget {
  const host = textOf(settings, "host");
  const conntype = textOf(settings, "conntype") ?? (host === null ? "local" : "ssh");
  switch (conntype) {
    case "local":
    case "none":
      return { kind: conntype };
    case "ssh":
      if (host === null) {
        throw new CommandFault(
          "evaluation",
          "__conntype__ is 'ssh', but there is no host: set __host__, or a __node__ that has one",
        );
      }
      return {
        kind: "ssh",
        ...sshLogin(settings, host, hostKey),
        ...(settings.jumps === undefined ? {} : { jumps: jumps(settings.jumps, jumpHostKeys) }),
      };
    default:
      throw new CommandFault(
        "evaluation",
        `there is no connection type '${conntype}' (__conntype__); there are ssh, local and none`,
      );
  }
}

function sshLogin(settings: Settings, host: string, hostKey: string | null) {
  return {
    host,
    port: port(settings.get("port")),
    user: textOf(settings, "user"),
    password: textOf(settings, "password"),
    key: textOf(settings, "key"),
    passphrase: textOf(settings, "passphrase"),
    hostKey,
  };
}

function jumps(way: readonly Settings[], hostKeys: readonly (string | null)[]) {
  return way.map((settings, index) => {
    const host = textOf(settings, "host");
    if (host !== null) return sshLogin(settings, host, hostKeys[index] ?? null);
    throw new CommandFault("evaluation", "an object on the way to the host has no field 'host'");
  });
}

function commandWork(command: Command): CommandWork {
  const { script } = command;
  if (script !== null) {
    return {
      kind: "script",
      name: script.path.slice(script.path.lastIndexOf("/") + 1),
      text: script.text,
      interpreter: script.interpreter,
      arguments: command.arguments.map(argumentText),
    };
  }
  return { kind: "command", text: argumentText(command.text) };
}

function standardInput(value: Value): CommandSpec["stdin"] {
  if (value === null) return null;
  if (value instanceof BinaryValue) return { base64: Buffer.from(value.bytes).toString("base64") };
  return { text: argumentText(value) };
}

/** `__timeout__`, for what has no option of that name. */
export function timeLimitMs(settings: Settings): number | null {
  return secondsMs(settings.get("timeout") ?? null);
}

function secondsMs(seconds: Value): number | null {
  if (seconds === null) return null;
  if (typeof seconds !== "number" || !(seconds > 0))
    throw unfit("timeout", seconds, "seconds, more than 0");
  return Math.ceil(seconds * 1000);
}

export function environmentOf(settings: Settings): Record<string, string> {
  const value = settings.get("env");
  if (value === undefined) return {};
  if (!isDictionary(value)) throw unfit("env", value, "a dictionary");
  const variables: Record<string, string> = {};
  for (const [name, each] of value) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new CommandFault(
        "evaluation",
        `__env__ holds '${name}', which is no name of an environment variable: letters, digits and _, no digit first`,
      );
    }
    variables[name] = variableText(name, each);
  }
  return variables;
}

function variableText(name: string, value: Value): string {
  try {
    return argumentText(value);
  } catch {
    throw new CommandFault(
      "evaluation",
      `__env__ gives '${name}' a value of type '${typeName(value)}', which is no text: say join or string, or leave it out`,
    );
  }
}

function sudo(settings: Settings): CommandSpec["sudo"] {
  const value = settings.get("sudo");
  if (value === undefined || value === false) return null;
  if (value !== true) throw unfit("sudo", value, "true or false");
  return { password: textOf(settings, "password") };
}

export function encodingOf(settings: Settings): string | null {
  const label = textOf(settings, "encoding");
  if (label === null) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new CommandFault(
      "evaluation",
      `there is no encoding '${label}' (__encoding__); well-known ones are utf-8, euc-jp and shift_jis`,
    );
  }
}

function port(value: Value | undefined): number {
  if (value === undefined) return 22;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535)
    return value;
  throw unfit("port", value, "a whole number from 1 to 65535");
}

/** An empty text says nothing. */
export function textOf(settings: Settings, name: SettingName): string | null {
  const value = settings.get(name) ?? null;
  if (value === null || value === "") return null;
  if (typeof value === "string") return value;
  if (value instanceof SecretValue) return value.text === "" ? null : value.text;
  throw unfit(name, value, "a text");
}

/** As in a command: what has no obvious text there, such as null or a list, does not fit. */
function argumentText(value: Value): string {
  try {
    const text = commandText(value);
    return typeof text === "string" ? text : text.text;
  } catch (error) {
    throw new CommandFault("evaluation", (error as Error).message);
  }
}

function unfit(name: SettingName, value: Value, expected: string): CommandFault {
  const got = value instanceof SecretValue ? "a secret" : `'${typeName(value)}'`;
  return new CommandFault("evaluation", `__${name}__ must be ${expected}, not ${got}`);
}
