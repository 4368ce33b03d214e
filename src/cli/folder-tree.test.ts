import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { assertNoFaults, parseObject, readFolderTree, readNeededTree } from "./folder-tree.ts";

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

test("each kind of file becomes its object", () => {
  const { objects, faults } = read({
    "a.jobflow": "print(1)",
    "lib/clean.sh": "rm -f /tmp/x",
    "lib/own.py": "#!/usr/bin/env python2\n",
    "lib/plain.py": "print(1)",
    "servers/web01.yaml": "type: Server\nfields: { host: web01, port: 22 }",
  });
  expect(faults).toEqual([]);
  expect(objects).toEqual([
    { path: "/a", type: "Jobflow", fields: { source: "print(1)" } },
    { path: "/lib", type: "Directory", fields: {} },
    {
      path: "/lib/clean",
      type: "Script",
      fields: { source: "rm -f /tmp/x", interpreter: "/bin/sh" },
    },
    { path: "/lib/own", type: "Script", fields: { source: "#!/usr/bin/env python2\n" } },
    { path: "/lib/plain", type: "Script", fields: { source: "print(1)", interpreter: "python3" } },
    { path: "/servers", type: "Directory", fields: {} },
    { path: "/servers/web01", type: "Server", fields: { host: "web01", port: 22 } },
  ]);
});

test("what an object needs comes before it: its directory, its type, what it refers to", () => {
  const files = {
    "a.yaml": "type: Host\nfields: { account: /ops/z, others: [/b] }",
    "b.yaml": "type: Host\nfields: { others: [/a] }",
    "ops/z.yaml": "type: Account",
    "system/types/Host.yaml": "type: Type\nfields: { fields: [] }",
  };
  expect(read(files).objects.map((each) => each.path)).toEqual([
    "/system",
    "/system/types",
    "/system/types/Host",
    "/ops",
    "/ops/z",
    "/b",
    "/a",
  ]);
});

test("what is of the system has one place, wherever the rest goes", () => {
  const { objects } = read(
    { "system/types/Host.yaml": "type: Type", "a/system/x.jobflow": "" },
    "/ops",
  );
  expect(objects.map((each) => each.path)).toEqual([
    "/ops/a",
    "/ops/a/system",
    "/ops/a/system/x",
    "/system",
    "/system/types",
    "/system/types/Host",
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

test("what a flow needs of a folder is read with what that needs, and nothing else", () => {
  const folder = folderOf({
    "lib/x.jobflow": "print(1)",
    "lib/other.jobflow": "print(2)",
    "servers/web01.yaml": "type: ListedServer\nfields: {account: /accounts/ops}",
    "accounts/ops.yaml": "type: Account",
    "system/types/ListedServer.yaml": "type: Type",
    "junk/broken.yaml": "[",
  });
  const { objects, faults } = readNeededTree(folder, ["/servers", "/lib/x", "/missing"], () => []);
  expect(faults).toEqual([]);
  expect(objects.map(({ path }) => path).toSorted()).toEqual([
    "/accounts",
    "/accounts/ops",
    "/lib",
    "/lib/x",
    "/servers",
    "/servers/web01",
    "/system",
    "/system/types",
    "/system/types/ListedServer",
  ]);
});
