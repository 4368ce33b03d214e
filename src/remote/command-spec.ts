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
}

export function commandSpec(
  command: Command,
  settings: Settings,
  options: SpecOptions,
): CommandSpec {
  return {
    target: commandTarget(settings, options.hostKey),
    work: commandWork(command),
    stdin: standardInput(command.stdin),
    timeoutMs: timeoutMs(command, settings),
    directory: text(settings, "dir"),
    environment: environment(settings.get("env")),
    shell: text(settings, "shell"),
    sudo: sudo(settings),
    encoding: encoding(settings),
    live: options.live,
  };
}

/** Which segment's job managers take the command. */
export function realmOf(settings: Settings): string {
  const realm = settings.get("realm");
  if (realm instanceof ObjectValue) return realm.path.slice(realm.path.lastIndexOf("/") + 1);
  return text(settings, "realm") ?? "default";
}

/** Where the host's key is known by; undefined if there is no host. */
export function hostAddress(settings: Settings): { host: string; port: number } | undefined {
  const target = commandTarget(settings, null);
  return target.kind === "ssh" ? { host: target.host, port: target.port } : undefined;
}

function commandTarget(settings: Settings, hostKey: string | null): CommandTarget {
  const host = text(settings, "host");
  const conntype = text(settings, "conntype") ?? (host === null ? "local" : "ssh");
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
        host,
        port: port(settings.get("port")),
        user: text(settings, "user"),
        password: text(settings, "password"),
        key: text(settings, "key"),
        passphrase: text(settings, "passphrase"),
        hostKey,
      };
    default:
      throw new CommandFault(
        "evaluation",
        `there is no connection type '${conntype}' (__conntype__); there are ssh, local and none`,
      );
  }
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

function timeoutMs(command: Command, settings: Settings): number | null {
  const seconds = command.timeout ?? settings.get("timeout") ?? null;
  if (seconds === null) return null;
  if (typeof seconds !== "number" || !(seconds > 0))
    throw unfit("timeout", seconds, "seconds, more than 0");
  return Math.ceil(seconds * 1000);
}

function environment(value: Value | undefined): Record<string, string> {
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
  return { password: text(settings, "password") };
}

function encoding(settings: Settings): string | null {
  const label = text(settings, "encoding");
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
function text(settings: Settings, name: SettingName): string | null {
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
