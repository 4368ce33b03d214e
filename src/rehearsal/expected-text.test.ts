import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exactly, expectedTextFault, textFits } from "./expected-text.ts";

test.each([
  ["uname -a", "uname -a", true],
  ["uname", "uname -a", false],
  ["uname*", "uname -a", false],
  ["g'uname*'", "uname -a", true],
  ["g'uname'", "uname -a", false],
  ["r'^un.me'", "uname -a", true],
  ["r'^name'", "uname -a", false],
  ["i'UNAME -A'", "uname -a", true],
  [`g"echo '*'"`, "echo 'a b'", true],
  ["g'echo 'a*''", "echo 'a b'", true],
  ["g'a*c'", "a\nb\nc", true],
  ["'quoted'", "quoted", false],
])("%s fits %s: %s", (written, text, fits) => {
  expect(textFits(written, text)).toBe(fits);
});

test("a pattern that is none is a fault", () => {
  expect(expectedTextFault("r'('")).toContain("missing closing )");
  expect(expectedTextFault("(")).toBeUndefined();
});

test("every text can be written exactly", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }).map((each) => each.toWellFormed()),
    fc.stringMatching(/^[rgi]'[a-z.*+?^$(){}|[\]\\ ]*'$/),
  );
  fc.assert(fc.property(text, (each) => textFits(exactly(each), each)));
});
