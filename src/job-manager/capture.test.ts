import * as fc from "fast-check";
import { expect, test } from "vitest";
import { outputMaxBytes } from "#contract";
import { asWireBytes, Capture, fromWireBytes } from "./capture.ts";

test("characters cut by the borders of chunks come out whole", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat(20)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const capture = new Capture(null);
      let start = 0;
      for (const length of cuts) {
        capture.add(bytes.subarray(start, start + length));
        start += length;
      }
      capture.add(bytes.subarray(start));
      expect(capture.end()).toBe(bytes.toString("utf8"));
    }),
  );
});

test("invalid bytes are replaced, a byte order mark is kept", () => {
  const capture = new Capture(null);
  capture.add(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62, 0xe6]));
  expect(capture.end()).toBe("\uFEFFa\uFFFDb\uFFFD");
});

test("a character that the limit cuts in two is not kept", () => {
  const capture = new Capture(null);
  const kept = capture.add(Buffer.from("a".repeat(outputMaxBytes - 1) + "日"));
  expect(kept).toHaveLength(outputMaxBytes);
  expect(capture.cutBytes).toBe(2);
  expect(capture.end()).toBe("a".repeat(outputMaxBytes - 1));
});

test("chunks cross the wire byte by byte", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const wire = JSON.parse(JSON.stringify(asWireBytes(bytes))) as {
        text?: string;
        base64?: string;
      };
      expect([...fromWireBytes(wire)]).toEqual([...bytes]);
    }),
  );
});
