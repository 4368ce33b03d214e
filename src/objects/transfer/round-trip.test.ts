import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { systemActor, type Actor } from "../index.ts";
import type { Json } from "../json.ts";
import { TestStorage } from "../test-storage.ts";
import { exportFile, type ExportLayout } from "./export-file.ts";
import type { ImportOutcome, ImportRun } from "./import-run.ts";
import type { ExportQuery } from "./object-export.ts";
import { readRows, type TransferFormat } from "./row-formats.ts";

/** What is exported and imported again is the same, in every format; and what an import does with what differs. */
const folder = mkdtempSync(join(tmpdir(), "tsunagi-transfer-"));
afterAll(() => rmSync(folder, { recursive: true }));

let store: TestStorage;
const things = [
  { name: "label", kind: "string" },
  { name: "note", kind: "text", default: "none" },
  { name: "count", kind: "integer", default: 5 },
  { name: "ratio", kind: "decimal" },
  { name: "live", kind: "boolean" },
  { name: "day", kind: "date" },
  { name: "at", kind: "datetime" },
  { name: "wait", kind: "duration" },
  { name: "tags", kind: "list" },
  { name: "data", kind: "dictionary" },
  { name: "any", kind: "json" },
  { name: "levels", kind: "choices", choices: ["a", "=b", "[c"] },
  { name: "next", kind: "object" },
  { name: "others", kind: "objects" },
  { name: "owner", kind: "user" },
  { name: "type", kind: "string" },
  { name: "secret", kind: "password" },
  { name: "serial", kind: "string", unique: true },
];
beforeEach(async () => {
  store = await TestStorage.open();
  await store.type("Thing", things);
  await store.put("/things", "Directory");
});
afterEach(() => store.close());

