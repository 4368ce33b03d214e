import { expect, test } from "vitest";
import { displayWidth, explainDiagnostic, formatDiagnostics, LineIndex } from "./position.ts";
import type { Diagnostic } from "./diagnostic.ts";

const fault = (start: number, end: number, hint?: string): Diagnostic => ({
  code: "syntax.expected",
  severity: "error",
  span: { start, end },
  message: "expected ']', found '->'",
  ...(hint && { hint }),
});

test.each([
  ["", 0, [1, 1]],
  ["abc", 3, [1, 4]],
  ["a\nb", 2, [2, 1]],
  ["a\r\nb\rc", 5, [3, 1]],
  ["a\n", 2, [2, 1]],
  ["監視 -> x", 3, [1, 4]],
  ["𠮷野家", 2, [1, 2]],
  ["abc", 99, [1, 4]],
  ["abc", -1, [1, 1]],
])("the place in %j at offset %i is %j", (source, offset, [line, column]) => {
  expect(new LineIndex(source).position(offset)).toEqual({ line, column });
});

test("lines are given without their ends", () => {
  const lines = new LineIndex("a\r\nb\rc\n");
  expect([1, 2, 3, 4].map((line) => lines.lineText(line))).toEqual(["a", "b", "c", ""]);
  expect(lines.lineCount).toBe(4);
});

test("diagnostics are printed in order of place, with their hints", () => {
  expect(
    formatDiagnostics([fault(4, 5, "Close it."), fault(0, 1)], "a\n[b\n", "x.jobflow"),
  ).toEqual([
    "x.jobflow:1:1: error: expected ']', found '->'",
    "x.jobflow:2:3: error: expected ']', found '->' (Close it.)",
  ]);
});

test("the caret stands under the place, also behind full-width characters and tabs", () => {
  expect(explainDiagnostic(fault(8, 10), "\t['再起動' -> x", "x.jobflow")).toBe(
    [
      "x.jobflow:1:9: error: expected ']', found '->'",
      "1 | \t['再起動' -> x",
      `  | \t${" ".repeat(10)}^^`,
    ].join("\n"),
  );
  expect(explainDiagnostic(fault(2, 5, "Write [x]."), "x\n監視\ny", "x.jobflow")).toBe(
    [
      "x.jobflow:2:1: error: expected ']', found '->'",
      "2 | 監視",
      "  | ^^^^",
      "hint: Write [x].",
    ].join("\n"),
  );
});

test("a place at the end of a line is marked by one caret", () => {
  expect(explainDiagnostic(fault(2, 2), "[a\n", "f").split("\n")[2]).toBe("  |   ^");
});

test("wide characters take two columns, combining ones none", () => {
  expect(displayWidth("aあｱＡ")).toBe(6);
  expect(displayWidth("が".normalize("NFD"))).toBe(2);
});
