import { expect, test } from "vitest";
import { assertPath, nameFault, shownName } from "./object-path.ts";

test("names hold what can be printed, in any script", () => {
  for (const name of [
    "web-01.example.com",
    "サーバ 1",
    "100%",
    "a#b?",
    "x ",
    "👩‍🚒",
    "می‌خواهم",
    "x".repeat(128),
  ]) {
    expect(nameFault(name), name).toBeUndefined();
  }
});

test("names that cannot be seen or told apart are refused, and why", () => {
  expect(nameFault(".hidden")).toContain("dot");
  expect(nameFault(" a")).toContain("blank");
  expect(nameFault("　a")).toContain("blank");
  expect(nameFault("x".repeat(129))).toContain("128");
  expect(nameFault("e\u0301")).toContain("NFC");
  expect(nameFault("a/b")).toContain("'/'");
  for (const character of [
    "\u0001",
    "\u007F",
    "\u0085",
    "\u202E",
    "\u2066",
    "\u200B",
    "\u00AD",
    "\u2028",
    "\uFFFE",
  ]) {
    expect(nameFault(`a${character}b`)).toMatch(
      /^a name may not contain U\+[0-9A-F]{4}, which is not printable$/,
    );
  }
});

test("a message about a name shows what is wrong with it, and is not spoilt by it", () => {
  expect(() => assertPath("/ops/a\u202Eb")).toThrow("'/ops/aU+202Eb' is no path");
  expect(shownName("x".repeat(300))).toHaveLength(201);
});
