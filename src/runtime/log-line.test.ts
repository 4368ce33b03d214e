import { expect, test } from "vitest";
import { logLine } from "./log-line.ts";

test("a line is read by people", () => {
  const entry = {
    level: "warn",
    time: "2026-11-20T09:12:45.114Z",
    pid: 1,
    hostname: "ops",
    name: "engine",
    process: 17,
    path: "/a b",
    err: { type: "Error", message: "no", stack: "Error: no\n    at x" },
    msg: "a turn failed",
  };
  expect(logLine(`${JSON.stringify(entry)}\n`)).toBe(
    '09:12:45.114 WARN engine: a turn failed process=17 path="/a b"\nError: no\n    at x\n',
  );
});

test("what is no entry stays as it is", () => {
  expect(logLine("hello\n")).toBe("hello\n");
});
