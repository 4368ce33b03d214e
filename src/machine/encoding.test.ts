import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeValue, encodeValue } from "./encoding.ts";
import { fromJson, parseJson, toJson } from "./json.ts";
import { equal } from "./operators.ts";
import { jsonText } from "./text.ts";
import {
  BinaryValue,
  ClosureValue,
  DurationValue,
  ObjectValue,
  PatternValue,
  ProcessValue,
  SecretValue,
  TimeValue,
  typeName,
  type Value,
} from "./value.ts";

function anyValue(): fc.Arbitrary<Value> {
  const text = fc.string();
  const id = fc.nat();
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      text,
      text.map((secret) => new SecretValue(secret)),
      fc.tuple(id, text, text).map(([number, path, type]) => new ObjectValue(number, path, type)),
      id.map((number) => new ProcessValue(number)),
      id.map((ms) => new TimeValue(ms)),
      fc.integer().map((ms) => new DurationValue(ms)),
      fc.uint8Array().map((bytes) => new BinaryValue(bytes)),
      fc
        .tuple(fc.constantFrom("r", "g", "i"), text)
        .map(([dialect, source]) => new PatternValue(dialect, source)),
      fc.array(tie("value")),
      fc.array(fc.tuple(text, tie("value"))).map((entries) => new Map(entries)),
      fc
        .tuple(text, id, fc.array(fc.option(tie("value"), { nil: undefined })), text, fc.option(id))
        .map(
          ([program, index, captured, path, runsAs]) =>
            new ClosureValue(program, index, captured, path, runsAs),
        ),
    ),
  })).value;
}

test("a value is the same after it was stored", () => {
  fc.assert(
    fc.property(anyValue(), (value) => {
      const restored = decodeValue(encodeValue(value));
      expect(restored).toEqual(value);
      expect(equal(restored, value)).toBe(true);
      expect(typeName(restored)).toBe(typeName(value));
      expect(encodeValue(restored)).toBe(encodeValue(value));
    }),
  );
});

test("a dictionary keeps its order and any key, also such as JavaScript treats in its own way", () => {
  const dictionary = new Map([
    ["b", 1],
    ["2", 2],
    ["__proto__", 3],
    ["1", 4],
  ]);
  expect([...(decodeValue(encodeValue(dictionary)) as typeof dictionary)]).toEqual([...dictionary]);
});

test("JSON that was written is read as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const value = fromJson(json);
      expect(equal(parseJson(jsonText(value)), value)).toBe(true);
      expect(equal(fromJson(toJson(value)), value)).toBe(true);
    }),
  );
});
