import { evaluationFailure, limitFailure } from "../failure.ts";
import { rangeMax } from "../limits.ts";
import {
  add,
  charactersOf,
  compare,
  contains,
  equal,
  indexOf,
  isInteger,
  isText,
  rawText,
} from "../operators.ts";
import { checkedDictionary, checkedList } from "../size.ts";
import {
  BinaryValue,
  isDictionary,
  isList,
  isTrue,
  ObjectValue,
  ProcessValue,
  SecretValue,
  type Value,
} from "../value.ts";
import {
  Ask,
  builtinFunction,
  readDictionary,
  readInteger,
  readList,
  wrongKind,
  type Builtin,
  type BuiltinHost,
} from "./builtin.ts";

/** What is done with lists and dictionaries, and what texts have in common with them. */
export const collectionFunctions: readonly Builtin[] = [
  builtinFunction(
    "length",
    "value",
    "How many characters, elements, keys or bytes a value has.",
    ["length(['web01', 'web02'])", "length('四文字です')"],
    ([value]) => lengthOf(value as Value),
  ),
  builtinFunction(
    "range",
    "first last? step?",
    "The integers from 0 to before a number, or from one number to before another.",
    ["range(3)", "range(1, 10, 2)"],
    ([first, last, step], host) => {
      const [start, end, by] = rangeBounds(first, last, step);
      const count = Math.max(0, Math.ceil((end - start) / by));
      if (count > rangeMax)
        throw limitFailure(`range() of ${count} elements is longer than ${rangeMax}`);
      host.spend(count);
      return Array.from({ length: count }, (_, index) => start + index * by);
    },
  ),
  builtinFunction(
    "pick",
    "value key default?",
    "The element, value or field of that name, or a default where there is none.",
    ["pick({host: 'web01'}, 'severity', 'unknown')", "pick(['a', 'b'], -1)"],
    ([value, key, otherwise = null]) => pick(value as Value, key as Value, otherwise),
  ),
  builtinFunction(
    "has",
    "value key",
    "Whether there is an element, value or field of that name.",
    ["has({host: 'web01'}, 'severity')"],
    ([value, key]) => has(value as Value, key as Value),
  ),
  builtinFunction(
    "contains",
    "value part",
    "Whether a list has an element, a dictionary a key, or a text a part.",
    ["contains('an ERROR occurred', 'ERROR')", "contains(['a', 'b'], 'c')"],
    ([value, part], host) => {
      if (isList(value as Value)) host.spend((value as readonly Value[]).length);
      return contains(value as Value, part as Value);
    },
  ),
  builtinFunction(
    "sort",
    "list key? reverse?",
    "The elements in order, or in the order of their values of a key.",
    ["sort([3, 1, 2])", "sort([{cpu: 3}, {cpu: 9}], 'cpu', reverse = true)"],
    ([list, key, reverse], host) =>
      sort(readList(list, "sort()"), key ?? null, reverse ?? false, host),
  ),
  builtinFunction(
    "reverse",
    "value",
    "The elements or characters, last first.",
    ["reverse([1, 2, 3])", "reverse('abc')"],
    ([value]) => {
      if (isText(value as Value)) {
        const reversed = Array.from(rawText(value as string))
          .reverse()
          .join("");
        return value instanceof SecretValue ? new SecretValue(reversed) : reversed;
      }
      return [...readList(value, "reverse()")].reverse();
    },
  ),
  builtinFunction(
    "unique",
    "list",
    "The elements without those that came before.",
    ["unique(['a', 'b', 'a'])"],
    ([list], host) => unique(readList(list, "unique()"), host),
  ),
  builtinFunction(
    "min",
    "*values",
    "The smallest element of a list, or of several values.",
    ["min(3, 2)"],
    ([values], host) => extreme("min()", values as readonly Value[], -1, host),
  ),
  builtinFunction(
    "max",
    "*values",
    "The largest element of a list, or of several values.",
    ["max([3, 9, 4])"],
    ([values], host) => extreme("max()", values as readonly Value[], 1, host),
  ),
  builtinFunction(
    "sum",
    "list",
    "The sum of the numbers of a list.",
    ["sum([3, 9, 4])"],
    ([list], host) => {
      const numbers = readList(list, "sum()");
      host.spend(numbers.length);
      return numbers.reduce((total: Value, element) => {
        if (typeof element !== "number") throw wrongKind("sum()", "a list of numbers", element);
        return add(total, element);
      }, 0);
    },
  ),
  builtinFunction(
    "keys",
    "dictionary",
    "The keys, in the order written.",
    ["keys({host: 'web01', port: 80})"],
    ([dictionary]) => [...readDictionary(dictionary, "keys()").keys()],
  ),
  builtinFunction(
    "values",
    "dictionary",
    "The values, in the order of the keys.",
    ["values({host: 'web01', port: 80})"],
    ([dictionary]) => [...readDictionary(dictionary, "values()").values()],
  ),
  builtinFunction(
    "items",
    "dictionary",
    "A list of [key, value] for each key.",
    ["items({host: 'web01', port: 80})"],
    ([dictionary]) => checkedList([...readDictionary(dictionary, "items()")]),
  ),
  builtinFunction(
    "merge",
    "*dictionaries",
    "One dictionary of several; where they have the same key, the later wins.",
    ["merge({host: 'web01', port: 80}, {port: 8080})"],
    ([dictionaries], host) => {
      const merged = new Map<string, Value>();
      for (const dictionary of dictionaries as readonly Value[]) {
        const entries = readDictionary(dictionary, "merge()");
        host.spend(entries.size);
        for (const [key, value] of entries) merged.set(key, value);
      }
      return checkedDictionary(merged);
    },
  ),
];

