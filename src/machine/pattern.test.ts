import { expect, test } from "vitest";
import { fits, groupNames, matchGroups, patternFault } from "./pattern.ts";
import { PatternValue } from "./value.ts";

const globs: [glob: string, text: string, fits: boolean][] = [
  ["a*c", "abbc", true],
  ["a*c", "ab\nbc", true],
  ["a*", "ba", false],
  ["/a/*", "/a/b/c", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[ab]x", "bx", true],
  ["[!ab]x", "bx", false],
  ["[a-c]", "b", true],
  [String.raw`a\*`, "a*", true],
  [String.raw`a\*`, "ab", false],
  ["a.c", "abc", false],
  ["(a|b)+", "(a|b)+", true],
  ["[", "[", true],
];

test.each(globs)("g'%s' and '%s': %s", (glob, text, expected) => {
  expect(fits(new PatternValue("g", glob), text)).toBe(expected);
});

test.each([
  ["Straße", "STRASSE", true],
  ["サーバ", "サーバ", true],
  ["ok", "okay", false],
])("i'%s' and '%s': %s", (source, text, expected) => {
  expect(fits(new PatternValue("i", source), text)).toBe(expected);
});

test("a pattern never fits what is no text", () => {
  expect(fits(new PatternValue("r", "1"), 1)).toBe(false);
  expect(fits(new PatternValue("g", "*"), null)).toBe(false);
});

test("groups have names and numbers", () => {
  const groups = matchGroups(new PatternValue("r", "(?<a>x)(y)?"), "-x-");
  expect([...(groups ?? [])]).toEqual([
    ["0", "x"],
    ["1", "x"],
    ["2", null],
    ["a", "x"],
  ]);
  expect(groupNames("(?<a>x)(?P<b>y)")).toEqual(["a", "b"]);
});

test("says what is wrong with a pattern", () => {
  expect(patternFault("r", "a(b")).toMatch(/missing closing \)/);
  expect(patternFault("r", "(?=a)")).toBeDefined();
  expect(patternFault("g", "a(b")).toBeUndefined();
});

test("takes linear time", () => {
  expect(fits(new PatternValue("r", "^(a+)+$"), `${"a".repeat(50_000)}b`)).toBe(false);
});
