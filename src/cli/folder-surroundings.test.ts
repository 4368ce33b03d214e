import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderSurroundings } from "./folder-surroundings.ts";
import { checkSource } from "./source-check.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-surroundings-"));
  write("nodes/web01.yaml", "type: WebServer\nfields: { host: a }\n");
  write("lib/restart.jobflow", "|host| |port = 22| print(host, port)");
  write(
    "system/types/WebServer.yaml",
    "type: Type\nfields: { fields: [{ name: host, kind: string }] }\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function said(source: string, others: readonly string[] = []): string[] {
  const file = join(folder, "flow.jobflow");
  const surroundings = folderSurroundings(file, source, { others });
  return checkSource("flow", source, "en", surroundings).map(({ text }) => text);
}

test.each<[string, string[]]>([
  ["[./lib/restart: 'web01']", []],
  [
    "[./lib/restrat: 'web01']",
    ["nothing stands at '/lib/restrat' (Did you mean './lib/restart'?)"],
  ],
  [
    "[./lib/restart: prot = 1]",
    [
      "/lib/restart has no parameter 'prot' (Did you mean 'port'?)",
      "/lib/restart needs its argument 'host' (It takes |host| |port = …|.)",
    ],
  ],
  [
    "print(/nodes/web01.hots)",
    ["an object of the type WebServer has no field 'hots' (Did you mean 'host'?)"],
  ],
  ["print(/nodes/web02)", ["nothing stands at '/nodes/web02' (Did you mean '/nodes/web01'?)"]],
  // Of what lies outside of the folder nobody knows.
  ["print(/servers/web02, /other, ../x, /system/users/x)", []],
  [
    "print(./other)",
    ["nothing stands at '/other' (Make it before this flow runs, or correct the path.)"],
  ],
  ["[/nodes.add: 'web09', 'WebServer'] -> print(/nodes/web09)", []],
  ["[self]", []],
])("%s", (source, expected) => {
  const warnings = said(source).map((text) => text.replace(/^flow:\d+:\d+: warning: /, ""));
  expect(warnings.toSorted()).toEqual(expected.toSorted());
});

test("what a test makes is there, too", () => {
  expect(said("print(./made/x)", ["/made/x"])).toEqual([]);
});
