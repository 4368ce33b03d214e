import { assert } from "#kernel";
import { toBase64 } from "./bytes.ts";
import { valueDepthMax } from "./limits.ts";
import { shownSecret } from "./secret.ts";
import { textOf } from "./text.ts";
import {
  BinaryValue,
  isDictionary,
  isList,
  SecretValue,
  type Dictionary,
  type Value,
} from "./value.ts";

/** Values and JSON, as the API and messages carry it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** As plain JSON: objects by path, times as ISO 8601, secrets as `********`, binary data as base64. */
export function toJson(value: Value): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(toJson);
  if (isDictionary(value)) {
    return Object.fromEntries([...value].map(([key, element]) => [key, toJson(element)]));
  }
  if (value instanceof SecretValue) return shownSecret;
  if (value instanceof BinaryValue) return toBase64(value.bytes);
  return textOf(value);
}

/** The value of JSON that was read already. Integers beyond 2^53-1 become text, as far as they can still be told. */
export function fromJson(json: unknown): Value {
  switch (typeof json) {
    case "string":
      return json.toWellFormed();
    case "boolean":
      return json;
    case "number":
      if (!Number.isFinite(json)) return null;
      if (Number.isInteger(json) && !Number.isSafeInteger(json)) return BigInt(json).toString();
      return json + 0;
    case "object":
      if (json === null) return null;
      if (Array.isArray(json)) return json.map(fromJson);
      return new Map(
        Object.entries(json).map(([key, value]) => [key.toWellFormed(), fromJson(value)]),
      );
    default:
      return null;
  }
}

/** What is wrong with a text that should be JSON. */
export class JsonError extends Error {
  override name = "JsonError";
}

/**
 * Reads JSON as a value. Unlike JSON.parse it keeps the order of keys that look like numbers, gives integers
 * beyond 2^53-1 as text, and refuses what is nested too deep. Throws a {@link JsonError}.
 */
export function parseJson(text: string): Value {
  return new JsonReader(text).read();
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blanks = /[ \t\n\r]*/y;
const plainText = /[^"\\]*/y;

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  read(): Value {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error("the end");
    return value;
  }

  #value(depth: number): Value {
    if (depth > valueDepthMax) throw new JsonError(`nested more than ${valueDepthMax} deep`);
    this.#skip();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#dictionary(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #dictionary(depth: number): Dictionary {
    const dictionary = new Map<string, Value>();
    this.#at += 1;
    this.#skip();
    if (this.#take("}")) return dictionary;
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] !== '"') throw this.#error("a key in double quotes");
      const key = this.#string();
      this.#skip();
      if (!this.#take(":")) throw this.#error("':'");
      dictionary.set(key, this.#value(depth + 1));
      this.#skip();
      if (this.#take("}")) return dictionary;
      if (!this.#take(",")) throw this.#error("',' or '}'");
    }
  }

  #list(depth: number): Value {
    const list: Value[] = [];
    this.#at += 1;
    this.#skip();
    if (this.#take("]")) return list;
    for (;;) {
      list.push(this.#value(depth + 1));
      this.#skip();
      if (this.#take("]")) return list;
      if (!this.#take(",")) throw this.#error("',' or ']'");
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      this.#match(plainText);
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== "\\") throw this.#error("the end of the text");
      this.#at += 2;
    }
    this.#at += 1;
    try {
      return (JSON.parse(this.#text.slice(start, this.#at)) as string).toWellFormed();
    } catch {
      this.#at = start;
      throw this.#error("a text without unknown escapes");
    }
  }

  #number(): Value {
    const digits = this.#match(numberForm);
    if (digits === "") throw this.#error("a value");
    const value = Number(digits);
    if (/^-?\d+$/.test(digits)) return Number.isSafeInteger(value) ? value + 0 : digits;
    if (!Number.isFinite(value)) return digits;
    return value + 0;
  }

  #word<T extends Value>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error("a value");
    this.#at += word.length;
    return value;
  }

  #skip(): void {
    this.#match(blanks);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(form: RegExp): string {
    form.lastIndex = this.#at;
    const match = form.exec(this.#text);
    if (match === null) return "";
    assert(match.index === this.#at, "a sticky expression matched elsewhere");
    this.#at += match[0].length;
    return match[0];
  }

  #error(expected: string): JsonError {
    const before = this.#text.slice(0, this.#at);
    const line = before.split("\n").length;
    const column = this.#at - before.lastIndexOf("\n");
    const found =
      this.#at < this.#text.length ? `'${this.#text.slice(this.#at, this.#at + 12)}'` : "the end";
    return new JsonError(`line ${line}, column ${column}: expected ${expected}, found ${found}`);
  }
}
