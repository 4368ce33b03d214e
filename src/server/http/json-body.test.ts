import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonBody } from "./json-body.ts";

const parse = (text: string) => parseJsonBody(Buffer.from(text));

test("whatever JSON.stringify writes is read back", () => {
  const value = fc
    .jsonValue({ maxDepth: 5 })
    .filter((json) => !/\d{16}|e\+/.test(JSON.stringify(json)));
  fc.assert(
    fc.property(value, (json) => {
      expect(parse(JSON.stringify(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

test("an empty body is no value", () => {
  expect(parse("")).toBeUndefined();
  expect(parse(" \r\n")).toBeUndefined();
});

test("a byte order mark is left out", () => {
  expect(parse("\ufeff1")).toBe(1);
});

test("integers that a number cannot hold are text, everything else is as it is", () => {
  expect(parse("[9007199254740993, -9007199254740993, 9007199254740991, 1.5, 1e3]")).toEqual([
    "9007199254740993",
    "-9007199254740993",
    9007199254740991,
    1.5,
    1000,
  ]);
});

test("a number that no number can hold is refused, and where it stands is said", () => {
  for (const text of ['{"a": 1e400}', "[-1e999]"]) {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "BODY_INVALID",
        message: expect.stringMatching(
          /the number (1e400|-1e999) is beyond what a number can hold/,
        ),
      }),
    );
  }
});

test.each([
  ['{"a": 1,}', 1, 9, "a key in double quotes", "'}'"],
  ["{'a': 1}", 1, 2, "a key in double quotes or '}'", "'''"],
  ['{"a" 1}', 1, 6, "':' after a key", "'1'"],
  ['{"a": }', 1, 7, "a value", "'}'"],
  ["[1 2]", 1, 4, "',' or ']'", "'2'"],
  ["[1,\n 2,\n ]", 3, 2, "a value", "']'"],
  ["[tru]", 1, 2, "a value or ']'", "'t'"],
  ["TRUE", 1, 1, "a value", "'T'"],
  ['{"a": "x', 1, 7, "a value", "'\"'"],
  ['["a\nb"]', 1, 2, "a value or ']'", "'\"'"],
  ["[1", 1, 3, "',' or ']'", "its end"],
  ["1 2", 1, 3, "nothing after the value", "'2'"],
  ["😀", 1, 1, "a value", "'😀'"],
  ["01", 1, 2, "nothing after the value", "'1'"],
])("%j is wrong at line %i, column %i", (text, line, column, expected, got) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({
      code: "BODY_INVALID",
      message: `the body is no valid JSON: expected ${expected}, got ${got} at line ${line}, column ${column}`,
      details: expect.objectContaining({ line, column, expected }),
    }),
  );
});

test("every text that is no JSON is refused with a place, and no other error", () => {
  const almost = fc.jsonValue().chain((json) => {
    const text = JSON.stringify(json);
    return fc
      .tuple(fc.nat(text.length), fc.string({ maxLength: 3 }))
      .map(([at, extra]) => text.slice(0, at) + extra + text.slice(at + 1));
  });
  fc.assert(
    fc.property(almost, (text) => {
      const isJson = (() => {
        try {
          JSON.parse(text);
          return true;
        } catch {
          return text.trim() === "";
        }
      })();
      if (isJson) return;
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: "BODY_INVALID" }));
    }),
  );
});

test("a megabyte of a text that does not end is refused quickly", () => {
  expect(() => parse(`"${"x".repeat(1_000_000)}`)).toThrow(
    expect.objectContaining({ code: "BODY_INVALID" }),
  );
  expect(() => parse(`["${"\\\\".repeat(400_000)}`)).toThrow(
    expect.objectContaining({ code: "BODY_INVALID" }),
  );
});

test("values are nested at most a hundred levels deep", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(parse(nested(100))).toBeDefined();
  expect(() => parse(nested(101))).toThrow("nested deeper than 100 levels");
});
