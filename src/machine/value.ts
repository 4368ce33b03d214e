/**
 * The values of jobflows (LANGUAGE section 2). Values never change: whoever holds one may share it.
 * Numbers, texts, booleans and null are JavaScript's own; lists are arrays, dictionaries are Maps (in the
 * order written, safe for any key); everything else is a class of this file.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | Dictionary
  | ObjectValue
  | PatternValue
  | TimeValue
  | DurationValue
  | BinaryValue
  | ProcessValue
  | ClosureValue
  | SecretValue;

export type Dictionary = ReadonlyMap<string, Value>;

/** A reference to a stored object. Two are equal when their ids are. */
export class ObjectValue {
  readonly id: number;
  /** Where it was when it was looked up; its text. */
  readonly path: string;
  /** The name of its type, such as `Channel`. */
  readonly type: string;
  constructor(id: number, path: string, type: string) {
    this.id = id;
    this.path = path;
    this.type = type;
  }
}

/** `r'…'`, `g'…'` or `i'…'`; the compiled form is kept elsewhere, by dialect and source. */
export class PatternValue {
  readonly dialect: "r" | "g" | "i";
  readonly source: string;
  constructor(dialect: "r" | "g" | "i", source: string) {
    this.dialect = dialect;
    this.source = source;
  }
}

/** An instant; its text is ISO 8601 in UTC. */
export class TimeValue {
  readonly epochMs: number;
  constructor(epochMs: number) {
    this.epochMs = epochMs;
  }
}

export class DurationValue {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

export class BinaryValue {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A process, by number; its text is `/process/<id>`. */
export class ProcessValue {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
}

/** A function of a program with the copies of the variables it uses (undefined: not set when it was written). */
export class ClosureValue {
  readonly program: string;
  readonly function: number;
  readonly captured: readonly (Value | undefined)[];
  /** The path of the jobflow in which it was written: relative paths start there. */
  readonly path: string;
  /**
   * The principal for whom it was written (null: the process's own). It acts for that one wherever it is called:
   * who hands a closure to a flow that runs as its owner gains nothing by it.
   */
  readonly runsAs: number | null;
  constructor(
    program: string,
    functionIndex: number,
    captured: readonly (Value | undefined)[],
    path: string,
    runsAs: number | null = null,
  ) {
    this.program = program;
    this.function = functionIndex;
    this.captured = captured;
    this.path = path;
    this.runsAs = runsAs;
  }
}

/** A text that is shown as `********` and stored only sealed (LANGUAGE section 9). */
export class SecretValue {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What `type()` says and error messages name. */
export function typeName(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return "string";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "decimal";
  if (typeof value === "boolean") return "boolean";
  if (value instanceof SecretValue) return "string";
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "dictionary";
  if (value instanceof ObjectValue) return "object";
  if (value instanceof PatternValue) return "pattern";
  if (value instanceof TimeValue) return "time";
  if (value instanceof DurationValue) return "duration";
  if (value instanceof BinaryValue) return "binary";
  if (value instanceof ProcessValue) return "process";
  return "closure";
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isDictionary(value: Value): value is Dictionary {
  return value instanceof Map;
}

/** False are null, false, 0, '', [] and {}; everything else is true. */
export function isTrue(value: Value): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof SecretValue) return value.text !== "";
  return true;
}
