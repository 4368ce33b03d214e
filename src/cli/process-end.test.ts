import { expect, test } from "vitest";
import type { ProcessFields } from "#contract";
import { endLines, exitStatus, failedChildren } from "./process-end.ts";

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

test("of a long chain of calls the middle is left out", () => {
  const call = (line: number) => ({ path: "/a", line });
  const trace = Array.from({ length: 10_000 }, (_, index) => call(index + 1));
  const lines = endLines(ended({ error: "aborted at line 1 in /a: too deep", trace }));
  expect(lines).toHaveLength(16);
  expect(lines[9]).toBe("aborted at line 10 in /a: too deep");
  expect(lines[10]).toBe("… 9985 more calls …");
  expect(lines[15]).toBe("aborted at line 10000 in /a: too deep");
});

test("a call that calls itself is told once", () => {
  const trace = [
    { path: "/b", line: 1 },
    ...Array.from({ length: 3 }, () => ({ path: "/a", line: 2 })),
  ];
  const fields = ended({ error: "aborted at line 1 in /b: no", trace });
  expect(endLines(fields)).toEqual([
    "aborted at line 1 in /b: no",
    "aborted at line 2 in /a: no (3 calls)",
  ]);
});

test("where the source is known, the line of the job stands below its place", () => {
  const trace = [
    { path: "/b", line: 1 },
    { path: "/a", line: 2 },
  ];
  const fields = ended({ error: "aborted at line 1 in /b: no", trace });
  const lines = endLines(fields, (path, line) => (path === "/b" ? `  [job ${line}]` : undefined));
  expect(lines).toEqual([
    "aborted at line 1 in /b: no",
    "  1 | [job 1]",
    "aborted at line 2 in /a: no",
  ]);
});

test("children that ended abnormally are told in the order in which they began", () => {
  const child = (path: string, fields: Partial<ProcessFields>) => ({ path, fields: ended(fields) });
  const failed = failedChildren(
    [
      child("/process/10", { error: "aborted at line 3 in /a: no" }),
      child("/process/9", { error: "aborted at line 2 in /a: no" }),
      child("/process/8", { state: "done" }),
      child("/process/7", { reason: "exit", error: null }),
      child("/process/1", { error: "aborted at line 1 in /a: no" }),
    ],
    "/process/1",
  );
  expect(failed.map(({ process }) => process)).toEqual(["/process/9", "/process/10"]);
});
