import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { parameterValue, parseParameters } from "./parameters.ts";

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

describe("a parameter's value", () => {
  const cases: [string, unknown][] = [
    ["17", 17],
    ["-3", -3],
    ["0", 0],
    ["1.5", 1.5],
    ["true", true],
    ["false", false],
    ["null", null],
    ["00123", "00123"],
    ["1.10", "1.10"],
    ["1e5", "1e5"],
    ["-0", "-0"],
    ["+1", "+1"],
    [" 1", " 1"],
    ["0x10", "0x10"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["True", "True"],
    ["", ""],
    ["再起動", "再起動"],
  ];
  test.each(cases)("'%s' is %j", (text, value) => {
    expect(parameterValue(text)).toEqual(value);
  });

  test("always prints as what was typed", () => {
    fc.assert(fc.property(fc.string(), (text) => asText(parameterValue(text)) === text));
    fc.assert(fc.property(fc.integer(), (number) => parameterValue(String(number)) === number));
  });
});

describe("parameters", () => {
  test("keep everything behind the first '='", () => {
    expect(parseParameters(["query=a=b", "empty="], [])).toEqual({ query: "a=b", empty: "" });
  });

  test("take JSON where a plain value does not do", () => {
    expect(parseParameters(["n=1"], ['text="1"', "list=[1,2]"])).toEqual({
      n: 1,
      text: "1",
      list: [1, 2],
    });
  });

  test("are refused without a name, given twice, or with broken JSON", () => {
    expect(() => parseParameters(["host"], [])).toThrow("has no name and '='");
    expect(() => parseParameters(["=1"], [])).toThrow("has no name and '='");
    expect(() => parseParameters(["a=1"], ["a=2"])).toThrow("'a' is given twice");
    expect(() => parseParameters([], ["a={"])).toThrow("is no JSON");
  });

  test("may be named like what every JavaScript object has", () => {
    expect(Object.keys(parseParameters(["__proto__=1", "constructor=2"], []))).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});
