import { expect, test } from "vitest";
import { median, percentile, toJson } from "../bench/figure.ts";

test("percentiles are values that were measured, the median the middle", () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentile(values, 99)).toBe(99);
  expect(percentile(values, 100)).toBe(100);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(percentile([7], 99)).toBe(7);
});

test("a figure is one line of JSON with the peers of the same runs", () => {
  const line = toJson({
    name: "alert/message-to-command/p50",
    unit: "ms",
    runs: [2.0001, 1.5, 3],
    peers: { "plain-ssh": [40, 38.14, 37] },
  });
  expect(JSON.parse(line)).toEqual({
    name: "alert/message-to-command/p50",
    value: 2,
    unit: "ms",
    min: 1.5,
    max: 3,
    runs: 3,
    peers: { "plain-ssh": 38.1 },
  });
});
