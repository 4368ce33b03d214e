import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandedServer } from "./commanded-server.ts";

/** Many objects at once, as an operator brings them in and takes them out. */
const { folder, call, output } = commandedServer();
const elsewhere = commandedServer();

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function filesIn(name: string): string[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, name).length + 1))
    .toSorted();
}

test("several objects that refer to each other are applied, after a look at what that does", async () => {
  const file = write(
    "racks.yaml",
    `
- op: create
  path: /system/types/Rack
  type: Type
  fields:
    fields:
      - { name: site, kind: string }
      - { name: first, kind: object }
      - { name: serial, kind: string, unique: true }
      - { name: secret, kind: password }
- { op: create, path: /racks, type: Directory }
- { op: create, path: /racks/r1, type: Rack, tempId: r1, fields: { site: Tokyo, first: { ref: r2 }, secret: hunter2 } }
- { op: create, path: /racks/r2, type: Rack, tempId: r2, fields: { first: { ref: r1 }, serial: "0012" } }
`,
  );
  const preview = await output("apply", file, "--dry-run");
  expect(preview).toContain("create /racks/r1\n");
  expect(preview).toContain("    first: /racks/r2\n");
  expect(preview).toContain("would change 4 objects\n");
  expect(await output("apply", file)).toMatch(/^r1 \/racks\/r1\nr2 \/racks\/r2\nchange \d+\n$/);
  const again = await call("apply", file);
  expect(again.status).toBe(65);
  expect(again.stderr).toContain("operation 0:");
  expect(again.stderr).toContain("error[OPERATIONS_REFUSED]: nothing was changed");
});

test("what a search finds is given other values", async () => {
  const where = ["update", "--where", "serial = '0012'", "--type", "Rack"];
  expect(await output(...where, "site=Osaka", "--dry-run")).toBe(
    "update /racks/r2\n    site: Osaka\nwould change 1 of 1 objects\n",
  );
  expect(await output(...where, "site=Osaka")).toMatch(/^1 objects, as change \d+\n$/);
  const { status, stderr } = await call(...where, "sight=Osaka");
  expect({ status, stderr }).toEqual({
    status: 65,
    stderr: expect.stringContaining("/racks/r2: [VALUE_INVALID] field 'sight'"),
  });
});

test.each(["csv", "xlsx", "yaml", "jsonl"])(
  "what is exported as %s is imported without a change; what is edited is changed",
  async (format) => {
    const file = join(folder, `racks.${format}`);
    await output("export", file, "/racks", "--type", "Rack");
    expect(readFileSync(file, "latin1")).not.toContain("hunter2");
    expect(await output("import", file)).toBe(
      "2 rows: 0 created, 0 updated, 0 deleted, 2 unchanged, 0 wrong\n",
    );
    if (format === "xlsx") return;
    writeFileSync(file, readFileSync(file, "utf8").replace("Tokyo", `site of ${format}`));
    const dry = await output("import", file, "--dry-run");
    expect(dry).toContain(`→ site of ${format}\n`);
    expect(dry).toContain("would be: 2 rows: 0 created, 1 updated");
    expect(await output("import", file)).toMatch(/1 updated, .*, as change \d+\n$/);
    await output("update", "--where", "path = /racks/r1", "site=Tokyo");
  },
);

test("a wrong row is named with line and column; the others are done unless all is to stop", async () => {
  const file = write(
    "new.csv",
    'path,type,first\nr3,Rack,/racks/r4\nr4,Rack,/none\nr5,Rack,"a"b\n',
  );
  const stopped = await call("import", file, "/racks", "--stop");
  expect(stopped.status).toBe(65);
  expect(stopped.stderr).toContain("error[OPERATIONS_REFUSED]: nothing was imported");
  const { status, stdout, stderr } = await call("import", file, "/racks");
  expect(status).toBe(65);
  expect(stderr).toContain("line 3, column 3: /racks/r4 [VALUE_INVALID]");
  expect(stderr).toContain("line 4: [FORMAT_INVALID]");
  expect(stdout).toContain("3 rows: 0 created");
});

test("an import in batches is several changes", async () => {
  const rows = Array.from({ length: 25 }, (_, n) => `/many/m${n},Text,${n}`);
  const file = write("many.csv", `path,type,text\n${rows.join("\n")}\n`);
  expect(await output("import", file, "--batch", "10")).toMatch(
    /^25 rows: 25 created, .*, as changes \d+ to \d+\n$/,
  );
  write("many.csv", `path,type,text\n${rows.slice(1).join("\n")}\n`);
  expect(await output("import", file, "/many", "--batch", "10", "--delete")).toContain("1 deleted");
});

