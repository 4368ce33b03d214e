/** What every database must do, run by a caller of a few lines for each kind. */
import { afterEach, describe, expect, test } from "vitest";
import type { Database, Migration } from "#database";

export interface DatabaseUnderTest {
  /** Opens the same data at each call, if they outlast the connection. */
  open: (this: void, migrations: readonly Migration[]) => Promise<Database>;
  isDurable: boolean;
  /** Why a read waits for the writes before it, if it does. */
  readsTakeTurns?: string;
}

const noteTable: Migration = {
  name: "test/0001-note",
  async up(transaction) {
    await transaction.run(
      "create table note (id integer primary key autoincrement, text text not null unique)",
    );
  },
};
const insertNote = "insert into note (text) values (?)";

export function databaseConformance(name: string, make: () => DatabaseUnderTest): void {
  describe(`database conformance: ${name}`, () => {
    const opened: Database[] = [];
    afterEach(async () => {
      for (const database of opened.splice(0)) await database.close();
    });
    const open = async (
      way: (migrations: readonly Migration[]) => Promise<Database>,
      migrations: readonly Migration[] = [noteTable],
    ): Promise<Database> => {
      const database = await way(migrations);
      opened.push(database);
      return database;
    };
    const texts = (database: Database): Promise<string[]> =>
      database.read(async (transaction) => {
        const rows = await transaction.all<{ text: string }>("select text from note order by id");
        return rows.map((row) => row.text);
      });

    test("what a write commits, the next read sees", async () => {
      const database = await open(make().open);
      const id = await database.write((transaction) => transaction.insert(insertNote, ["a"]));
      expect(
        await database.read((t) => t.get("select id, text from note where id = ?", [id])),
      ).toEqual({ id, text: "a" });
    });

    test("a write that rejects leaves nothing, and the next one goes on", async () => {
      const database = await open(make().open);
      const refused = database.write(async (transaction) => {
        await transaction.insert(insertNote, ["lost"]);
        throw new Error("no");
      });
      await expect(refused).rejects.toThrow("no");
      await database.write((transaction) => transaction.insert(insertNote, ["kept"]));
      expect(await texts(database)).toEqual(["kept"]);
    });

    test("writes run one after another, in the order in which they were asked for", async () => {
      const database = await open(make().open);
      const events: string[] = [];
      const work = (label: string) =>
        database.write(async (transaction) => {
          events.push(`${label} begins`);
          await transaction.insert(insertNote, [label]);
          await Promise.resolve();
          events.push(`${label} ends`);
        });
      await Promise.all([work("a"), work("b"), work("c")]);
      expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    });

    test("ids grow with time and are never used again", async () => {
      const database = await open(make().open);
      const ids = await database.write(async (transaction) => {
        const first = await transaction.insert(insertNote, ["a"]);
        const second = await transaction.insert(insertNote, ["b"]);
        await transaction.run("delete from note where id = ?", [second]);
        return [first, second, await transaction.insert(insertNote, ["c"])];
      });
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    });

    test("a savepoint takes back its own work only", async () => {
      const database = await open(make().open);
      await database.write(async (transaction) => {
        await transaction.insert(insertNote, ["before"]);
        const refused = transaction.savepoint(async () => {
          await transaction.insert(insertNote, ["inside"]);
          await transaction.savepoint(() => transaction.insert(insertNote, ["deeper"]));
          throw new Error("no");
        });
        await expect(refused).rejects.toThrow("no");
        await transaction.insert(insertNote, ["after"]);
      });
      expect(await texts(database)).toEqual(["before", "after"]);
    });

    test("a failed statement inside a savepoint lets the transaction go on", async () => {
      const database = await open(make().open);
      await database.write(async (transaction) => {
        await transaction.insert(insertNote, ["a"]);
        await expect(
          transaction.savepoint(() => transaction.insert(insertNote, ["a"])),
        ).rejects.toThrow(/./);
        await transaction.insert(insertNote, ["b"]);
      });
      expect(await texts(database)).toEqual(["a", "b"]);
    });

    test("run tells how many rows it changed", async () => {
      const database = await open(make().open);
      await database.write(async (transaction) => {
        await transaction.insert(insertNote, ["a"]);
        await transaction.insert(insertNote, ["b"]);
        expect(await transaction.run("delete from note where id > ?", [0])).toEqual({ changes: 2 });
      });
    });

    test("a statement runs once for each of many rows, in their order", async () => {
      const database = await open(make().open);
      await database.write(async (transaction) => {
        const rows = Array.from({ length: 1234 }, (_, index) => [`n${index}`]);
        await transaction.runMany(insertNote, rows);
        await transaction.runMany("insert into note (text) values (upper(?))", [["a"], ["b"]]);
        await transaction.runMany("update note set text = ? where text = ?", [
          ["x", "n1"],
          ["y", "x"],
        ]);
        await transaction.runMany("delete from note where text = ?", [["n0"], ["n2"], ["none"]]);
        await transaction.runMany(insertNote, []);
      });
      const found = await texts(database);
      expect(found).toHaveLength(1234);
      expect(found.slice(0, 2)).toEqual(["y", "n3"]);
      expect(found.slice(-2)).toEqual(["A", "B"]);
    });

    test("of many rows none is written if one is refused", async () => {
      const database = await open(make().open);
      await database.write(async (transaction) => {
        const refused = transaction.savepoint(() =>
          transaction.runMany(insertNote, [["a"], ["b"], ["a"], ["c"]]),
        );
        await expect(refused).rejects.toThrow(/./);
        await transaction.insert(insertNote, ["d"]);
      });
      expect(await texts(database)).toEqual(["d"]);
    });

    test("whole numbers, texts of any script, bytes and null come back as they were", async () => {
      const database = await open(make().open, [
        {
          name: "test/0001-value",
          async up(transaction) {
            await transaction.run(
              "create table value (id integer primary key autoincrement, number bigint, text text, bytes blob)",
            );
          },
        },
      ]);
      const bytes = new Uint8Array([0, 1, 255]);
      const row = await database.write(async (transaction) => {
        const id = await transaction.insert(
          "insert into value (number, text, bytes) values (?, ?, ?)",
          [Number.MAX_SAFE_INTEGER, "つなぎ 🔗 'quoted'; --", bytes],
        );
        await transaction.insert("insert into value (number, text) values (?, ?)", [null, null]);
        return transaction.get("select number, text, bytes from value where id = ?", [id]);
      });
      expect(row).toEqual({
        number: Number.MAX_SAFE_INTEGER,
        text: "つなぎ 🔗 'quoted'; --",
        bytes,
      });
      expect(
        await database.read((t) => t.get("select number, text from value where text is null")),
      ).toEqual({
        number: null,
        text: null,
      });
    });

    test("a transaction that is used after its end is a bug that is found", async () => {
      const database = await open(make().open);
      const leaked = await database.write(async (transaction) => ({ transaction }));
      await expect(leaked.transaction.all("select * from note")).rejects.toThrow(/after its end/);
    });

    if (!make().isDurable) return;

    if (make().readsTakeTurns === undefined) {
      test("a read sees one moment, whatever is written meanwhile", async () => {
        const database = await open(make().open);
        const count = "select count(*) as count from note";
        await database.read(async (transaction) => {
          const before = await transaction.get(count);
          await database.write((writing) => writing.insert(insertNote, ["meanwhile"]));
          expect(await transaction.get(count)).toEqual(before);
        });
        expect(await texts(database)).toEqual(["meanwhile"]);
      });
    }

    test("what was written is there when it is opened again, and migrations run once", async () => {
      const subject = make();
      const database = await open(subject.open);
      await database.write((transaction) => transaction.insert(insertNote, ["kept"]));
      await database.close();
      const second: Migration = {
        name: "test/0002-more",
        async up(transaction) {
          await transaction.insert(insertNote, ["by migration"]);
        },
      };
      const reopened = await open(subject.open, [noteTable, second]);
      expect(await texts(reopened)).toEqual(["kept", "by migration"]);
      await reopened.close();
      expect(await texts(await open(subject.open, [noteTable, second]))).toHaveLength(2);
    });

    test("a migration that fails leaves nothing of itself", async () => {
      const subject = make();
      const half: Migration = {
        name: "test/0002-half",
        async up(transaction) {
          await transaction.run("create table half (id integer)");
          throw new Error("broken migration");
        },
      };
      await expect(open(subject.open, [noteTable, half])).rejects.toThrow("broken migration");
      const database = await open(subject.open);
      await expect(database.read((t) => t.all("select * from half"))).rejects.toThrow(/half/);
    });

    test("a database of a newer release is refused, naming both versions", async () => {
      const subject = make();
      const newer: Migration = { name: "test/9999-newer", up: async () => undefined };
      await (await open(subject.open, [noteTable, newer])).close();
      await expect(open(subject.open)).rejects.toMatchObject({
        code: "DATABASE_NEWER",
        details: { database: expect.any(String), program: expect.any(String) },
      });
    });
  });
}
