/** What every database's dialect must mean, run on a database of each kind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foldText } from "#kernel";
import type { Database, Migration, Sql, SqlDialect, Word } from "#database";

const documents: Migration = {
  name: "test/0001-documents",
  async up(transaction) {
    await transaction.run("create table document (id integer primary key, data text not null)");
    await transaction.dialect.words.create(transaction, "word");
  },
};

export function sqlDialectConformance(
  name: string,
  open: (migrations: readonly Migration[]) => Promise<Database>,
): void {
  describe(`dialect conformance: ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open([documents]);
      await database.write(async (transaction) => {
        for (const [id, document] of Object.entries(stored)) {
          await transaction.run("insert into document (id, data) values (?, ?)", [
            Number(id),
            JSON.stringify(document),
          ]);
        }
        for (const [id, words] of Object.entries(indexed)) {
          const row = { id: Number(id), words: words.join(" ") };
          await transaction.dialect.words.add(transaction, "word", [row]);
        }
      });
    });
    afterAll(() => database.close());

    const stored = {
      1: {
        f1: "text",
        f2: 2.5,
        f3: true,
        f4: null,
        f5: ["a", "7", 'x"y'],
        f6: "NUL \0\0 and \ud800",
        f7: "a backslash \\u0000",
      },
      2: { f2: -1, f3: false, f5: [] },
    };
    const indexed = {
      1: ["障害", "害対", "ab", "a'b", "a\\b", "🔗つ", "\ud83d"],
      2: ["障害", "abc", "%", "\0"],
    };

    const idsWhere = (make: (dialect: SqlDialect) => Sql): Promise<number[]> =>
      database.read(async (transaction) => {
        const { sql, parameters } = make(transaction.dialect);
        const rows = await transaction.all<{ id: number }>(
          `select id from document where ${sql} order by id`,
          parameters,
        );
        return rows.map(({ id }) => id);
      });
    const valueOf = (make: (dialect: SqlDialect) => Sql): Promise<unknown> =>
      database.read(async (transaction) => {
        const { sql, parameters } = make(transaction.dialect);
        const row = await transaction.get<{ value: unknown }>(
          `select ${sql} as value from document where id = 1`,
          parameters,
        );
        return row?.value;
      });
    const rowsWith = (...words: Word[]): Promise<number[]> =>
      database.read(async (transaction) => {
        const { sql, parameters } = transaction.dialect.words.rowsWith("word", words);
        const rows = await transaction.all<{ id: number }>(sql, parameters);
        return rows.map(({ id }) => id).sort((a, b) => a - b);
      });
    const whole = (text: string): Word => ({ text, isPrefix: false });

    test("the value of a field is found by its key, as text or as a number", async () => {
      expect(await valueOf((dialect) => dialect.jsonText("data", "f1"))).toBe("text");
      expect(await valueOf((dialect) => dialect.jsonNumber("data", "f2"))).toBe(2.5);
      expect(await valueOf((dialect) => dialect.jsonNumber("data", "f3"))).toBe(1);
      expect(await valueOf((dialect) => dialect.jsonNumber("data", "f4"))).toBeNull();
      expect(await valueOf((dialect) => dialect.jsonText("data", "f9"))).toBeNull();
    });

    test("a document that holds NUL or half a character hides none of its other fields", async () => {
      expect(await idsWhere((dialect) => dialect.jsonHas("data", "f6"))).toEqual([1]);
      expect(await valueOf((dialect) => dialect.jsonText("data", "f7"))).toBe(
        "a backslash \\u0000",
      );
      expect(
        await idsWhere((dialect) => {
          const { sql, parameters } = dialect.jsonText("data", "f6");
          return { sql: `${sql} like 'NUL%'`, parameters };
        }),
      ).toEqual([1]);
    });

    test("a field that is null is there, one that is missing is not", async () => {
      expect(await idsWhere((dialect) => dialect.jsonHas("data", "f4"))).toEqual([1]);
      expect(await idsWhere((dialect) => dialect.jsonHas("data", "f2"))).toEqual([1, 2]);
    });

    test.each(["a", "7", 'x"y'])("a list is asked whether it has %s", async (element) => {
      expect(await idsWhere((dialect) => dialect.jsonListHas("data", "f5", element))).toEqual([1]);
      expect(await idsWhere((dialect) => dialect.jsonListHas("data", "f1", element))).toEqual([]);
    });

    test.each(["ÄÖÜ Ｔｏｋｙｏ", "Σίσυφος", "ﾄｳｷｮｳ", "plain"])(
      "%s is folded as the kernel folds it",
      async (text) => {
        const folded = await database.read((transaction) =>
          transaction.get<{ value: string }>(
            `select ${transaction.dialect.folded("cast(? as text)")} as value`,
            [text],
          ),
        );
        expect(folded?.value).toBe(foldText(text));
      },
    );

    test("rows are found by all of their words, and by how a word begins", async () => {
      expect(await rowsWith(whole("障害"))).toEqual([1, 2]);
      expect(await rowsWith(whole("障害"), whole("ab"))).toEqual([1]);
      expect(await rowsWith({ text: "ab", isPrefix: true })).toEqual([1, 2]);
      expect(await rowsWith(whole("害"))).toEqual([]);
      expect(await rowsWith(whole("🔗つ"))).toEqual([1]);
    });

    test.each(["a'b", "a\\b", "\ud83d"])("a word of any characters is found: %j", async (word) => {
      expect(await rowsWith(whole(word))).toContain(1);
    });

    test.each(["%", "\0"])("and so is %j", async (word) => {
      expect(await rowsWith(whole(word))).toContain(2);
    });

    test("a row that is removed is found no more, and may come again", async () => {
      await database.write(async (transaction) => {
        const { words } = transaction.dialect;
        await words.add(transaction, "word", [{ id: 3, words: "gone" }]);
        await words.remove(transaction, "word", [3]);
      });
      expect(await rowsWith(whole("gone"))).toEqual([]);
      await database.write((transaction) =>
        transaction.dialect.words.add(transaction, "word", [{ id: 3, words: "back" }]),
      );
      expect(await rowsWith(whole("back"))).toEqual([3]);
    });
  });
}
