import { expect, test } from "vitest";
import type { ProcessFields } from "#contract";
import { exitStatus } from "./process-end.ts";

const ended = (fields: Partial<ProcessFields>) =>
  ({ state: "aborted", status: 1, reason: "abort", error: null, ...fields }) as ProcessFields;

test.each<[string, Partial<ProcessFields>, number]>([
  ["done", { state: "done", status: 0, reason: null }, 0],
  ["exit(3)", { status: 3, reason: "exit", error: "ended with status 3" }, 3],
  ["exit(256), which the system would cut to 0", { status: 256, reason: "exit", error: null }, 1],
  [
    "a command with status 4",
    { status: 4, reason: "exit", error: "aborted at line 1 in /a: failed with status 4" },
    1,
  ],
  ["abort()", { error: "aborted at line 1 in /a: no" }, 1],
  ["a cancelled one", { state: "cancelled", status: -1, reason: "cancelled" }, 1],
])("the exit status after %s", (_name, fields, status) => {
  expect(exitStatus(ended(fields))).toBe(status);
});
