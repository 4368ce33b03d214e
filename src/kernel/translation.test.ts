import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../test/property-seed.ts";
import { Translator } from "./translation.ts";

const translator = new Translator([
  ["no object at {path}", "{path}なし"],
  ["{what} takes {expected}, not {given}", "{what}は{expected}({given}は不可)"],
  ["a list", "リスト"],
  ["a list of {what}", "{what}のリスト"],
  ["numbers", "数"],
  ["{path} is no {type}", "{path}は{type}ではない"],
  ["{path} is no channel", "{path}はチャネルではない"],
  ["wrong: {faults}", "誤り: {faults}"],
  ["{field}: expected {what}", "{field}に{what}が必要"],
]);

describe("a text is translated", () => {
  test.each([
    ["no object at /a b", "/a bなし"],
    ["sum() takes a list of numbers, not a list", "sum()は数のリスト(リストは不可)"],
    // Of several sentences that fit, the one that says most.
    ["/x is no channel", "/xはチャネルではない"],
    ["/x is no server", "/xはserverではない"],
    // Where something is wrong, and several faults.
    ["import.csv:3: no object at /a", "import.csv:3: /aなし"],
    ["no object at /a\nno object at /b", "/aなし\n/bなし"],
    ["wrong: a: expected a list; no object at /b", "誤り: aにリストが必要; /bなし"],
    // What a place takes is no shorter than one character.
    ["no object at ", "no object at "],
    // What a command has said is not ours, though it sounds like us.
    ["sh: this is no file", "sh: this is no file"],
    ["there is no hope", "there is no hope"],
    ["", ""],
  ])("%j is %j", (text, expected) => {
    expect(translator.translate(text)).toBe(expected);
  });
});

test("what is no sentence stays as it is, in no more time than its length asks for", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", " ", ":", ";", "\n", "is no") }),
      (noise) => {
        const text = `¬${noise.replaceAll("is no", "isno")}`;
        expect(translator.translate(text)).toBe(text);
      },
    ),
  );
  const long = "x: ".repeat(100_000);
  expect(translator.translate(long)).toBe(long);
  const lines = "x: y\n".repeat(20_000);
  expect(translator.translate(lines)).toBe(lines);
});
