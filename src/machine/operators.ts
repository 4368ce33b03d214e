import { evaluationFailure } from "./failure.ts";
import { fits } from "./pattern.ts";
import { checkedList, checkedText } from "./size.ts";
import { checkInstant } from "./time-text.ts";
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
  type Dictionary,
  type Value,
} from "./value.ts";

/** The operators of expressions (LANGUAGE section 2). There are no implicit conversions: what does not fit fails. */

export function add(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number")
    return number(left + right, left, right);
  if (typeof left === "string" && typeof right === "string") return checkedText(left + right);
  if (isText(left) && isText(right)) {
    return new SecretValue(checkedText(rawText(left) + rawText(right)));
  }
  if (isList(left) && isList(right)) return checkedList([...left, ...right]);
  if (left instanceof TimeValue && right instanceof DurationValue) {
    return new TimeValue(checkInstant(left.epochMs + right.ms));
  }
  if (left instanceof DurationValue && right instanceof TimeValue) return add(right, left);
  if (left instanceof DurationValue && right instanceof DurationValue) {
    return new DurationValue(left.ms + right.ms);
  }
  throw unsupported("+", left, right);
}

export function subtract(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number")
    return number(left - right, left, right);
  if (left instanceof TimeValue && right instanceof TimeValue) {
    return new DurationValue(left.epochMs - right.epochMs);
  }
  if (left instanceof TimeValue && right instanceof DurationValue) {
    return new TimeValue(checkInstant(left.epochMs - right.ms));
  }
  if (left instanceof DurationValue && right instanceof DurationValue) {
    return new DurationValue(left.ms - right.ms);
  }
  throw unsupported("-", left, right);
}

export function multiply(left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number")
    return number(left * right, left, right);
  if (left instanceof DurationValue && typeof right === "number") {
    return new DurationValue(Math.round(number(left.ms * right, left.ms, right)));
  }
  if (typeof left === "number" && right instanceof DurationValue) return multiply(right, left);
  throw unsupported("*", left, right);
}

export function divide(left: Value, right: Value): Value {
  const [a, b] = divisible("/", left, right);
  return number(a / b, 0.5, 0.5);
}

export function floorDivide(left: Value, right: Value): Value {
  const [a, b] = divisible("//", left, right);
  return number(Math.floor(a / b), a, b);
}

/** Rounds down: the result has the sign of the divisor. */
export function modulo(left: Value, right: Value): Value {
  const [a, b] = divisible("%", left, right);
  const rest = a % b;
  return number(rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest, a, b);
}

export function negate(operand: Value): Value {
  if (typeof operand === "number") return 0 - operand;
  if (operand instanceof DurationValue) return new DurationValue(0 - operand.ms);
  throw evaluationFailure(`unsupported operand type for -: '${typeName(operand)}'`);
}

/** Content decides; values of different kinds are never equal. */
export function equal(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || left === null) {
    return typeof left === "string" && right instanceof SecretValue && left === right.text;
  }
  if (left instanceof SecretValue) return isText(right) && left.text === rawText(right);
  if (typeof right !== "object" || right === null) return false;
  if (isList(left)) return isList(right) && equalLists(left, right);
  if (isDictionary(left)) return isDictionary(right) && equalDictionaries(left, right);
  if (left instanceof ObjectValue) return right instanceof ObjectValue && left.id === right.id;
  if (left instanceof ProcessValue) return right instanceof ProcessValue && left.id === right.id;
  if (left instanceof TimeValue)
    return right instanceof TimeValue && left.epochMs === right.epochMs;
  if (left instanceof DurationValue) return right instanceof DurationValue && left.ms === right.ms;
  if (left instanceof PatternValue) {
    return (
      right instanceof PatternValue &&
      left.dialect === right.dialect &&
      left.source === right.source
    );
  }
  if (left instanceof BinaryValue) return right instanceof BinaryValue && equalBytes(left, right);
  return (
    left instanceof ClosureValue && right instanceof ClosureValue && equalClosures(left, right)
  );
}

