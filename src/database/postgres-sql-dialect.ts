import type { Migration } from "./database.ts";
import type { SqlDialect, Word } from "./sql-dialect.ts";

/** Made by a migration of this room. */
const jsonFunction = "tsunagi_json";

/**
 * PostgreSQL's JSON takes neither NUL nor half a character, which JSON may well hold: one such document would fail every
 * query that meets it. They are read as the sign for what cannot be shown.
 */
export const postgresMigrations: readonly Migration[] = [
  {
    name: "database/0002-json",
    async up(transaction) {
      await transaction.run(
        String.raw`create function ${jsonFunction}(document text) returns jsonb
          language sql immutable strict parallel safe
          return (case when strpos(document, '\u0000') + strpos(document, '\ud') = 0 then document
            else regexp_replace(document,
              '(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})', '\1\\ufffd', 'g') end)::jsonb`,
      );
    },
  },
];

const json = (document: string) => `${jsonFunction}(${document})`;

export const postgresSqlDialect: SqlDialect = {
  jsonText: (document, key) => ({ sql: `(${json(document)} ->> ?::text)`, parameters: [key] }),
  jsonNumber: (document, key) => ({
    sql: `(case ${json(document)} ->> ?::text when 'true' then 1 when 'false' then 0
      else (${json(document)} ->> ?::text)::double precision end)`,
    parameters: [key, key],
  }),
  jsonHas: (document, key) => ({
    sql: `jsonb_exists(${json(document)}, ?::text)`,
    parameters: [key],
  }),
  jsonListHas: (document, key, element) => ({
    sql: `exists (select 1 from jsonb_array_elements_text(
        case jsonb_typeof(${json(document)} -> ?::text) when 'array' then ${json(document)} -> ?::text
        else '[]'::jsonb end) as e(value) where e.value = ?)`,
    parameters: [key, key, element],
  }),
  // The order of bytes knows no case beyond ASCII; the standard's own rules do.
  folded: (text) => `lower(normalize(${text}, NFKC) collate "und-x-icu")`,
  words: {
    async create(transaction, table) {
      await transaction.run(
        `create table ${table} (id bigint primary key, words tsvector not null)`,
      );
      await transaction.run(`create index ${table}_words on ${table} using gin (words)`);
    },
    async add(transaction, table, rows) {
      await transaction.runMany(
        `insert into ${table} (id, words)
          values (?, array_to_tsvector(array(select jsonb_array_elements_text(?::jsonb))))`,
        rows.map(({ id, words }) => [
          id,
          JSON.stringify([...new Set(storable(words).match(/[^ ]+/g))]),
        ]),
      );
    },
    async remove(transaction, table, ids) {
      await transaction.runMany(
        `delete from ${table} where id = ?`,
        ids.map((id) => [id]),
      );
    },
    rowsWith: (table, words) => ({
      sql: `select id from ${table} where words @@ ?::tsquery`,
      parameters: [words.map(toQuery).join(" & ")],
    }),
  },
};

/** PostgreSQL takes neither NUL nor half a character in JSON. */
function storable(word: string): string {
  return word.toWellFormed().replaceAll("\0", "␀");
}

function toQuery({ text, isPrefix }: Word): string {
  const quoted = storable(text).replaceAll("\\", "\\\\").replaceAll("'", "''");
  return `'${quoted}'${isPrefix ? ":*" : ""}`;
}
