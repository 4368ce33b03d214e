import { expect, test } from "vitest";
import { en } from "./locales/en.ts";
import { ja } from "./locales/ja.ts";
import { languageOf } from "./text.ts";

test("both languages fill in the same values", () => {
  const blanks = (text: string) =>
    [...text.matchAll(/\{(\w+)\}/g)]
      .map(([, name]) => name)
      .toSorted((a = "", b = "") => a.localeCompare(b));
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(blanks(ja[key]), key).toEqual(blanks(en[key]));
  }
});

test("the browser's first language that we speak is taken", () => {
  expect(languageOf(["ja-JP", "en"])).toBe("ja");
  expect(languageOf(["fr", "ja"])).toBe("ja");
  expect(languageOf(["en-GB", "ja"])).toBe("en");
  expect(languageOf([])).toBe("en");
});
