import { expect, test } from "vitest";
import { clockText, durationText, timeText, zoneName } from "./time.ts";

test("a time is written in the viewer's zone", () => {
  expect(timeText("2026-11-19T18:12:45.114Z", "Asia/Tokyo")).toBe("2026-11-20 03:12:45");
  expect(clockText("2026-11-19T15:00:00.007Z", "Asia/Tokyo")).toBe("00:00:00.007");
  expect(zoneName(new Date(0), "Asia/Tokyo")).toBe("JST");
  expect(zoneName(new Date(0), "UTC")).toBe("UTC");
});

test("a duration is as long as it needs to be", () => {
  const start = "2026-11-20T00:00:00.000Z";
  expect(durationText(start, "2026-11-20T00:00:04.900Z")).toBe("0:04");
  expect(durationText(start, "2026-11-20T02:04:10.000Z")).toBe("2:04:10");
});
