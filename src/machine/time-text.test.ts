import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, formatInstant, parseDuration, parseInstant } from "./time-text.ts";

test("an instant is read as it was written", () => {
  const instant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(instant, (ms) => {
      expect(parseInstant(formatInstant(ms))).toBe(ms);
    }),
  );
});

test("a duration is read as it was written", () => {
  fc.assert(
    fc.property(fc.integer(), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

test.each([
  ["2026-05-04", Date.UTC(2026, 4, 4)],
  ["2026-05-04T09:00+09:00", Date.UTC(2026, 4, 4)],
  ["2026-05-04 00:00:00,5 -0130", Date.UTC(2026, 4, 4, 1, 30, 0, 500)],
  ["0099-01-01T00:00:00Z", Date.parse("0099-01-01T00:00:00Z")],
  ["2026-02-29", undefined],
  ["2026-05-04T25:00", undefined],
  ["May 4", undefined],
  ["", undefined],
])("the instant '%s'", (text, expected) => {
  expect(parseInstant(text)).toBe(expected);
});

test.each([
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["2w 1d", 15 * 86_400_000],
  ["250ms", 250],
  ["P1DT2H", 93_600_000],
  ["-PT5S", -5000],
  ["P", undefined],
  ["5", undefined],
  ["1x", undefined],
])("the duration '%s'", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