test("a tree is written as files, and read again without a change", async () => {
  const objects = {
    "/ops": { type: "Directory" },
    "/ops/empty": { type: "Directory" },
    "/ops/system": { type: "Directory", fields: { description: "ours" } },
    "/ops/Web": { type: "Text", fields: { text: "first\nsecond\n" } },
    "/ops/web": { type: "Text", fields: { text: "=1+1" } },
    "/ops/eth0:1. ": { type: "Rack", fields: { first: "/racks/r1", secret: "x" } },
    "/ops/flow": { type: "Jobflow", fields: { source: "['true']\n", description: "d" } },
    "/ops/a.py": { type: "Script", fields: { source: "print(1)", interpreter: "python3" } },
    "/ops/perl": { type: "Script", fields: { source: "#!/usr/bin/perl\n1" } },
    "/ops/odd": { type: "Script", fields: { source: "1", interpreter: "odd" } },
    "/ops/none": { type: "Script", fields: { source: "1" } },
  };
  const operations = Object.entries(objects).map(([path, each]) => ({ op: "put", path, ...each }));
  await output("apply", write("ops.yaml", JSON.stringify(operations)));
  await output("grant", "/ops/system", "everyone", "read");
  expect(await output("export", join(folder, "tree"), "/ops")).toContain("10 objects, ");
  expect(filesIn("tree")).toEqual(
    [
      "%57eb.yaml",
      "a.py.py",
      "empty.yaml",
      "eth0%3A1%2E%20.yaml",
      "flow.jobflow",
      "flow.yaml",
      "none.sh",
      "none.yaml",
      "odd.sh",
      "odd.yaml",
      "perl.pl",
      "%73ystem.yaml",
      "system/types/Rack.yaml",
      "web.yaml",
    ].toSorted(),
  );
  expect(readFileSync(join(folder, "tree/%57eb.yaml"), "utf8")).toBe(
    "type: Text\nfields:\n  text: |\n    first\n    second\n",
  );
  expect(readFileSync(join(folder, "tree/%73ystem.yaml"), "utf8")).toContain(
    "everyone:\n    - read\n",
  );
  const unchanged = await output("import", join(folder, "tree"), "/ops", "--delete");
  expect(unchanged).toBe("13 rows: 0 created, 0 updated, 0 deleted, 13 unchanged, 0 wrong\n");
  expect(await output("export", join(folder, "tree"), "/ops")).toBe(
    "10 objects, 0 files changed\n",
  );
});

test("what is changed in a tree is changed on the server, and what is gone is deleted if asked for", async () => {
  write("tree/web.yaml", "type: Text\nfields:\n  text: edited\n");
  rmSync(join(folder, "tree/none.sh"));
  rmSync(join(folder, "tree/none.yaml"));
  write("tree/new/deep/x.jobflow", "['true']\n");
  const dry = await output("import", join(folder, "tree"), "/ops", "--delete", "--dry-run");
  for (const line of ["update /ops/web", "delete /ops/none", "create /ops/new/deep/x"]) {
    expect(dry).toContain(`${line}\n`);
  }
  await output("import", join(folder, "tree"), "/ops", "--delete");
  expect((await output("object", "ls", "/ops")).includes("none")).toBe(false);
  await output("object", "rm", "/ops/perl");
  await output("export", join(folder, "tree"), "/ops", "--delete");
  expect(existsSync(join(folder, "tree/perl.pl"))).toBe(false);
  write("tree/bad.jobflow", "[[[");
  const { status, stderr } = await call("import", join(folder, "tree"), "/ops");
  expect(status).toBe(65);
  expect(stderr).toContain("tree/bad.jobflow: [SYNTAX_ERROR]");
});

test("the whole tree leaves out what every installation has, and makes another one the same", async () => {
  await output("export", join(folder, "all"));
  const files = filesIn("all");
  expect(files).toContain("system/types/Rack.yaml");
  expect(files).toContain("racks/r1.yaml");
  expect(files.filter((file) => file.includes("Directory") || file.includes("Jobflow"))).toEqual(
    [],
  );
  await output("object", "rm", "/racks", "--recursive").catch(() => undefined);
  const { stdout } = await call("import", join(folder, "all"));
  expect(stdout).toContain("0 wrong");
  const again = await call("import", join(folder, "all"));
  expect(again.stdout).toContain("0 created, 0 updated");
});

