import { evaluationFailure } from "../failure.ts";
import { isText, rawText } from "../operators.ts";
import { plainText } from "../text.ts";
import { isTrue, SecretValue, typeName, type Value } from "../value.ts";
import { builtinFunction, type Builtin } from "./builtin.ts";

/** Between kinds of values: the only conversions there are. */
export const conversions: readonly Builtin[] = [
  builtinFunction("string", "value", "The text of a value.", ["string(12) + ' hosts'"], ([value]) =>
    plainText(value as Value),
  ),
  builtinFunction(
    "integer",
    "value",
    "The integer that a text or number stands for; a decimal is cut off.",
    ["integer('42')", "integer(3.9)"],
    ([value]) => toInteger(value as Value),
  ),
  builtinFunction("int", "value", "The same as integer.", ["int('42')"], ([value]) =>
    toInteger(value as Value),
  ),
  builtinFunction(
    "decimal",
    "value",
    "The number that a text stands for.",
    ["decimal('0.75')"],
    ([value]) => toDecimal(value as Value),
  ),
  builtinFunction(
    "boolean",
    "value",
    "True or false: texts such as 'true', 'no', 'on' and '0' by what they say, all else by whether it is empty.",
    ["boolean('no')", "boolean([0])"],
    ([value]) => toBoolean(value as Value),
  ),
  builtinFunction(
    "type",
    "value",
    "The kind of a value: 'string', 'integer', 'list' …",
    ["type([1, 2])", "type('web01') == 'string'"],
    ([value]) => typeName(value as Value),
  ),
];

function toInteger(value: Value): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return exact(Math.trunc(value), value);
  if (isText(value)) {
    const text = rawText(value).trim();
    if (/^[+-]?\d+$/.test(text)) return exact(Number(text), value);
  }
  throw inconvertible(value, "an integer");
}

function exact(number: number, from: Value): number {
  if (!Number.isSafeInteger(number)) throw inconvertible(from, "an exact integer");
  return number + 0;
}

function toDecimal(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (isText(value)) {
    const text = rawText(value).trim();
    const number = Number(text);
    if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(number))
      return number + 0;
  }
  throw inconvertible(value, "a decimal");
}

const words = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0", ""].map((word) => [word, false] as const),
]);

function toBoolean(value: Value): boolean {
  if (!isText(value)) return isTrue(value);
  const known = words.get(rawText(value).trim().toLowerCase());
  if (known === undefined) throw inconvertible(value, "a boolean");
  return known;
}

function inconvertible(value: Value, into: string): Error {
  const shown =
    value instanceof SecretValue || !(typeof value === "string" || typeof value === "number")
      ? `a value of type '${typeName(value)}'`
      : `'${String(value).slice(0, 60)}'`;
  return evaluationFailure(`${shown} cannot be made ${into}`);
}
