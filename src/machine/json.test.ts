import { expect, test } from "vitest";
import { fromJson, JsonError, parseJson, toJson } from "./json.ts";
import { jsonText } from "./text.ts";
import { BinaryValue, ObjectValue, SecretValue, TimeValue } from "./value.ts";

test.each([
  ["null", null],
  [" [1, -0, 1.5e3, true] ", [1, 0, 1500, true]],
  ['"\\u3042\\n"', "あ\n"],
  ["9007199254740991", 9007199254740991],
  ["9007199254740993", "9007199254740993"],
  ["-12345678901234567890", "-12345678901234567890"],
  ["1e999", "1e999"],
])("reads %s", (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
});

test("keeps the order of keys that look like numbers", () => {
  expect(jsonText(parseJson('{"b":1,"2":2,"1":{"__proto__":3}}'))).toBe(
    '{"b":1,"2":2,"1":{"__proto__":3}}',
  );
});

test.each([
  ["", "line 1, column 1: expected a value, found the end"],
  ['{"a" 1}', "line 1, column 6: expected ':', found '1}'"],
  ["[1,]", "line 1, column 4: expected a value, found ']'"],
  ["[1]\n x", "line 2, column 2: expected the end, found 'x'"],
  ['"abc', "line 1, column 5: expected the end of the text, found the end"],
  ["[".repeat(300), "nested more than 200 deep"],
])("says where %j is no JSON", (text, message) => {
  expect(() => parseJson(text)).toThrow(new JsonError(message));
});

test("plain JSON shows objects by path, times as ISO 8601, secrets as asterisks, bytes as base64", () => {
  const value = [
    new ObjectValue(1, "/nodes/a", "Server"),
    new TimeValue(0),
    new SecretValue("x"),
    new BinaryValue(Uint8Array.of(255)),
    new Map([["a", 1]]),
  ];
  expect(toJson(value)).toEqual(["/nodes/a", "1970-01-01T00:00:00Z", "********", "/w==", { a: 1 }]);
});

test("what JSON.parse made of a long integer becomes text", () => {
  expect(fromJson({ n: 1e20, x: Number.NaN })).toEqual(
    new Map<string, string | null>([
      ["n", "100000000000000000000"],
      ["x", null],
    ]),
  );
});
