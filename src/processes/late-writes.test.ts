import { expect, test } from "vitest";
import { openScratch, type Database } from "#database";
import { LateWrites } from "./late-writes.ts";

const insert = "insert into note (id, text) values (?, ?)";
const update = "update note set text = ? where id = ?";

async function openNotes(): Promise<Database> {
  return openScratch({
    migrations: [
      {
        name: "test/0001-note",
        up: async (transaction) => {
          await transaction.run("create table note (id integer primary key, text text)");
          await transaction.run(insert, [1, "first"]);
        },
      },
    ],
  });
}

const texts = async (writes: LateWrites) =>
  (await writes.all<{ text: string }>("select text from note order by id")).map(({ text }) => text);

test("nobody who asks sees that a row is written late", async () => {
  const database = await openNotes();
  await database.write(async (transaction) => {
    const writes = new LateWrites(transaction);
    writes.write(update, 1, ["second", 1]);
    writes.write(update, 1, ["third", 1]);
    writes.append(insert, [2, "added"]);
    expect(writes.isLate(update, 1)).toBe(true);
    expect(await texts(writes)).toEqual(["third", "added"]);
    expect(writes.isLate(update, 1)).toBe(false);
  });
});

test("a savepoint takes back what was written late in it, and nothing that was before it", async () => {
  const database = await openNotes();
  await database.write(async (transaction) => {
    const writes = new LateWrites(transaction);
    writes.append(insert, [2, "before"]);
    const failing = writes.savepoint(async () => {
      writes.write(update, 1, ["lost", 1]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await writes.savepoint(async () => writes.append(insert, [3, "kept"]));
    writes.append(insert, [4, "after"]);
    await writes.flush();
  });
  const found = await database.read((tx) => tx.all("select text from note order by id"));
  expect(found.map((row) => (row as { text: string }).text)).toEqual([
    "first",
    "before",
    "kept",
    "after",
  ]);
});

test("what asks for something else does not wait for what is kept back, and what asks for a row of it does", async () => {
  const database = await openNotes();
  await database.write(async (transaction) => {
    const writes = new LateWrites(transaction);
    writes.write(update, 1, ["second", 1]);
    expect(await writes.get("select text from note where id = ?", [2])).toBeUndefined();
    await writes.all("select name from migration");
    expect(writes.isLate(update, 1)).toBe(true);
    expect(await writes.get("select text from note where id = ?", [1])).toEqual({ text: "second" });
    writes.append(insert, [2, "added"]);
    expect(await writes.get("select text from note where id = ?", [2])).toEqual({ text: "added" });
  });
});
