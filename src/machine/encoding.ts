import { assert } from "#kernel";
import { fromBase64, toBase64 } from "./bytes.ts";
import {
  BinaryValue,
  ClosureValue,
  DurationValue,
  ObjectValue,
  PatternValue,
  ProcessValue,
  SecretValue,
  TimeValue,
  type Value,
} from "./value.ts";

/**
 * Values as JSON text, for storage. Null, booleans, numbers and texts are themselves, lists are arrays; all else is
 * an object with one key that says what it is. It is a storage format: kinds are only added.
 */
export function encodeValue(value: Value): string {
  return store(value);
}

/** The inverse of {@link encodeValue}. */
export function decodeValue(text: string): Value {
  return restore(JSON.parse(text)) as Value;
}

/** What JSON.parse gives. */
export type Stored = null | boolean | number | string | Stored[] | { [kind: string]: Stored };

/**
 * A value, or a plain record or list that holds values (a wait, what a machine goes on with), as JSON text. `undefined` stands for a
 * variable that is not set. The text is written at once: a state is stored at every step, and a tree only to be written costs as
 * much again.
 */
export function store(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return '{"unset":0}';
    case "object":
      return value === null ? "null" : storeObject(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}

/** The elements of a list, with brackets. */
export function storeList(values: readonly unknown[]): string {
  let text = "[";
  for (let index = 0; index < values.length; index += 1) {
    text += index === 0 ? store(values[index]) : `,${store(values[index])}`;
  }
  return `${text}]`;
}

/** A plain record without one of its fields, which is kept elsewhere. */
export function storeRecord(record: object, except?: string): string {
  let text = "";
  for (const key in record) {
    if (key === except) continue;
    const stored = store((record as Record<string, unknown>)[key]);
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${stored}`;
  }
  return `{"record":{${text}}}`;
}

function storeObject(value: object): string {
  if (Array.isArray(value)) return storeList(value);
  if (value instanceof Map) {
    const entries: unknown[] = [];
    for (const [key, element] of value as Map<string, Value>) entries.push(key, element);
    return `{"map":${storeList(entries)}}`;
  }
  if (value instanceof ObjectValue) {
    return `{"object":${storeList([value.id, value.path, value.type])}}`;
  }
  if (value instanceof SecretValue) return `{"secret":${store(value.text)}}`;
  if (value instanceof ProcessValue) return `{"process":${store(value.id)}}`;
  if (value instanceof TimeValue) return `{"time":${store(value.epochMs)}}`;
  if (value instanceof DurationValue) return `{"duration":${store(value.ms)}}`;
  if (value instanceof PatternValue) {
    return `{"pattern":${storeList([value.dialect, value.source])}}`;
  }
  if (value instanceof BinaryValue) return `{"binary":${store(toBase64(value.bytes))}}`;
  if (value instanceof ClosureValue) {
    const { program, function: code, captured, path, runsAs } = value;
    return `{"closure":${storeList([program, code, captured, path, runsAs])}}`;
  }
  return storeRecord(value);
}

/** The inverse of {@link store}, of what JSON.parse gives of it. */
export function restore(stored: Stored): unknown {
  if (typeof stored !== "object" || stored === null) return stored;
  if (Array.isArray(stored)) return stored.map(restore);
  for (const kind in stored) return restoreKind(kind, stored[kind] as Stored);
  throw new TypeError("a stored value without a kind");
}

function restoreKind(kind: string, content: Stored): unknown {
  const parts = content as Stored[];
  switch (kind) {
    case "unset":
      return undefined;
    case "map": {
      const map = new Map<string, unknown>();
      for (let index = 0; index < parts.length; index += 2) {
        map.set(parts[index] as string, restore(parts[index + 1] as Stored));
      }
      return map;
    }
    case "object":
      return new ObjectValue(parts[0] as number, parts[1] as string, parts[2] as string);
    case "secret":
      return new SecretValue(content as string);
    case "process":
      return new ProcessValue(content as number);
    case "time":
      return new TimeValue(content as number);
    case "duration":
      return new DurationValue(content as number);
    case "pattern":
      return new PatternValue(parts[0] as "r" | "g" | "i", parts[1] as string);
    case "binary": {
      const bytes = fromBase64(content as string);
      assert(bytes !== undefined, "stored binary data is no base64");
      return new BinaryValue(bytes);
    }
    case "closure":
      return new ClosureValue(
        parts[0] as string,
        parts[1] as number,
        (parts[2] as Stored[]).map((value) => restore(value) as Value | undefined),
        parts[3] as string,
        parts[4] as number | null,
      );
    case "record": {
      const record: { [key: string]: unknown } = {};
      for (const [key, element] of Object.entries(content as { [key: string]: Stored })) {
        record[key] = restore(element);
      }
      return record;
    }
    default:
      throw new TypeError(`a stored value of the unknown kind '${kind}'`);
  }
}
