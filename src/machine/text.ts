import { toBase64 } from "./bytes.ts";
import { evaluationFailure } from "./failure.ts";
import { containsSecret, shownSecret } from "./secret.ts";
import { assertTextLength, checkedText } from "./size.ts";
import { formatDuration, formatInstant } from "./time-text.ts";
import {
  BinaryValue,
  ClosureValue,
  DurationValue,
  isDictionary,
  isList,
  ObjectValue,
  PatternValue,
  ProcessValue,
  SecretValue,
  TimeValue,
  typeName,
  type Value,
} from "./value.ts";

/** The text of values (LANGUAGE section 2): as people see it, as strings hold it, and as commands take it. */

/** For people: secrets are `********`. */
export function textOf(value: Value): string {
  return write(value, false);
}

/** As strings and `string()` make it: a text that holds a secret is one. */
export function plainText(value: Value): string | SecretValue {
  if (typeof value === "string" || value instanceof SecretValue) return value;
  if (typeof value !== "object" || value === null) return String(value);
  const text = write(value, true);
  return containsSecret(value) ? new SecretValue(text) : text;
}

/** In a command: what has no obvious text there fails, so that a missing value never becomes part of it. */
export function commandText(value: Value): string | SecretValue {
  const isUnfit =
    value === null ||
    isList(value) ||
    isDictionary(value) ||
    value instanceof ClosureValue ||
    value instanceof BinaryValue;
  if (isUnfit) {
    throw evaluationFailure(
      `a command cannot hold a value of type '${typeName(value)}': say join, sh or string`,
    );
  }
  return plainText(value);
}

/** Joins texts; if one of them is a secret, the whole is. */
export function joinTexts(
  texts: readonly (string | SecretValue)[],
  separator = "",
): string | SecretValue {
  let isSecret = false;
  const plain = texts.map((text) => {
    if (typeof text === "string") return text;
    isSecret = true;
    return text.text;
  });
  assertJoinable(plain, separator);
  const joined = plain.join(separator);
  if (!isSecret) return joined;
  const secret = new SecretValue(joined);
  shownTexts.set(secret, texts.map(shownTextOf).join(separator));
  return secret;
}

// Only for people, in the turn in which it was joined: a secret that was stored in between is hidden as a whole.
const shownTexts = new WeakMap<SecretValue, string>();

/** A text for people: of one that was joined from secrets and others, only the secrets are hidden. */
export function shownTextOf(text: Value): string {
  return (text instanceof SecretValue ? shownTexts.get(text) : undefined) ?? textOf(text);
}

/** Before it is made: the same long text may stand there many times. */
function assertJoinable(texts: readonly string[], separator: string): void {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  assertTextLength(length);
}

/** JSON in the order written; `indent` 0 is compact. */
export function jsonText(
  value: Value,
  options: { indent?: number; showsSecrets?: boolean } = {},
): string {
  const writer = new JsonWriter(options.indent ?? 0, options.showsSecrets ?? false);
  writer.write(value, 0);
  return writer.text;
}

function write(value: Value, showsSecrets: boolean): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value) || isDictionary(value)) return jsonText(value, { showsSecrets });
  return writeOther(value, showsSecrets);
}

type Other = Exclude<
  Value,
  null | string | number | boolean | readonly Value[] | ReadonlyMap<string, Value>
>;

function writeOther(value: Other, showsSecrets: boolean): string {
  if (value instanceof SecretValue) return showsSecrets ? value.text : shownSecret;
  if (value instanceof ObjectValue) return value.path;
  if (value instanceof ProcessValue) return `/process/${value.id}`;
  if (value instanceof TimeValue) return formatInstant(value.epochMs);
  if (value instanceof DurationValue) return formatDuration(value.ms);
  if (value instanceof PatternValue)
    return `${value.dialect}'${value.source.replaceAll("'", "\\'")}'`;
  if (value instanceof BinaryValue) return toBase64(value.bytes);
  return "closure";
}

/** Writes with a check on the length at every step: a list may hold the same long text many times. */
class JsonWriter {
  text = "";
  readonly #indent: number;
  readonly #showsSecrets: boolean;

  constructor(indent: number, showsSecrets: boolean) {
    this.#indent = indent;
    this.#showsSecrets = showsSecrets;
  }

  write(value: Value, level: number): void {
    if (typeof value === "string") this.#add(JSON.stringify(value));
    else if (typeof value !== "object" || value === null) this.#add(String(value));
    else if (isList(value)) this.#writeList(value, level);
    else if (isDictionary(value)) this.#writeDictionary(value, level);
    else this.#add(JSON.stringify(writeOther(value, this.#showsSecrets)));
  }

  #writeList(list: readonly Value[], level: number): void {
    if (list.length === 0) return this.#add("[]");
    let separator = "[";
    for (const element of list) {
      this.#add(separator + this.#line(level + 1));
      this.write(element, level + 1);
      separator = ",";
    }
    this.#add(`${this.#line(level)}]`);
  }

  #writeDictionary(dictionary: ReadonlyMap<string, Value>, level: number): void {
    if (dictionary.size === 0) return this.#add("{}");
    let separator = "{";
    for (const [key, element] of dictionary) {
      const colon = this.#indent > 0 ? ": " : ":";
      this.#add(separator + this.#line(level + 1) + JSON.stringify(key) + colon);
      this.write(element, level + 1);
      separator = ",";
    }
    this.#add(`${this.#line(level)}}`);
  }

  #line(level: number): string {
    return this.#indent > 0 ? `\n${" ".repeat(this.#indent * level)}` : "";
  }

  #add(text: string): void {
    this.text = checkedText(this.text + text);
  }
}
