import { limitFailure } from "./failure.ts";
import { valueDepthMax, valueSizeMax } from "./limits.ts";
import { BinaryValue, ClosureValue, SecretValue, type Dictionary, type Value } from "./value.ts";

/**
 * How large and how deep values are. `[x = [x, x]]` in a loop costs no memory and doubles what everything that
 * walks the value must do, so every list, dictionary and closure is measured when it is made. What was measured
 * is remembered, so measuring costs no more than making.
 */
interface Measure {
  size: number;
  depth: number;
}

const measures = new WeakMap<object, Measure>();
// Shorter lists of plain elements are measured again faster than they are remembered.
const rememberedFrom = 32;

/** Gives the list back, or fails with reason `limit`. */
export function checkedList<T extends readonly Value[]>(list: T): T {
  check(measureAll(list, list, list.length));
  return list;
}

export function checkedDictionary<T extends Dictionary>(dictionary: T): T {
  check(measureDictionary(dictionary));
  return dictionary;
}

export function checkedClosure(closure: ClosureValue): ClosureValue {
  check(measureAll(closure, closure.captured, closure.captured.length));
  return closure;
}

export function checkedText(text: string): string {
  assertTextLength(text.length);
  return text;
}

export function assertTextLength(length: number): void {
  if (length > valueSizeMax) {
    throw limitFailure(`a text of ${length} characters is longer than ${valueSizeMax}`);
  }
}

function check({ size, depth }: Measure): void {
  if (size > valueSizeMax)
    throw limitFailure(`a value of size ${size} is larger than ${valueSizeMax}`);
  if (depth > valueDepthMax)
    throw limitFailure(`a value is nested more than ${valueDepthMax} deep`);
}

function measureAll(
  owner: object,
  elements: Iterable<Value | undefined>,
  count: number,
  extra = 0,
): Measure {
  let size = count + extra;
  let depth = 0;
  for (const element of elements) {
    if (typeof element === "string") size += element.length;
    else if (typeof element === "object" && element !== null) {
      const measure = measureObject(element);
      size += measure.size;
      if (measure.depth > depth) depth = measure.depth;
    }
  }
  const measure = { size, depth: depth + 1 };
  if (depth > 0 || count >= rememberedFrom) measures.set(owner, measure);
  return measure;
}

function measureDictionary(dictionary: Dictionary): Measure {
  let keys = 0;
  for (const key of dictionary.keys()) keys += key.length;
  return measureAll(dictionary, dictionary.values(), dictionary.size, keys);
}

const small: Measure = { size: 1, depth: 0 };

function measureObject(value: Exclude<Value, null | string | number | boolean>): Measure {
  const known = measures.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return measureAll(value, value as readonly Value[], value.length);
  if (value instanceof Map) return measureDictionary(value);
  if (value instanceof ClosureValue) {
    return measureAll(value, value.captured, value.captured.length);
  }
  if (value instanceof SecretValue) return { size: value.text.length, depth: 0 };
  if (value instanceof BinaryValue) return { size: value.bytes.length, depth: 0 };
  return small;
}

/** Characters and elements; what is stored of it has at least as many bytes. */
export function sizeOf(value: Value | undefined): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? measureObject(value).size : 1;
}
