import { Buffer } from "node:buffer";
import type { CommandResult, TransferSpec } from "#contract";
import {
  BinaryValue,
  ObjectValue,
  SecretValue,
  typeName,
  type Dictionary,
  type Outcome,
  type Value,
  type Wait,
} from "#machine";
import { commandTarget, textOf, timeLimitMs } from "../command-spec.ts";
import { CommandFault, failedOutcome } from "../fault.ts";
import type { Order } from "../order.ts";
import type { Settings } from "../settings.ts";

/**
 * `put` and `get`, as orders. What is near is a file below the job manager's directory for files, by its name, or what
 * the flow itself has: `content` of `put`, `$RESULT` of `get`.
 */
type TransferWait = Extract<Wait, { kind: "external" }> & { name: "put" | "get" };

/** Beyond that a file is the better way; a message to a job manager holds it several times over. */
const contentMaxBytes = 4 * 1024 * 1024;

export function isTransferWait(wait: Wait): wait is TransferWait {
  return wait.kind === "external" && (wait.name === "put" || wait.name === "get");
}

export function transferOrder({ name, positional, named, context }: TransferWait): Order {
  const given = argumentsOf(name, positional, named);
  return {
    context,
    session: null,
    hasTarget: true,
    isClosing: false,
    spec(settings, options) {
      refuseSudo(name, settings);
      return {
        kind: "transfer",
        direction: name,
        target: commandTarget(settings, options),
        path: farPath(given.path, textOf(settings, "dir")),
        near: given.near,
        timeoutMs: timeLimitMs(settings),
        live: options.live,
      };
    },
    outcome: (result) => transferOutcome(result, name === "get" && given.near.kind === "content"),
  };
}

type Given = Pick<TransferSpec, "near" | "path">;

function argumentsOf(name: "put" | "get", positional: readonly Value[], named: Dictionary): Given {
  const parameters = name === "put" ? ["source", "target", "content"] : ["source", "target"];
  const [source = null, target = null, content = null] = parameters.map(
    (parameter, index) => positional[index] ?? named.get(parameter) ?? null,
  );
  if (name === "get") {
    const near: Given["near"] =
      target === null
        ? { kind: "content" }
        : { kind: "file", name: fileName(target, "target of get") };
    return { path: filePath(source, "source of get"), near };
  }
  if ((source === null) === (content === null)) {
    throw new CommandFault(
      "evaluation",
      "put takes the name of a file of the job manager as source, or the content = itself, and not both",
    );
  }
  const near: Given["near"] =
    content === null
      ? { kind: "file", name: fileName(source, "source of put") }
      : { kind: "content", ...contentOf(content) };
  const path = filePath(target, "target of put");
  if (!path.endsWith("/")) return { path, near };
  if (near.kind === "content") {
    throw new CommandFault("evaluation", `${path} is a directory; say how the file is named there`);
  }
  return { path: path + near.name.slice(near.name.lastIndexOf("/") + 1), near };
}

function fileName(value: Value, what: string): string {
  if (value instanceof ObjectValue) {
    throw new CommandFault(
      "evaluation",
      `the ${what} is the name of a file, not an object; to copy what an object holds, say content = and its field`,
    );
  }
  if (typeof value !== "string" || value === "") {
    throw new CommandFault(
      "evaluation",
      `the ${what} is the name of a file below the job manager's directory for files, not '${typeName(value)}'`,
    );
  }
  return value;
}

function filePath(value: Value, what: string): string {
  const path = clearText(value);
  if (path !== undefined && path !== "") return path;
  throw new CommandFault(
    "evaluation",
    `the ${what} is a path on the host, such as '/etc/motd', not '${typeName(value)}'`,
  );
}

function contentOf(value: Value): { text: string } | { base64: string } {
  const text = clearText(value);
  const bytes = value instanceof BinaryValue ? Buffer.from(value.bytes) : undefined;
  if (text === undefined && bytes === undefined) {
    const found = `'${typeName(value)}'`;
    throw new CommandFault("evaluation", `the content of put is text or binary data, not ${found}`);
  }
  const size = bytes?.length ?? Buffer.byteLength(text ?? "");
  if (size > contentMaxBytes) {
    throw new CommandFault(
      "evaluation",
      `the content of put is larger than ${contentMaxBytes / 1024 / 1024} MB; put a file instead`,
    );
  }
  return bytes === undefined ? { text: text ?? "" } : { base64: bytes.toString("base64") };
}

function clearText(value: Value): string | undefined {
  if (value instanceof SecretValue) return value.text;
  return typeof value === "string" ? value : undefined;
}

function farPath(path: string, directory: string | null): string {
  return directory === null || path.startsWith("/") ? path : `${directory}/${path}`;
}

function refuseSudo(name: string, settings: Settings): void {
  if (settings.get("sudo") !== true) return;
  throw new CommandFault(
    "evaluation",
    `${name} works as the user who logs in, and not with __sudo__: switch it off with null, and let a command move the file`,
  );
}

function transferOutcome(result: CommandResult, hasContent: boolean): Outcome {
  const { reason, message, stdout, base64 } = result;
  if (reason !== null) return failedOutcome(reason, message ?? "");
  const content =
    base64 === undefined ? stdout : new BinaryValue(new Uint8Array(Buffer.from(base64, "base64")));
  return { status: 0, result: hasContent ? content : null, error: null, reason: null };
}
