import { expect, test } from "vitest";
import {
  durationWords,
  typedDay,
  typedDuration,
  typedInstant,
  typedMac,
  typedNumber,
} from "./typed-value.ts";

test("digits of both widths are a number, everything else is not", () => {
  expect(typedNumber("１２３", true)).toBe(123);
  expect(typedNumber("1,204", true)).toBe(1204);
  expect(typedNumber("-4", true)).toBe(-4);
  expect(typedNumber("1.5", true)).toBeUndefined();
  expect(typedNumber("１．５", false)).toBe(1.5);
  expect(typedNumber("4 2", false)).toBeUndefined();
  expect(typedNumber("", false)).toBeUndefined();
});

test("a day may be written as calendars, spreadsheets and Japanese forms do", () => {
  for (const text of ["2026-11-20", "2026/11/20", "20261120", "2026年11月20日", "R8.11.20"]) {
    expect(typedDay(text), text).toBe("2026-11-20");
  }
  expect(typedDay("令和元年5月1日")).toBe("2019-05-01");
  expect(typedDay("R5.10.1")).toBe("2023-10-01");
  expect(typedDay("2026-02-30")).toBeUndefined();
  expect(typedDay("11/20")).toBeUndefined();
});

test("a time without a zone is in the viewer's", () => {
  expect(typedInstant("2026-11-20 09:30")).toBe(new Date(2026, 10, 20, 9, 30).toISOString());
  expect(typedInstant("2026/11/20 25:30")).toBe(new Date(2026, 10, 21, 1, 30).toISOString());
  expect(typedInstant("2026-11-20T09:30:00+09:00")).toBe("2026-11-20T00:30:00.000Z");
  expect(typedInstant("2026-11-20 9:61")).toBeUndefined();
});

test("a length of time is read in every usual form and written in one", () => {
  expect(typedDuration("1h 30m")).toBe(5400);
  expect(typedDuration("90m")).toBe(5400);
  expect(typedDuration("1:30")).toBe(5400);
  expect(typedDuration("soon")).toBeUndefined();
  expect(durationWords(5400)).toBe("1h 30m");
  expect(durationWords(0)).toBe("0s");
  expect(durationWords(86_461)).toBe("1d 1m 1s");
});

test("a MAC address gets its colons", () => {
  expect(typedMac("00-1A-2B-3C-4D-5E")).toBe("00:1a:2b:3c:4d:5e");
  expect(typedMac("001a.2b3c.4d5e")).toBe("00:1a:2b:3c:4d:5e");
  expect(typedMac("00:1a")).toBe("00:1a");
});
