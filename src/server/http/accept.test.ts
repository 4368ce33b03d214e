import { expect, test } from "vitest";
import { languageOf, wantedOf } from "./accept.ts";

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

test.each([
  [undefined, "json"],
  ["", "json"],
  ["*/*", "json"],
  ["application/json", "json"],
  ["application/json, text/html;q=0.9", "json"],
  ["text/html;q=0.5, application/json;q=0.4", "html"],
  ["text/html;q=0", "json"],
  ["text/*", "html"],
  ["image/png", "json"],
  ["TEXT/HTML", "html"],
  ["text/html;q=nonsense", "json"],
  ["text/plain", "text"],
  [browser, "html"],
] as const)("Accept: %s wants %s", (accept, wanted) => {
  expect(wantedOf(accept, ["json", "html", "text"])).toBe(wanted);
});

test.each([
  [undefined, "en"],
  ["ja", "ja"],
  ["ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja"],
  ["en-US,en;q=0.9,ja;q=0.8", "en"],
  ["fr, ja;q=0.5", "ja"],
  ["*", "en"],
] as const)("Accept-Language: %s reads %s", (header, language) => {
  expect(languageOf(header)).toBe(language);
});