async function exportTo(
  format: TransferFormat,
  query: Partial<ExportQuery> = { below: "/things" },
  layout: Partial<ExportLayout> = {},
  actor: Actor = systemActor,
): Promise<string> {
  const file = join(folder, `x.${format}`);
  const pages = (cursor: string | undefined) =>
    store.read((transaction) =>
      store.storage.transfer.export(transaction, actor, {
        limit: 3,
        ...query,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
  const chunks = await Array.fromAsync(exportFile(pages, { format, ...layout }));
  writeFileSync(file, Buffer.concat(chunks));
  return Buffer.concat(chunks).toString();
}

function importFrom(
  format: TransferFormat,
  run: ImportRun = {},
  actor: Actor = systemActor,
): Promise<ImportOutcome> {
  const file = join(folder, `x.${format}`);
  return store.database.write((transaction) =>
    store.storage.transfer.import(transaction, actor, () => readRows({ file, format }), run),
  );
}

function importText(
  text: string,
  run: ImportRun = {},
  format: TransferFormat = "csv",
  actor: Actor = systemActor,
): Promise<ImportOutcome> {
  writeFileSync(join(folder, `x.${format}`), text);
  return importFrom(format, run, actor);
}

const nasty = [
  "",
  "0012",
  "=1+1",
  "+81-3",
  "@x",
  "-5",
  "１２３",
  "a,b",
  '"q"',
  " x ",
  "👩‍🚒",
  "'",
  "'=1",
  "null",
  "true",
];
const line = fc.oneof(fc.constantFrom(...nasty), fc.string());
const text = fc.oneof(line, fc.constantFrom("\ttab", "a\r\nb", "a\nb\n", "---\nx: 1", "\u0000"));
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const values = fc.record(
  {
    label: fc.option(line.filter((each) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(each))),
    note: fc.option(text),
    count: fc.option(fc.maxSafeInteger()),
    ratio: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    live: fc.option(fc.boolean()),
    day: fc.constantFrom(null, "2026-04-01"),
    at: fc.constantFrom(null, "2026-04-01T00:00:00.000Z"),
    wait: fc.option(fc.nat()),
    tags: fc.option(fc.array(fc.oneof(text, json), { maxLength: 3 })),
    data: fc.option(
      fc
        .dictionary(fc.string(), json, { maxKeys: 3, noNullPrototype: true })
        .filter((each) => !Object.hasOwn(each, "__proto__")),
    ),
    any: fc.oneof(json, text),
    levels: fc.option(fc.subarray(["a", "=b", "[c"])),
    others: fc.option(fc.subarray(["/things", "/system/types/Thing"])),
    type: fc.option(fc.constantFrom("=x", "Thing", "")),
    secret: fc.constantFrom(null, "hunter2"),
  },
  { requiredKeys: [] },
);
const isPlain = (value: unknown): boolean => !JSON.stringify(value).includes("__proto__");

test.each(["csv", "xlsx", "yaml", "jsonl"] as const)(
  "export and import as %s change nothing, whatever the values are",
  async (format) => {
    const objects = fc.array(values.filter(isPlain), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(objects, async (all) => {
        for (const [n, fields] of all.entries()) {
          await store
            .put(`/things/t ${n}=,"x`, "Thing", {
              ...fields,
              next: `/things/t 0=,"x`,
            })
            .catch(async () => store.put(`/things/t ${n}=,"x`, "Thing", fields as never));
        }
        const exported = await exportTo(format);
        if (format !== "xlsx") expect(exported).not.toContain("hunter2");
        const { counts, change, faults } = await importFrom(format);
        expect({ change, faults }).toEqual({ change: null, faults: [] });
        expect(counts.unchanged).toBe(counts.rows);
        // All gone and made again, they are as they were, but for passwords, which only the installation has.
        const before = await exportTo(format);
        await store.delete("/things");
        await store.put("/things", "Directory");
        expect((await importFrom(format)).faults).toEqual([]);
        const after = await exportTo("jsonl");
        if (format === "jsonl") expect(masks(after)).toEqual(masks(before));
      }),
      { numRuns: 15 },
    );
  },
);

const masks = (exported: string): string => exported.replaceAll('"********"', "null");

test("a table of several types has the columns of all of them", async () => {
  await store.put("/things/a", "Thing", { label: "x", type: "t", owner: null });
  await store.put("/things/b", "Text", { text: "y" });
  const exported = await exportTo("csv");
  expect(exported.split("\r\n")[0]).toBe(
    "path,type,label,note,count,ratio,live,day,at,wait,tags,data,any,levels,next,others,owner,fields.type,secret,serial,text",
  );
  expect(exported).toContain("/things/b,Text,,,,,,,,,,,,,,,,,,,y\r\n");
  expect((await importFrom("csv")).counts).toMatchObject({ unchanged: 2, rows: 2 });
});

test("only chosen columns are written, and ways through references are left out of account on import", async () => {
  await store.put("/things/a", "Thing", { label: "x" });
  await store.put("/things/b", "Thing", { next: "/things/a", count: 3 });
  const select = ["path", "count", "next.label"];
  const query = { below: "/things", type: "Thing", select };
  expect(await exportTo("csv", query, { columns: select, withBom: true })).toBe(
    "\uFEFFpath,count,next.label\r\n/things/a,5,\r\n/things/b,3,x\r\n",
  );
  const { counts, ignored } = await importFrom("csv");
  expect({ ...counts, ignored }).toMatchObject({ unchanged: 2, ignored: ["next.label"] });
});

test("rows make, change and leave alone; a preview says it all before", async () => {
  await store.put("/things/a", "Thing", { label: "old", count: 1 });
  await store.put("/things/b", "Thing", { label: "same" });
  const table = "path,type,label\n/things/a,Thing,new\n/things/b,Thing,same\n/things/c,Thing,c\n";
  const tried = await importText(table, { dryRun: true });
  expect(tried.change).toBeNull();
  expect(tried.counts).toMatchObject({ created: 1, updated: 1, unchanged: 1, faults: 0 });
  expect(tried.preview?.objects).toMatchObject([
    { objectPath: "/things/a", before: { label: "old" }, after: { label: "new" } },
    { objectPath: "/things/c", operation: "create" },
  ]);
  expect(await store.names("/things")).toEqual(["a", "b"]);
  const { change } = await importText(table);
  expect(await store.fields("/things/a")).toMatchObject({ label: "new", count: 1 });
  expect((await store.history("/things/c"))[0]?.change).toBe(change);
});

test("a bad row is said with its line and column, and does not stop the others", async () => {
  const table =
    'path,type,count,next\n/things/a,Thing,many,\n"/things/b",Thing,"2\n3",/no/where\n/things/c,Thing,3,/things/d\nx"y\n/things/d,Thing,4,\n,Thing,5,\n';
  const { counts, faults } = await importText(table);
  expect(faults.map(({ at, code, field }) => [at, code, field])).toEqual([
    ["line 2, column 3", "VALUE_INVALID", "count"],
    ["line 3, column 3", "VALUE_INVALID", "count"],
    ["line 3, column 4", "VALUE_INVALID", "next"],
    ["line 6", "FORMAT_INVALID", undefined],
    ["line 8", "VALUE_INVALID", undefined],
  ]);
  expect(counts).toMatchObject({ rows: 6, created: 2, faults: 4 });
  expect(await store.fields("/things/c")).toMatchObject({ next: "/things/d" });
  const whole = await importText("path,type,count\n/things/x,Thing,1\n/things/y,Thing,z\n", {
    stop: true,
  });
  expect(whole).toMatchObject({ change: null, counts: { faults: 1 } });
  expect(await store.names("/things")).toEqual(["c", "d"]);
});

test("objects are found by id or by a unique field, too", async () => {
  const id = await store.put("/things/a", "Thing", { serial: "007" });
  await importText(`id,label\n${id},by id\n`);
  expect(await store.fields("/things/a")).toMatchObject({ label: "by id" });
  const found = await importText("serial,label\n007,by serial\n008,none\n", {
    match: "serial",
    type: "Thing",
  });
  expect(found.counts).toMatchObject({ updated: 1, faults: 1 });
  expect(await store.fields("/things/a")).toMatchObject({ label: "by serial", serial: "007" });
  const made = await importText("name,serial\nnew,008\n", { type: "Thing", into: "/things" });
  expect(made.counts).toMatchObject({ created: 1 });
  expect(await store.fields("/things/new")).toMatchObject({ serial: "008" });
});

test("an object that two rows are about is changed by the first only", async () => {
  const { counts, faults } = await importText(
    "path,type,label\n/things/a,Thing,1\n/things/a,Thing,2\n",
  );
  expect(counts).toMatchObject({ created: 1, faults: 1 });
  expect(faults).toMatchObject([{ at: "line 3", code: "OBJECT_EXISTS" }]);
});

test("what is in no row is deleted if that is asked for, what refers before what is referred to", async () => {
  await store.put("/things/a", "Thing", {});
  await store.put("/things/dir/b", "Thing", { next: "/things/a" });
  await store.put("/things/c", "Thing", { next: "/things/dir/b" });
  const table = "path,type\n/things/z,Thing\n";
  const deleteMissing = { below: "/things" };
  const unsure = await importText(`${table}x"y\n`, { deleteMissing });
  expect(unsure.counts).toMatchObject({ created: 1, deleted: 0, faults: 2 });
  const tried = await importText(table, { deleteMissing, dryRun: true });
  expect(tried.counts).toMatchObject({ deleted: 4, unchanged: 1, faults: 0 });
  await importText(table, { deleteMissing });
  expect(await store.names("/things")).toEqual(["z"]);
});

test("only what one may read is exported, and rows that one may not write are faults", async () => {
  const alice = await store.user("alice");
  for (const name of ["a", "b", "c"]) await store.put(`/things/${name}`, "Thing", { label: name });
  await store.change(systemActor, async (change) => {
    await change.grant("/things/a", { user: "alice" }, ["read"]);
    await change.grant("/things/b", { user: "alice" }, ["read", "write"]);
  });
  const exported = await exportTo("jsonl", { below: "/", type: "Thing" }, {}, alice);
  expect(
    exported
      .trim()
      .split("\n")
      .map((each) => (JSON.parse(each) as { path: string }).path),
  ).toEqual(["/things/a", "/things/b"]);
  const same = await importFrom("jsonl", {}, alice);
  expect(same.counts).toMatchObject({ unchanged: 2, faults: 0 });
  const table =
    "path,type,label\n/things/a,Thing,x\n/things/b,Thing,x\n/things/c,Thing,x\n/things/d,Thing,x\n";
  const { counts, faults, preview } = await importText(table, { dryRun: true }, "csv", alice);
  expect(counts).toMatchObject({ updated: 1, faults: 3 });
  expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(["PERMISSION_DENIED"]));
  expect(preview?.objects).toMatchObject([{ objectPath: "/things/b" }]);
});

test("an export of the past brings the past back", async () => {
  await store.put("/things/a", "Thing", { label: "then" });
  const at = await store.read((transaction) =>
    store.storage.history(transaction, systemActor, "/things/a", { limit: 1 }),
  );
  await store.patch("/things/a", { label: "now" });
  await exportTo("yaml", { below: "/things", asOf: String(at[0]?.change) });
  expect((await importFrom("yaml")).counts).toMatchObject({ updated: 1 });
  expect(await store.fields("/things/a")).toMatchObject({ label: "then" });
});

test("a mask overwrites no password, and a new object has none", async () => {
  await store.put("/things/a", "Thing", { secret: "hunter2" });
  const table = "path,type,label,secret\n/things/a,Thing,x,********\n/things/b,Thing,y,********\n";
  expect((await importText(table)).faults).toEqual([]);
  const secret = await store.read(async (transaction) => {
    const object = await store.storage.get(transaction, systemActor, "/things/a");
    return store.storage.readField(transaction, systemActor, object, "secret");
  });
  expect(secret.value).toMatchObject({ text: "hunter2" });
  expect(await store.fields("/things/b")).toMatchObject({ secret: null });
});

test("a whole object replaces values that it does not have, grants included", async () => {
  await store.user("alice");
  await store.put("/things/a", "Thing", { label: "x", count: 7 });
  const object = {
    path: "/things/a",
    type: "Thing",
    fields: { label: "x" },
    grants: { "user:alice": ["read"] },
  };
  const run = { mode: "replace" } as const;
  expect((await importText(JSON.stringify(object), run, "jsonl")).counts).toMatchObject({
    updated: 1,
  });
  expect(await store.fields("/things/a")).toMatchObject({ label: "x", count: 5 });
  const exported = await exportTo("jsonl", { below: "/things", isCompact: true });
  expect(JSON.parse(exported)).toEqual(object);
  expect((await importFrom("jsonl", run)).counts).toMatchObject({ unchanged: 1 });
});

test("files that cannot be read at all are refused as a whole", async () => {
  for (const [text, format] of [
    ["", "csv"],
    ["path,path\n", "csv"],
    ["path,,x\n", "csv"],
    ["nothing", "xlsx"],
  ] as const) {
    await expect(importText(text, {}, format), text).rejects.toMatchObject({
      code: "FORMAT_INVALID",
    });
  }
  writeFileSync(join(folder, "x.csv"), Buffer.from([0x70, 0x0a, 0x83, 0x65]));
  await expect(importFrom("csv")).rejects.toMatchObject({ hint: expect.stringContaining("UTF-8") });
  const { faults } = await importText("path: [\n---\n- 1\n---\npath: /x\nsurplus: 1\n", {}, "yaml");
  expect(faults.map(({ at }) => at)).toEqual(["line 1", "line 3", "line 5"]);
});

test("what every installation has is left out of a compact export, unless it was given values", async () => {
  const paths = async () =>
    (
      await store.read((t) =>
        store.storage.transfer.export(t, systemActor, { limit: 1000, isCompact: true }),
      )
    ).objects.map(({ path }) => path);
  const before = await paths();
  expect(before.filter((path) => path.startsWith("/system/") && !path.includes("/types/"))).toEqual(
    [],
  );
  await store.patch("/system/realms", { description: "segments" });
  await store.change(systemActor, (change) => change.grant("/system/users", "everyone", ["read"]));
  expect((await paths()).filter((path) => !before.includes(path))).toEqual([
    "/system/realms",
    "/system/users",
  ]);
});

test("owners are told and taken where that is asked for, by who may give objects away", async () => {
  const alice = await store.user("alice");
  await store.put("/own/a", "Text", {}, systemActor);
  await store.change(systemActor, (change) => change.setOwner("/own/a", "alice"));
  await store.change(systemActor, (change) => change.grant("/own", { user: "alice" }, ["manage"]));
  const exported = await store.read((t) =>
    store.storage.transfer.export(t, systemActor, { below: "/own", limit: 10, withOwners: true }),
  );
  expect(exported.objects).toMatchObject([{ path: "/own/a", owner: "alice" }]);
  const bring = (actor: Actor, path: string, owner: string, withOwners: boolean) =>
    store.database.write((t) =>
      store.storage.transfer.import(
        t,
        actor,
        () => [{ at: "line 1", object: { path, type: "Text", owner } }],
        { withOwners },
      ),
    );
  const ownerOf = async (path: string) => (await store.document(path)).owner;
  await store.user("bob");
  await bring(alice, "/own/b", "bob", false);
  expect(await ownerOf("/own/b")).toBe("alice");
  const refused = await bring(alice, "/own/c", "bob", true);
  expect(refused.faults).toMatchObject([{ code: "PERMISSION_DENIED", path: "/own/c" }]);
  expect(await store.names("/own")).toEqual(["a", "b"]);
  const given = await bring(systemActor, "/own/b", "bob", true);
  expect(given.counts).toMatchObject({ updated: 1 });
  expect(await ownerOf("/own/b")).toBe("bob");
  expect((await bring(systemActor, "/own/b", "bob", true)).counts).toMatchObject({ unchanged: 1 });
  const unknown = await bring(systemActor, "/own/b", "nobody", true);
  expect(unknown.faults).toMatchObject([{ code: "OBJECT_NOT_FOUND" }]);
});
