/**
 * What makes a search fast. Index rows lie in the order of their values, so that a condition and an order are a range of
 * them; there is no second way to them, as whoever takes one away knows the value that it was made from.
 */
import type { Migration, Transaction } from "#database";
import { deriveAll } from "./derived-rows.ts";
import { wordTable } from "./search/text-words.ts";
import { TypeTable } from "./type-table.ts";

export const searchMigration: Migration = {
  name: "objects/0003-search",
  async up(transaction) {
    for (const statement of statements) await transaction.run(statement);
    await transaction.dialect.words.create(transaction, wordTable);
    await deriveForAllTypes(transaction);
  },
};

const statements = [
  "drop table object_index",
  ...["text", "number"].map((kind) => {
    const value = kind === "text" ? "text" : "double precision";
    return `create table object_${kind}_index (
      type_id bigint not null,
      field_id text not null,
      value ${value} not null,
      object_id bigint not null,
      primary key (type_id, field_id, value, object_id)
    ) without rowid`;
  }),
  "create index object_type_name on object (type_id, name, id)",
  // The rows of an object lie together, and are found by nothing but their key and their target.
  "alter table object_reference rename to object_reference_before",
  "drop index object_reference_target",
  `create table object_reference (
    source_id bigint not null,
    field_id text not null,
    position bigint not null,
    target_id bigint not null,
    primary key (source_id, field_id, position)
  ) without rowid`,
  `insert into object_reference (source_id, field_id, position, target_id)
    select source_id, field_id, position, target_id from object_reference_before`,
  "drop table object_reference_before",
  "create index object_reference_target on object_reference (target_id, field_id, source_id)",
];

async function deriveForAllTypes(transaction: Transaction): Promise<void> {
  const types = new TypeTable();
  const rows = await transaction.all<{ id: number; stamp: string }>(
    "select id, stamp from object_type order by id",
  );
  for (const { id, stamp } of rows) {
    await deriveAll(transaction, await types.get(transaction, id, stamp));
  }
}
