import { expect, test } from "vitest";
import { readerLanguage } from "./reader-language.ts";

test.each([
  [{}, "en"],
  [{ LANG: "ja_JP.UTF-8" }, "ja"],
  [{ LANG: "ja" }, "ja"],
  [{ LANG: "jam_JM.UTF-8" }, "en"],
  [{ LANG: "ja_JP.UTF-8", LC_ALL: "C" }, "en"],
  [{ LANG: "en_US.UTF-8", LC_MESSAGES: "ja_JP.UTF-8" }, "ja"],
  [{ LANG: "ja_JP.UTF-8", LC_ALL: "" }, "ja"],
])("the environment %j asks for %s", (environment, language) => {
  expect(readerLanguage(environment)).toBe(language);
});
