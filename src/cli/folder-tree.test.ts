import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { assertNoFaults, parseObject, readFolderTree } from "./folder-tree.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "tsunagi-tree-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function read(files: Record<string, string>, base = "/") {
  const tree = readFolderTree(folderOf(files), base);
  return {
    objects: tree.objects.map(({ path, type, fields }) => ({ path, type, fields })),
    faults: tree.faults.map((each) => each.message),
  };
}

test("each kind of file becomes its object, types first, parents before children", () => {
  const { objects, faults } = read({
    "a.jobflow": "print(1)",
    "servers/web01.yaml": "type: Server\nfields: { host: web01, port: 22 }",
    "lib/clean.sh": "rm -f /tmp/x",
    "lib/own.py": "#!/usr/bin/env python2\n",
    "lib/plain.py": "print(1)",
    "system/types/Server.yaml": "type: Type\nfields: { fields: [{ name: host, kind: string }] }",
  });
  expect(faults).toEqual([]);
  expect(objects).toEqual([
    { path: "/system", type: "Directory", fields: {} },
    { path: "/system/types", type: "Directory", fields: {} },
    {
      path: "/system/types/Server",
      type: "Type",
      fields: { fields: [{ name: "host", kind: "string" }] },
    },
    { path: "/a", type: "Jobflow", fields: { source: "print(1)" } },
    { path: "/lib", type: "Directory", fields: {} },
    { path: "/servers", type: "Directory", fields: {} },
    {
      path: "/lib/clean",
      type: "Script",
      fields: { source: "rm -f /tmp/x", interpreter: "/bin/sh" },
    },
    { path: "/lib/own", type: "Script", fields: { source: "#!/usr/bin/env python2\n" } },
    { path: "/lib/plain", type: "Script", fields: { source: "print(1)", interpreter: "python3" } },
    { path: "/servers/web01", type: "Server", fields: { host: "web01", port: 22 } },
  ]);
});

test("what is no object is left out, and so is a folder without any", () => {
  const { objects, faults } = read({
    "README.md": "# read me",
    "a.test.yaml": "given: []",
    ".git/config.yaml": "type: Nothing",
    "node_modules/x/x.js": "",
    "pictures/logo.png": "",
    "a.jobflow": "",
  });
  expect(faults).toEqual([]);
  expect(objects.map((each) => each.path)).toEqual(["/a"]);
});

test("a YAML file beside a folder of its name says what the folder is", () => {
  const { objects, faults } = read({
    "servers.yaml": "type: Table\nfields: { of: Server }",
    "servers/web01.yaml": "type: Server",
  });
  expect(faults).toEqual([]);
  expect(objects).toEqual([
    { path: "/servers", type: "Table", fields: { of: "Server" } },
    { path: "/servers/web01", type: "Server", fields: {} },
  ]);
});

test("names are composed, and paths begin at the base", () => {
  const { objects } = read({ [`${"が".normalize("NFD")}.jobflow`]: "" }, "/ops");
  expect(objects.map((each) => each.path)).toEqual(["/ops/が"]);
});

test("faults name the file and do not keep the rest from being read", () => {
  const folder = folderOf({
    "a.jobflow": "",
    "a.sh": "",
    " blank.jobflow": "",
    "compose.yaml": "services: {}",
  });
  const { objects, faults } = readFolderTree(folder);
  expect(objects.map((each) => each.path)).toEqual(["/a"]);
  expect(faults.map((each) => each.file.slice(folder.length + 1))).toEqual([
    " blank.jobflow",
    "a.sh",
    "compose.yaml",
  ]);
  expect(() => assertNoFaults(faults)).toThrow("a name may not begin with a blank");
});

test("a folder that is not there is said so", () => {
  expect(() => readFolderTree("/nowhere/at/all")).toThrow("there is no such folder");
});

test.each([
  ["a: [", "no YAML"],
  ["- 1", "no object"],
  ["fields: {}", "`type` is missing"],
  ["type: Server\nfields: [1]", "`fields` must be a mapping"],
  ["type: Server\nhost: a", "`host` is unknown"],
])("YAML %j is refused with a reason", (source, message) => {
  expect(() => parseObject(source)).toThrow(message);
});
