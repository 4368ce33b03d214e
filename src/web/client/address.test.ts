import { expect, test } from "vitest";
import { addressOfPath, pathOfAddress, safeNext } from "./address.ts";

test("any path survives its address", () => {
  for (const path of ["/", "/nodes/web01", "/ノード/web 01", "/a?b/c#d/100%", "/$x/{y}/a+b"]) {
    expect(pathOfAddress(addressOfPath(path))).toBe(path);
  }
});

test("a slash at the end is left out", () => {
  expect(pathOfAddress("/nodes/")).toBe("/nodes");
});

test("what is no encoding shows no object", () => {
  expect(pathOfAddress("/%e3%83")).toBeUndefined();
});

test("the sign-in leads only to pages of our own", () => {
  expect(safeNext("/nodes?view=edit")).toBe("/nodes?view=edit");
  for (const next of [
    undefined,
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/.login",
  ]) {
    expect(safeNext(next)).toBe("/");
  }
});