/** What `range` counts through; also used for loops, which need no list. */
export function rangeBounds(
  first: Value | undefined,
  last: Value | undefined,
  step: Value | undefined,
): [number, number, number] {
  const by = step === undefined || step === null ? 1 : readInteger(step, "the step of range()");
  if (by === 0) throw evaluationFailure("the step of range() may not be 0");
  if (last === undefined || last === null) return [0, readInteger(first, "range()"), by];
  return [readInteger(first, "range()"), readInteger(last, "range()"), by];
}

function lengthOf(value: Value): number {
  if (isText(value)) return charactersOf(rawText(value)).length;
  if (isList(value)) return value.length;
  if (isDictionary(value)) return value.size;
  if (value instanceof BinaryValue) return value.bytes.length;
  throw wrongKind("length()", "a string, list, dictionary or binary data", value);
}

function pick(value: Value, key: Value, otherwise: Value): Value | Ask {
  if (value instanceof ObjectValue || value instanceof ProcessValue) {
    return new Ask({ kind: "read", of: value, field: fieldName(key) }, { otherwise });
  }
  return hasElement(value, key) ? indexOf(value, key) : otherwise;
}

function has(value: Value, key: Value): Value | Ask {
  if (value instanceof ObjectValue || value instanceof ProcessValue) {
    return new Ask({ kind: "read", of: value, field: fieldName(key) }, { whether: true });
  }
  return hasElement(value, key);
}

function hasElement(value: Value, key: Value): boolean {
  if (isDictionary(value)) return isText(key) && value.has(rawText(key));
  if (!isList(value) && !isText(value)) return false;
  const length = lengthOf(value);
  return isInteger(key) && key < length && key >= -length;
}

function fieldName(key: Value): string {
  if (typeof key !== "string") throw wrongKind("the name of a field", "a string", key);
  return key;
}

function sort(list: readonly Value[], key: Value, reverse: Value, host: BuiltinHost): Value {
  host.spend(list.length * 16);
  const keyOf = (element: Value): Value => (key === null ? element : indexOf(element, key));
  const keyed = list.map((element) => ({ element, key: keyOf(element) }));
  const sign = isTrue(reverse) ? -1 : 1;
  keyed.sort((a, b) => sign * compare(a.key, b.key));
  return keyed.map(({ element }) => element);
}

function unique(list: readonly Value[], host: BuiltinHost): Value {
  host.spend(list.length * 4);
  const plain = new Set<Value>();
  const others: Value[] = [];
  return list.filter((element) => {
    if (typeof element !== "object" || element === null) {
      if (plain.has(element)) return false;
      plain.add(element);
      return true;
    }
    host.spend(others.length);
    if (others.some((other) => equal(other, element))) return false;
    others.push(element);
    return true;
  });
}

function extreme(what: string, values: readonly Value[], sign: number, host: BuiltinHost): Value {
  const list = values.length === 1 ? readList(values[0], what) : values;
  host.spend(list.length * 4);
  const [first, ...others] = list;
  if (first === undefined) throw evaluationFailure(`${what} of an empty list`);
  return others.reduce((best, value) => (sign * compare(value, best) > 0 ? value : best), first);
}
