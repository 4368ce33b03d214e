import { expect, test } from "vitest";
import { maskSecrets } from "./secret.ts";

test.each([
  ["as it is", 'the password is p@ss "w"!', "the password is ********!"],
  ["as part of JSON", String.raw`{"p":"p@ss \"w\""}`, '{"p":"********"}'],
  ["as part of a URL", "http://x/?p=p%40ss%20%22w%22", "http://x/?p=********"],
  ["as part of a form", "p=p%40ss+%22w%22&q", "p=********&q"],
  ["as base64", "Basic cEBzcyAidyI=", "Basic ********"],
])("hides a secret %s", (_, text, masked) => {
  expect(maskSecrets(text, ['p@ss "w"'])).toBe(masked);
});

test("hides the longer one where one secret is part of another", () => {
  expect(maskSecrets("abcdef abc", ["abc", "abcdef"])).toBe("******** ********");
});

test("hides each line of a secret of several lines", () => {
  expect(maskSecrets("line: MIIEvQ", ["-----BEGIN\nMIIEvQ\n-----END"])).toBe("line: ********");
});

test("leaves a text alone where there are no secrets", () => {
  expect(maskSecrets("abc", ["", "x"])).toBe("abc");
});
