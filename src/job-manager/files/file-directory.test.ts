import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileDirectory } from "./file-directory.ts";

let root: string;
let files: FileDirectory;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tsunagi-files-"));
  mkdirSync(join(root, "files"));
  files = new FileDirectory(join(root, "files"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a name stands for a file below the directory", () => {
  writeFileSync(join(root, "files", "a"), "");
  expect(files.source("a")).toBe(join(root, "files", "a"));
  expect(files.target("logs/web01/app.log")).toBe(join(root, "files", "logs/web01/app.log"));
  expect(existsSync(join(root, "files", "logs/web01"))).toBe(true);
});

test.each(["", "/etc/passwd", "../secret", "a/../../secret", "a/..", "a\0b", "..\\secret"])(
  "the name %j leads nowhere",
  (name) => {
    expect(() => files.source(name)).toThrow(/must be relative, without '\.\.'/);
    expect(() => files.target(name)).toThrow(/must be relative, without '\.\.'/);
  },
);

test("a symbolic link leads out of there for nobody", () => {
  mkdirSync(join(root, "elsewhere"));
  writeFileSync(join(root, "elsewhere", "secret"), "");
  symlinkSync(join(root, "elsewhere"), join(root, "files", "link"));
  symlinkSync(join(root, "elsewhere", "secret"), join(root, "files", "one"));
  expect(() => files.source("link/secret")).toThrow(/leads out of/);
  expect(() => files.source("one")).toThrow(/leads out of/);
  expect(() => files.target("link/new")).toThrow(/leads out of/);
  expect(() => files.target("link/deep/new")).toThrow(/leads out of/);
  expect(existsSync(join(root, "elsewhere", "deep"))).toBe(false);
});
