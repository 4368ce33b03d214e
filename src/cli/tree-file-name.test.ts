import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nameFault } from "#kernel";
import "../../test/property-seed.ts";
import { foldName, fromFileName, toFileName } from "./tree-file-name.ts";

test("names that are no file names are escaped", () => {
  expect(toFileName("web01.example.com")).toBe("web01.example.com");
  expect(toFileName("eth0:1")).toBe("eth0%3A1");
  expect(toFileName("a.")).toBe("a%2E");
  expect(toFileName("a .. ")).toBe("a%20%2E%2E%20");
  expect(toFileName("con")).toBe("%63on");
  expect(toFileName("aux.1")).toBe("%61ux.1");
  expect(toFileName("100%")).toBe("100%");
  expect(toFileName("%41")).toBe("%2541");
  expect(toFileName("x.test")).toBe("x%2Etest");
  expect(toFileName("Web", () => true)).toBe("%57eb");
  expect(toFileName("サーバ 1")).toBe("サーバ 1");
});

test("every name comes back, and no two are one file", () => {
  const part = fc.constantFrom(
    "a",
    "A",
    "%",
    "4",
    "1",
    "E",
    ".",
    ":",
    " ",
    "é",
    "が",
    "👩‍🚒",
    "con",
    "test",
  );
  const name = fc
    .array(part, { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(""))
    .filter((text) => nameFault(text) === undefined);
  fc.assert(
    fc.property(name, (text) => {
      for (const isTaken of [false, true]) {
        const file = toFileName(text, () => isTaken);
        expect(fromFileName(file)).toBe(text);
        // As some file systems store it.
        expect(fromFileName(file.normalize("NFD"))).toBe(text);
        expect(file).not.toMatch(/[\\:*?"<>|/]|[. ]$/);
      }
    }),
  );
  expect(foldName(toFileName("WEB", () => true))).not.toBe(foldName("web"));
});
