import { expect, test } from "vitest";
import { isComposing, keyText, ShortcutReader, type Key } from "./shortcut.ts";

const key = (key: string, more: Partial<Key> = {}): Key => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test("a key is written as shortcuts write it, on every keyboard", () => {
  expect(keyText(key("k", { ctrlKey: true }))).toBe("Ctrl+K");
  expect(keyText(key("k", { metaKey: true }))).toBe("Ctrl+K");
  expect(keyText(key("?", { shiftKey: true }))).toBe("?");
  expect(keyText(key("Enter", { shiftKey: true }))).toBe("Shift+Enter");
  expect(keyText(key("Shift", { shiftKey: true }))).toBe("");
});

test("two keys one after the other are one shortcut, unless there was a pause", () => {
  const reader = new ShortcutReader(1000);
  expect(reader.read("g", 0)).toEqual(["g"]);
  expect(reader.read("p", 500)).toEqual(["g p", "p"]);
  expect(reader.read("h", 5000)).toEqual(["h"]);
});

test("keys of an input method are no shortcuts", () => {
  expect(isComposing(key("Enter", { isComposing: true }))).toBe(true);
  expect(isComposing(key("e", { keyCode: 229 }))).toBe(true);
  expect(isComposing(key("e"))).toBe(false);
});
