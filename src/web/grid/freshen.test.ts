import { expect, test } from "vitest";
import { freshen } from "./freshen.ts";
import type { RowPage } from "./object-rows.ts";

function page(names: string, next: string | null = null, value = 1): RowPage {
  const items = Array.from(names).map((name) => ({
    path: `/${name}`,
    type: "T",
    values: { value },
  }));
  return { items, next, total: null };
}

const shown = (pages: readonly RowPage[]) =>
  pages.flatMap((each) =>
    each.items.map(({ path, values }) => JSON.stringify([path, values["value"]])),
  );

test("values change in place, and no row moves", () => {
  const { pages, added, gone } = freshen([page("ab"), page("cd")], page("xbcd", null, 2));
  expect(shown(pages)).toEqual(['["/a",1]', '["/b",2]', '["/c",2]', '["/d",2]']);
  expect(added).toBe(1);
  expect([...gone]).toEqual(["/a"]);
});

test("what a new row pushed behind the end of the reading is not gone", () => {
  const { added, gone } = freshen([page("abc", "more")], page("xab", "more"));
  expect(added).toBe(1);
  expect([...gone]).toEqual([]);
});
