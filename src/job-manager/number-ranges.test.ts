import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NumberRanges } from "./number-ranges.ts";

test("numbers in any order are what a set of them is, also as text", () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 40 }));
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 41 }), (given, limit) => {
      const ranges = NumberRanges.from(given);
      const sorted = [...new Set(given)].sort((a, b) => a - b);
      expect([...ranges]).toEqual(sorted);
      expect([...NumberRanges.parse(String(ranges))]).toEqual(sorted);
      expect(ranges.highest).toBe(sorted.at(-1) ?? 0);
      for (let number = 0; number <= 41; number += 1)
        expect(ranges.has(number)).toBe(given.includes(number));
      ranges.remove(limit);
      expect([...ranges]).toEqual(sorted.filter((number) => number !== limit));
      ranges.dropUpTo(limit);
      expect([...ranges]).toEqual(sorted.filter((number) => number > limit));
    }),
  );
});

test("what follows one another is one range", () => {
  expect(String(NumberRanges.from([3, 1, 2, 9, 7, 8, 20]))).toBe("1-3,7-9,20");
});
