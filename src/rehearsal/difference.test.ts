import * as fc from "fast-check";
import { expect, test } from "vitest";
import { difference } from "./difference.ts";

const options = {
  fits: (a: string, b: string) => a === b,
  showExpected: String,
  showGot: String,
};

test("shows what both have, what is missing and what is too much, in order", () => {
  expect(difference(["a", "b", "c"], ["a", "x", "c", "d"], options)).toEqual([
    "  a",
    "- b",
    "+ x",
    "  c",
    "+ d",
  ]);
});

test("either list can be read out of it", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (expected, got) => {
      const shown = difference(expected, got, options);
      const read = (marks: string) =>
        shown.filter((line) => marks.includes(line.charAt(0))).map((line) => line.slice(2));
      expect(read(" -")).toEqual(expected);
      expect(read(" +")).toEqual(got);
    }),
  );
});