/** Negative, zero or positive. Order is defined within numbers, texts, times and durations only. */
export function compare(left: Value, right: Value, operator = "<"): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (isText(left) && isText(right)) {
    const [a, b] = [rawText(left), rawText(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (left instanceof TimeValue && right instanceof TimeValue) return left.epochMs - right.epochMs;
  if (left instanceof DurationValue && right instanceof DurationValue) return left.ms - right.ms;
  throw evaluationFailure(
    `'${operator}' is not defined between '${typeName(left)}' and '${typeName(right)}'`,
  );
}

/** `part in whole`: an element of a list, a key of a dictionary, a part of a text. */
export function contains(whole: Value, part: Value): boolean {
  if (isList(whole)) return whole.some((element) => equal(element, part));
  if (isDictionary(whole)) return isText(part) && whole.has(rawText(part));
  if (isText(whole)) {
    if (isText(part)) return rawText(whole).includes(rawText(part));
    throw evaluationFailure(`'in' of a string takes a string, not '${typeName(part)}'`);
  }
  throw evaluationFailure(`'in' is not defined for '${typeName(whole)}'`);
}

export function matches(value: Value, pattern: Value): boolean {
  if (pattern instanceof PatternValue) return fits(pattern, value);
  throw evaluationFailure(
    `'=~' takes a pattern such as r'…', g'…' or i'…' on its right side, not '${typeName(pattern)}'`,
  );
}

/** `x[i]` of everything but objects and processes, which the world knows. */
export function indexOf(value: Value, index: Value): Value {
  if (isDictionary(value)) return keyOf(value, index);
  if (isList(value)) {
    const at = position(index, value.length, "list");
    return value[at] as Value;
  }
  if (isText(value)) {
    const text = rawText(value);
    const characters = charactersOf(text);
    const character = characters[position(index, characters.length, "string")] as string;
    return value instanceof SecretValue ? new SecretValue(character) : character;
  }
  throw evaluationFailure(`a value of type '${typeName(value)}' has no elements to index`);
}

/** `x.name` of a dictionary. */
export function memberOf(value: Value, name: string): Value {
  if (isDictionary(value)) {
    const found = value.get(name);
    if (found === undefined) throw missingKey(value, name);
    return found;
  }
  throw evaluationFailure(`a value of type '${typeName(value)}' has no field '${name}'`);
}

/** `x[i:j]`, null where one is left out; what lies outside is cut off. */
export function slice(value: Value, from: Value, to: Value): Value {
  if (isList(value)) return value.slice(...range(from, to, value.length));
  if (isText(value)) {
    const text = rawText(value);
    const characters = charactersOf(text);
    const [start, end] = range(from, to, characters.length);
    const part =
      typeof characters === "string"
        ? characters.slice(start, end)
        : characters.slice(start, end).join("");
    return value instanceof SecretValue ? new SecretValue(part) : part;
  }
  if (value instanceof BinaryValue) {
    return new BinaryValue(value.bytes.slice(...range(from, to, value.bytes.length)));
  }
  throw evaluationFailure(`a value of type '${typeName(value)}' cannot be sliced`);
}

export function isText(value: Value): value is string | SecretValue {
  return typeof value === "string" || value instanceof SecretValue;
}

export function rawText(text: string | SecretValue): string {
  return typeof text === "string" ? text : text.text;
}

/** The characters of a text: itself where each is one code unit, else a list. */
export function charactersOf(text: string): string | string[] {
  return /[\ud800-\udbff]/.test(text) ? Array.from(text) : text;
}

export function isInteger(value: Value): value is number {
  return Number.isSafeInteger(value);
}

/** A number of the language: no -0, nothing infinite, and integers stay exact. */
function number(result: number, left: number, right: number): number {
  if (!Number.isFinite(result)) throw evaluationFailure("the result is too large for a number");
  const isExact =
    Number.isSafeInteger(result) || !Number.isSafeInteger(left) || !Number.isSafeInteger(right);
  if (!isExact && Number.isInteger(result)) {
    throw evaluationFailure("the result is beyond 2^53-1 and would not be exact");
  }
  return result + 0;
}

function divisible(operator: string, left: Value, right: Value): [number, number] {
  if (typeof left !== "number" || typeof right !== "number")
    throw unsupported(operator, left, right);
  if (right === 0) throw evaluationFailure("division by zero");
  return [left, right];
}

function unsupported(operator: string, left: Value, right: Value): Error {
  return evaluationFailure(
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function keyOf(dictionary: Dictionary, key: Value): Value {
  if (!isText(key)) {
    throw evaluationFailure(`a key of a dictionary is a string, not '${typeName(key)}'`);
  }
  const found = dictionary.get(rawText(key));
  if (found === undefined) throw missingKey(dictionary, typeof key === "string" ? key : "********");
  return found;
}

function missingKey(dictionary: Dictionary, key: string): Error {
  const keys = [...dictionary.keys()].slice(0, 10).map((known) => `'${known}'`);
  const known =
    keys.length === 0
      ? "it is empty"
      : `it has ${keys.join(", ")}${dictionary.size > 10 ? " …" : ""}`;
  return evaluationFailure(`the dictionary has no key '${key}'; ${known}`);
}

function position(index: Value, length: number, what: string): number {
  if (!isInteger(index)) {
    throw evaluationFailure(`a ${what} is indexed by an integer, not '${typeName(index)}'`);
  }
  const at = index < 0 ? length + index : index;
  if (at < 0 || at >= length) {
    throw evaluationFailure(`index ${index} is outside of a ${what} of length ${length}`);
  }
  return at;
}

function range(from: Value, to: Value, length: number): [number, number] {
  const bound = (value: Value, otherwise: number): number => {
    if (value === null) return otherwise;
    if (!isInteger(value)) {
      throw evaluationFailure(`a slice is bounded by integers, not '${typeName(value)}'`);
    }
    return Math.min(length, Math.max(0, value < 0 ? length + value : value));
  };
  const start = bound(from, 0);
  return [start, Math.max(start, bound(to, length))];
}

function equalLists(left: readonly Value[], right: readonly Value[]): boolean {
  return (
    left.length === right.length &&
    left.every((element, index) => equal(element, right[index] as Value))
  );
}

function equalDictionaries(left: Dictionary, right: Dictionary): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

function equalBytes(left: BinaryValue, right: BinaryValue): boolean {
  return (
    left.bytes.length === right.bytes.length &&
    left.bytes.every((byte, index) => byte === right.bytes[index])
  );
}

function equalClosures(left: ClosureValue, right: ClosureValue): boolean {
  return (
    left.program === right.program &&
    left.function === right.function &&
    left.path === right.path &&
    left.runsAs === right.runsAs &&
    left.captured.every((value, index) => {
      const other = right.captured[index];
      return value === undefined || other === undefined ? value === other : equal(value, other);
    })
  );
}
