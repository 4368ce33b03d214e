import { expect, test } from "vitest";
import { writeExposition } from "./exposition.ts";
import { counter, gauge, Histogram, histogram, samplesBy } from "./figures.ts";

test("figures are written as Prometheus reads them", () => {
  const seconds = new Histogram([0.1, 1]);
  for (const value of [0.1, 0.5, 0.5, 7]) seconds.observe(value);
  const text = writeExposition([
    counter("t_turns_total", "Turns", 12),
    gauge("t_live", "Live", samplesBy("state", new Map([["waiting", 3]]))),
    histogram("t_seconds", "How long", [seconds.sample({ route: "/a" })]),
  ]);
  expect(text.split("\n")).toEqual([
    "# HELP t_turns_total Turns",
    "# TYPE t_turns_total counter",
    "t_turns_total 12",
    "# HELP t_live Live",
    "# TYPE t_live gauge",
    't_live{state="waiting"} 3',
    "# HELP t_seconds How long",
    "# TYPE t_seconds histogram",
    't_seconds_bucket{route="/a",le="0.1"} 1',
    't_seconds_bucket{route="/a",le="1"} 3',
    't_seconds_bucket{route="/a",le="+Inf"} 4',
    't_seconds_sum{route="/a"} 8.1',
    't_seconds_count{route="/a"} 4',
    "",
  ]);
});

test("a name that several threads bring has one head", () => {
  const text = writeExposition(
    ["gateway", "engine"].map((thread) =>
      gauge("t_heap_bytes", "Heap", [{ labels: { thread }, value: 1 }]),
    ),
  );
  expect(text.match(/# TYPE/g)).toHaveLength(1);
  expect(text).toContain('t_heap_bytes{thread="engine"} 1\n');
});

test("whatever stands in a label breaks no line", () => {
  const value = 'a"b\\c\nd';
  const text = writeExposition([gauge("t", "h", [{ labels: { value }, value: Infinity }])]);
  expect(text.split("\n")[2]).toBe(String.raw`t{value="a\"b\\c\nd"} +Inf`);
});
