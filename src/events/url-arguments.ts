/** What `urlopen(url, method=, headers=, data=, timeout=, verify=)` was called with, as a request. */
import {
  BinaryValue,
  DurationValue,
  isDictionary,
  isList,
  SecretValue,
  typeName,
  type Dictionary,
  type Value,
} from "#machine";
import type { HttpRequest } from "./http-request.ts";

/** Thrown where an argument cannot be used; the job then fails with reason `evaluation`. */
export class ArgumentFault extends Error {
  override name = "ArgumentFault";
}

const names = ["url", "method", "headers", "data", "timeout", "verify"] as const;
type Name = (typeof names)[number];

// As patient as a person in front of a browser.
const timeoutDefaultSeconds = 30;
const methodForm = /^[A-Z]{1,20}$/;

/** Secrets are in the clear in the result: it is for the wire and nothing else. */
export function readArguments(positional: readonly Value[], named: Dictionary): HttpRequest {
  const given = arrange(positional, named);
  const data = readData(given.get("data") ?? null);
  const headers = readHeaders(given.get("headers") ?? null);
  return {
    url: readUrl(given.get("url") ?? null),
    method: readMethod(given.get("method") ?? null, data !== null),
    headers: withDefaults(headers, data),
    body: data?.body ?? null,
    timeoutMs: readSeconds(given.get("timeout") ?? null) * 1000,
    verify: readBoolean(given.get("verify") ?? null),
  };
}

function arrange(positional: readonly Value[], named: Dictionary): Map<Name, Value> {
  const given = new Map<Name, Value>();
  for (const [index, value] of positional.entries()) {
    const name = names[index];
    if (name === undefined)
      throw new ArgumentFault(`urlopen takes at most ${names.length} arguments`);
    given.set(name, value);
  }
  for (const [key, value] of named) {
    const name = names.find((each) => each === key);
    if (name === undefined) throw new ArgumentFault(`urlopen has no argument '${key}'`);
    if (given.has(name)) throw new ArgumentFault(`urlopen was given '${key}' twice`);
    given.set(name, value);
  }
  return given;
}

function readUrl(value: Value): URL {
  const text = readText(value, "url");
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    const shown = value instanceof SecretValue ? "the url" : `'${text.slice(0, 200)}'`;
    throw new ArgumentFault(`${shown} is no http or https URL`);
  }
  return url;
}

function readMethod(value: Value, hasData: boolean): string {
  if (value === null) return hasData ? "POST" : "GET";
  const method = readText(value, "method").toUpperCase();
  if (!methodForm.test(method)) throw new ArgumentFault(`'${method}' is no HTTP method`);
  return method;
}

function readHeaders(value: Value): Record<string, string> {
  if (value === null) return {};
  if (!isDictionary(value)) throw wrongKind("headers", "a dictionary of texts", value);
  return Object.fromEntries(
    [...value].map(([name, each]) => {
      const text = typeof each === "number" ? String(each) : readText(each, `header '${name}'`);
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[\r\n\0]/.test(text)) {
        throw new ArgumentFault(`'${name}' cannot be sent as an HTTP header`);
      }
      return [name.toLowerCase(), text];
    }),
  );
}

interface Data {
  body: string | Uint8Array;
  contentType: string;
}

function readData(value: Value): Data | null {
  if (value === null) return null;
  if (value instanceof BinaryValue) {
    return { body: value.bytes, contentType: "application/octet-stream" };
  }
  if (isDictionary(value) || isList(value)) {
    return { body: JSON.stringify(revealed(value)), contentType: "application/json" };
  }
  return { body: readText(value, "data"), contentType: "text/plain; charset=utf-8" };
}

/** As JSON, secrets in the clear. */
function revealed(value: Value): unknown {
  if (value instanceof SecretValue) return value.text;
  if (isDictionary(value)) {
    return Object.fromEntries([...value].map(([key, each]) => [key, revealed(each)]));
  }
  if (isList(value)) return value.map(revealed);
  if (value === null || typeof value !== "object") return value;
  throw wrongKind("data", "text, binary data, or what JSON can hold", value);
}

function withDefaults(headers: Record<string, string>, data: Data | null): Record<string, string> {
  return {
    "user-agent": "tsunagi",
    ...(data === null
      ? {}
      : {
          "content-type": data.contentType,
          "content-length": String(Buffer.byteLength(data.body)),
        }),
    ...headers,
  };
}

function readSeconds(value: Value): number {
  if (value === null) return timeoutDefaultSeconds;
  const seconds = value instanceof DurationValue ? value.ms / 1000 : value;
  if (typeof seconds !== "number" || !(seconds > 0) || seconds > 86_400) {
    throw wrongKind("timeout", "a number of seconds above 0, at most a day", value);
  }
  return seconds;
}

function readBoolean(value: Value): boolean {
  if (value === null) return true;
  if (typeof value !== "boolean") throw wrongKind("verify", "true or false", value);
  return value;
}

function readText(value: Value, what: string): string {
  if (typeof value === "string") return value;
  if (value instanceof SecretValue) return value.text;
  throw wrongKind(what, "a text", value);
}

function wrongKind(what: string, expected: string, value: Value): ArgumentFault {
  return new ArgumentFault(`${what} of urlopen must be ${expected}, not '${typeName(value)}'`);
}
