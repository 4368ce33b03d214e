import { expect, test } from "vitest";
import { isChosen, isEmpty, nothing, range, toggle } from "./selection.ts";

const loaded = ["/a", "/b", "/c"];

test("rows are taken in and out one by one, and as a range", () => {
  const one = toggle(nothing, "/a", loaded);
  expect(isChosen(one, "/a")).toBe(true);
  expect(isEmpty(toggle(one, "/a", loaded))).toBe(true);
  const three = range(one, ["/b", "/c"]);
  expect(loaded.every((path) => isChosen(three, path))).toBe(true);
});

test("of all that is found, a row is taken out; what is loaded stays chosen", () => {
  const rest = toggle({ kind: "all" }, "/b", loaded);
  expect(loaded.filter((path) => isChosen(rest, path))).toEqual(["/a", "/c"]);
  expect(isChosen({ kind: "all" }, "/anything")).toBe(true);
});
