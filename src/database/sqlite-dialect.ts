import type { Transaction } from "./database.ts";
import type { Sql, SqlDialect, Word } from "./sql-dialect.ts";

/** The name under which the connection knows `foldText`. */
export const foldFunction = "tsunagi_fold";

export const sqliteDialect: SqlDialect = {
  jsonText: (document, key) => ({ sql: `(${document} ->> ?)`, parameters: [jsonPath(key)] }),
  jsonNumber: (document, key) => ({ sql: `(${document} ->> ?)`, parameters: [jsonPath(key)] }),
  jsonHas: (document, key) => ({
    sql: `json_type(${document}, ?) is not null`,
    parameters: [jsonPath(key)],
  }),
  jsonListHas: (document, key, element) => ({
    sql: `exists (select 1 from json_each(${document}, ?) e where cast(e.value as text) = ?)`,
    parameters: [jsonPath(key), element],
  }),
  folded: (text) => `${foldFunction}(${text})`,
  words: {
    async create(transaction: Transaction, table: string) {
      // Contentless, and without positions: it keeps for each word the rows that have it, and nothing else.
      await transaction.run(
        `create virtual table ${table} using fts5(words, content = '', contentless_delete = 1,
          detail = none, tokenize = 'unicode61 remove_diacritics 0')`,
      );
    },
    async add(transaction, table, rows) {
      // Numbered, so that it stays a statement of one row: with many, SQLite makes a savepoint, at which the index writes all
      // that it holds.
      await transaction.runMany(
        `insert into ${table} (rowid, words) values (?1, ?2)`,
        rows.map(({ id, words }) => [id, toTokens(words)]),
      );
    },
    async remove(transaction, table, ids) {
      await transaction.runMany(
        `delete from ${table} where rowid = ?`,
        ids.map((id) => [id]),
      );
    },
    rowsWith: (table, words): Sql => ({
      sql: `select rowid as id from ${table} where ${table} match ?`,
      parameters: [words.map(toQuery).join(" AND ")],
    }),
  },
};

function jsonPath(key: string): string {
  return `$."${key}"`;
}

function toQuery({ text, isPrefix }: Word): string {
  return `"${toTokens(text)}"${isPrefix ? "*" : ""}`;
}

/** SQLite parts a text where it sees no letter or digit: such characters become ones for private use, which it keeps. */
function toTokens(words: string): string {
  return words.replace(/[^\p{L}\p{N} ]/gu, (character) =>
    String.fromCodePoint(0xe000 + ((character.codePointAt(0) ?? 0) % 0x1000)),
  );
}
