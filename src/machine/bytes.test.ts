import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./builtins/sha256.ts";
import { fromBase64, fromHex, toBase64, toHex } from "./bytes.ts";

test("base64 and hexadecimal are those of everybody else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      expect(fromBase64(Buffer.from(bytes).toString("base64url"))).toEqual(bytes);
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes);
    }),
  );
});

test.each(["a", "a b!", "あ"])("'%s' is no base64", (text) => {
  expect(fromBase64(text)).toBeUndefined();
});

test("SHA-256 is that of everybody else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toHex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
    }),
  );
});