test("a large import is tried on a copy, which leaves nothing", async () => {
  const rows = Array.from({ length: 1500 }, (_, n) => `/large/l${n},Text,${"x".repeat(700)}`);
  const file = write("large.csv", `path,type,text\n${rows.join("\n")}\n/large/wrong,None,\n`);
  const tried = await call("import", file, "--dry-run");
  expect(tried.status).toBe(65);
  expect(tried.stdout).toContain("create /large/l0\n");
  expect(tried.stdout).toContain("would be: 1501 rows: 1500 created");
  expect(tried.stderr).toContain("line 1502");
  expect((await call("object", "get", "/large")).stderr).toContain("OBJECT_NOT_FOUND");
  expect(readdirSync(join(folder, "data")).filter((name) => name.startsWith("trial-"))).toEqual([]);
});

test("files and owners go with a tree, and one that was changed in the folder is taken", async () => {
  const { folder: other } = elsewhere;
  await output("user", "create", "alice");
  const type = {
    fields: [
      { name: "drawing", kind: "file" },
      { name: "memo", kind: "string" },
    ],
  };
  await output(
    "object",
    "put",
    "/system/types/Plan",
    JSON.stringify({ type: "Type", fields: type }),
  );
  await output("object", "put", "/plans", '{"type": "Directory"}');
  await output("object", "put", "/plans/%41 b", '{"type": "Plan", "fields": {"memo": "first"}}');
  await output("object", "attach", "/plans/%41 b", "drawing", write("a plan.sh", "echo 図面\n"));
  const before = (await output("history", "/", "--changes")).match(/change (\d+)/)?.[1] ?? "";

  await output("export", join(folder, "plans"), "/plans", "--owners");
  const attached = ".files/%2541 b/drawing/a plan.sh";
  expect(filesIn("plans")).toEqual([attached, "%2541 b.yaml", "system/types/Plan.yaml"].toSorted());
  expect(readFileSync(join(folder, "plans", attached), "utf8")).toBe("echo 図面\n");
  expect(await output("export", join(folder, "plans"), "/plans", "--owners")).toContain(
    ", 0 files changed\n",
  );
  expect(await output("import", join(folder, "plans"), "/plans")).toContain("0 updated");

  // Into an installation that has none of it.
  const there = (...args: string[]) => elsewhere.output(...args);
  await there("user", "create", "alice");
  writeFileSync(
    join(folder, "plans", "%2541 b.yaml"),
    readFileSync(join(folder, "plans", "%2541 b.yaml"), "utf8").replace(
      "owner: root",
      "owner: alice",
    ),
  );
  expect(await there("import", join(folder, "plans"), "/plans")).toContain(" 0 wrong");
  expect(await there("import", join(folder, "plans"), "/plans")).toContain("0 created, 0 updated");
  expect(JSON.parse(await there("object", "get", "/plans/%41 b"))).toMatchObject({
    owner: "alice",
    fields: { memo: "first", drawing: { name: "a plan.sh", size: 12 } },
  });
  await there("export", join(other, "again"), "/plans", "--owners");
  const text = (file: string) => readFileSync(file, "utf8");
  for (const file of filesIn("plans")) {
    expect(text(join(other, "again", file)), file).toBe(text(join(folder, "plans", file)));
  }

  write(`plans/${attached}`, "echo 2\n");
  expect(await output("import", join(folder, "plans"), "/plans")).toContain("1 updated");
  await output("object", "download", "/plans/%41 b", "drawing", join(folder, "now"));
  expect(readFileSync(join(folder, "now"), "utf8")).toBe("echo 2\n");
  // As it was, also of what is gone.
  await output("object", "rm", "/plans/%41 b");
  await output("export", join(folder, "past"), "/plans", "--as-of", before);
  expect(readFileSync(join(folder, "past", attached), "utf8")).toBe("echo 図面\n");
  const left = await call("export", join(folder, "plans"), "/plans", "--delete");
  expect(left.status).toBe(0);
  expect(filesIn("plans")).toEqual([]);
});

test("export asks for a table of what a search finds", async () => {
  await output("import", write("f.csv", "path,type,text\n/f/a,Text,'=1+1\n"));
  expect(await output("export", "-", "/f", "--format", "csv", "--select", "path,text")).toBe(
    "path,text\r\n/f/a,'=1+1\r\n",
  );
});
