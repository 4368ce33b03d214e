import { expect, test } from "vitest";
import { matchActions, readPalette } from "./palette-entries.ts";

const action = (label: string, keywords = "") => ({
  id: label,
  label,
  keywords,
  perform: () => undefined,
});

test("the first sign says what is looked for", () => {
  expect(readPalette(">del")).toEqual({ actions: "del" });
  expect(readPalette("#17")).toEqual({ process: 17 });
  expect(readPalette("/nodes/web")).toEqual({ path: "/nodes/web", objects: "web" });
  expect(readPalette(" web ")).toEqual({ actions: "web", objects: "web" });
});

test("actions are found by their names and by other words, in both languages", () => {
  const actions = [
    action("Edit", "change 変更"),
    action("New type", "型 作成"),
    action("Type a path"),
  ];
  const found = (text: string) => matchActions(actions, text).map(({ id }) => id);
  expect(found("type")).toEqual(["Type a path", "New type"]);
  expect(found("new TYPE")).toEqual(["New type"]);
  expect(found("変更")).toEqual(["Edit"]);
  expect(found("nothing")).toEqual([]);
});
