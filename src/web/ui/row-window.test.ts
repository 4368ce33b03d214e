import { expect, test } from "vitest";
import { rowWindow, scrollTo } from "./row-window.ts";

test("only rows around what is in view are drawn, however many there are", () => {
  const view = { height: 400, rowHeight: 40 };
  expect(rowWindow({ ...view, scrollTop: 0, count: 100_000 })).toEqual({ first: 0, end: 22 });
  expect(rowWindow({ ...view, scrollTop: 40_000, count: 100_000 })).toEqual({
    first: 988,
    end: 1022,
  });
  expect(rowWindow({ ...view, scrollTop: 40_000, count: 3 })).toEqual({ first: 3, end: 3 });
});

test("a row that is reached by the keyboard comes into view, and nothing moves if it is", () => {
  const view = { scrollTop: 400, height: 400, rowHeight: 40 };
  expect(scrollTo(5, view)).toBe(200);
  expect(scrollTo(12, view)).toBeUndefined();
  expect(scrollTo(30, view)).toBe(880);
});
