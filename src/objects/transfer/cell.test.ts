import * as fc from "fast-check";
import { expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { kindOf } from "../type-definition.ts";
import type { Json } from "../json.ts";
import type { Field } from "../object-type.ts";
import { fromCell, quoteText, toCell, unquoteText } from "./cell.ts";

const field = (kind: string): Field => ({ kind: kindOf({ kind, id: "1", name: "x" }) }) as Field;

const nasty = [
  "",
  "'",
  "''",
  "=1+1",
  "'=1+1",
  "+81-3",
  "@x",
  "-5",
  "＝SUM(A1)",
  "\ttab",
  "\nline",
  "0012",
  "１２３",
  "true",
  "[1]",
  '{"a":1}',
  "a,b",
  '"',
  "x\r\ny",
  " blank ",
  "👩‍🚒",
  "'tis",
];

test("no text becomes a formula, and every text comes back", () => {
  const texts = fc.oneof(fc.string(), fc.constantFrom(...nasty));
  fc.assert(
    fc.property(texts, (text) => {
      const cell = quoteText(text);
      expect(cell).toMatch(/^(?![=+\-@\t\r\n＝＋－＠])[^]/u);
      expect(unquoteText(cell)).toBe(text);
    }),
  );
  expect(unquoteText("'tis")).toBe("'tis");
});

test.each([
  ["string", nasty],
  ["text", nasty],
  ["integer", [0, -5, 9_007_199_254_740_991, null]],
  ["decimal", [0.1, -1e-7, 1e21]],
  ["duration", [5400]],
  ["boolean", [true, false, null]],
  ["date", ["2026-04-01"]],
  ["list", [[], ["a"], ["0012", "=1"], [1, "1", null], ["a\nb"], [""], ["[x]"], [" a"], nasty]],
  ["choices", [["=a", "b"], []]],
  ["objects", [["/a b", "/c,d"], []]],
  ["dictionary", [{}, { "=a": ["b", null, { c: 1 }] }]],
  ["json", ["x", "", "=1", '"', "[1]", 1, -1, true, ["a"], ["a\nb"], { a: null }, [], "null", "1"]],
])("values of the kind %s come back, also where a table knows only texts", (kind, values) => {
  for (const value of values as Json[]) {
    const cell = toCell(value, kind);
    expect(fromCell(cell, field(kind)), JSON.stringify(cell)).toEqual(value);
    const text = cell === null ? "" : String(cell);
    expect(fromCell(text, field(kind)), text).toEqual(value);
    if (typeof cell === "string") expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
  }
});

test("what does not fit stays as it is, for the field to refuse it", () => {
  expect(fromCell("many", field("integer"))).toBe("many");
  expect(fromCell("yes", field("boolean"))).toBe("yes");
  expect(fromCell("{", field("dictionary"))).toBe("{");
  expect(fromCell("TRUE", field("boolean"))).toBe(true);
});
