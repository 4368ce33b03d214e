import { expect, test } from "vitest";
import { fileFailure } from "./file-failure.ts";

const failed = (code: string) => Object.assign(new Error(`${code}: no`), { code });

test("a full disk and one that may not be written are named; a bug stays one", () => {
  expect(fileFailure(failed("ENOSPC"), "/data/key")).toMatchObject({
    code: "STORAGE_FULL",
    message: "the disk that holds /data/key is full",
  });
  expect(fileFailure(failed("EROFS"), "/data/key")).toMatchObject({ code: "STORAGE_FAILED" });
  const bug = new TypeError("a bug");
  expect(fileFailure(bug, "/data/key")).toBe(bug);
});
