import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { sequenceDiff } from "./sequence-diff.ts";
import { isSame, jsonDiff, listDiff, namedDiff, textDiff, wordDiff } from "./value-diff.ts";

test("a difference holds both sequences, whatever they are", () => {
  const sequence = array(constantFrom("a", "b", "c", "d"));
  assert(
    property(sequence, sequence, (before, after) => {
      const pieces = sequenceDiff(before, after);
      const side = (left: string) =>
        pieces.flatMap(({ kind, items }) => (kind === left ? [] : items));
      expect(side("added")).toEqual(before);
      expect(side("removed")).toEqual(after);
    }),
  );
});

test("words are compared inside of a changed line, Japanese by character", () => {
  expect(wordDiff("role app", "role web")).toEqual([
    { kind: "same", items: ["role", " "] },
    { kind: "removed", items: ["app"] },
    { kind: "added", items: ["web"] },
  ]);
  expect(wordDiff("受付のサーバ", "予約のサーバ")[0]).toEqual({
    kind: "removed",
    items: ["受", "付"],
  });
});

test("lines that are the same are folded, with some around the change", () => {
  const before = ["1", "2", "3", "4", "5", "six", "7", "8", "9", "10", "11"];
  const lines = textDiff(before.join("\n"), before.with(5, "6").join("\n"));
  expect(lines.map((line) => (line.kind === "fold" ? `fold ${line.count}` : line.kind))).toEqual([
    "fold 3",
    "same",
    "same",
    "removed",
    "added",
    "same",
    "same",
    "fold 3",
  ]);
});

test("a list tells what came, what went, and what only moved", () => {
  expect(listDiff(["a", "x", "b", "c"], ["c", "a", "x", "d"])).toEqual([
    { kind: "added", value: "d" },
    { kind: "removed", value: "b" },
    { kind: "moved", value: "c" },
  ]);
});

test("JSON is compared by place; the order of keys is no difference", () => {
  expect(isSame({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(jsonDiff({ cpu: 1, hosts: ["a"], x: 1 }, { hosts: ["a", "b"], cpu: 2, x: 1 })).toEqual([
    { place: "cpu", before: 1, after: 2 },
    { place: "hosts[1]", before: undefined, after: "b" },
  ]);
});

test("elements with names are the same by their id, whatever they are called", () => {
  const before = [
    { id: "1", name: "host", kind: "string" },
    { id: "2", name: "port", kind: "integer" },
  ];
  const after = [
    { id: "1", name: "address", kind: "string" },
    { name: "role", kind: "choice" },
  ];
  expect(namedDiff(before, after).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    "changed address",
    "removed port",
    "added role",
  ]);
});
