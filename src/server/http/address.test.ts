import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nameFault } from "#kernel";
import { addressOfPath, isSystemAddress, objectsPrefix, pathOfAddress } from "./address.ts";

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((text) => text.normalize("NFC"))
  .filter((text) => nameFault(text) === undefined);
const path = fc.array(name, { maxLength: 5 }).map((names) => `/${names.join("/")}`);

test("every path has an address that names it, also below the prefix", () => {
  fc.assert(
    fc.property(path, (path) => {
      const address = addressOfPath(path);
      expect(address).toMatch(/^[\x21-\x7e]+$/);
      expect(pathOfAddress(address)).toBe(path);
      expect(pathOfAddress(objectsPrefix + address)).toBe(path);
      expect(isSystemAddress(address)).toBe(false);
    }),
  );
});

test.each(["//", "/a//b", "/a/", "/a%2Fb", "/%2e", "/a/%2E%2E/b", "/..", "/%", "/%ff"])(
  "%s is the address of no object",
  (address) => {
    expect(() => pathOfAddress(address)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }),
    );
  },
);
