import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database, Migration } from "./database.ts";
import { openDatabase } from "./open-database.ts";
import { openSqlite } from "./sqlite-database.ts";

const notes: Migration = {
  name: "test/0001-note",
  async up(transaction) {
    await transaction.run("create table note (id integer primary key, text text)");
  },
};
const insert = "insert into note (text) values (?)";

let directory: string;
let file: string;
const opened: Database[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tsunagi-sqlite-"));
  file = join(directory, "test.sqlite");
});
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  rmSync(directory, { recursive: true });
});

async function open(options: { readOnly?: boolean } = {}): Promise<Database> {
  const database = await openSqlite({ file, migrations: [notes], ...options });
  opened.push(database);
  return database;
}

test("a full disk is STORAGE_FULL, loses nothing, and writing goes on when there is room", async () => {
  const database = await open();
  await database.write((transaction) => transaction.insert(insert, ["kept"]));
  const limit = (pages: number) =>
    database.write((transaction) => transaction.all(`pragma max_page_count = ${pages}`));
  await limit(8);
  const tooMuch = database.write(async (transaction) => {
    await transaction.insert(insert, ["x".repeat(100_000)]);
  });
  await expect(tooMuch).rejects.toMatchObject({ code: "STORAGE_FULL" });
  await limit(100_000);
  await database.write((transaction) => transaction.insert(insert, ["after"]));
  expect(await database.read((t) => t.all("select text from note"))).toEqual([
    { text: "kept" },
    { text: "after" },
  ]);
});

test("a file that is no database is STORAGE_FAILED and says what to do", async () => {
  writeFileSync(file, "this is not a database, but it is long enough to look at".repeat(20));
  await expect(open()).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    hint: expect.stringContaining("backup"),
  });
});

test("a new database and its log are for their owner alone", async () => {
  const database = await open();
  await database.write((transaction) => transaction.insert(insert, ["x"]));
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    expect(statSync(name).mode & 0o777, name).toBe(0o600);
  }
});

test("a directory that is missing is STORAGE_FAILED", async () => {
  const missing = join(directory, "missing", "test.sqlite");
  await expect(openSqlite({ file: missing, migrations: [] })).rejects.toMatchObject({
    code: "STORAGE_FAILED",
  });
});

test("a reader of another thread sees what is committed, and cannot write", async () => {
  const writer = await open();
  const reader = await open({ readOnly: true });
  await writer.write((transaction) => transaction.insert(insert, ["a"]));
  expect(await reader.read((t) => t.get("select text from note"))).toEqual({ text: "a" });
  await expect(reader.read((t) => t.run(insert, ["b"]))).rejects.toThrow(/./);
  expect(() => reader.write(async () => undefined)).toThrow(/read only/);
});

test("more readers than connections wait for their turn", async () => {
  const database = await open();
  const counts = await Promise.all(
    Array.from({ length: 20 }, () =>
      database.read(async (transaction) => {
        await Promise.resolve();
        return transaction.get("select count(*) as count from note");
      }),
    ),
  );
  expect(counts).toHaveLength(20);
});

test("two servers' programs may write in turn, as the command line on the host does", async () => {
  const server = await open();
  const commandLine = await open();
  await server.write((transaction) => transaction.insert(insert, ["server"]));
  await commandLine.write((transaction) => transaction.insert(insert, ["command line"]));
  expect(await server.read((t) => t.all("select text from note"))).toHaveLength(2);
});

test("a clean close leaves no log behind", async () => {
  const database = await open();
  await database.write((transaction) => transaction.insert(insert, ["a"]));
  await database.close();
  expect(() => statSync(`${file}-wal`)).toThrow(/ENOENT/);
});

test("a database of another kind is not supported, and says so", async () => {
  await expect(openDatabase("mysql://localhost/x", { migrations: [] })).rejects.toMatchObject({
    code: "DATABASE_UNSUPPORTED",
  });
});

test("a data directory holds its database in a file", async () => {
  const database = await openDatabase(directory, { migrations: [notes] });
  opened.push(database);
  expect(statSync(join(directory, "tsunagi.sqlite")).isFile()).toBe(true);
});
