import type { Migration } from "#database";
import { attachmentMigration } from "./attachments/attachment-rows.ts";
import { historyMigration, historyOrderMigration } from "./history-migration.ts";
import { searchMigration } from "./search-migration.ts";

export const objectMigrations: readonly Migration[] = [
  {
    name: "objects/0001-objects",
    async up(transaction) {
      for (const statement of statements) await transaction.run(statement);
    },
  },
  historyMigration,
  searchMigration,
  attachmentMigration,
  historyOrderMigration,
];

const statements = [
  // Values are one JSON document a row, keyed by field id: a new type or a renamed field changes no row.
  `create table object (
    id integer primary key autoincrement,
    parent_id bigint,
    name text not null,
    type_id bigint not null,
    owner_id bigint not null,
    acl text not null,
    revision bigint not null,
    data text not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  "create unique index object_path on object (parent_id, name)",
  "create index object_type_id on object (type_id, id)",

  // The stamp is new at every change of the type, so that a compiled type can be kept by it, whatever is rolled back.
  `create table object_type (
    id bigint primary key,
    name text not null unique,
    stamp text not null
  )`,

  `create table object_reference (
    source_id bigint not null,
    field_id text not null,
    position bigint not null,
    target_id bigint not null,
    primary key (source_id, field_id, position)
  )`,
  "create index object_reference_target on object_reference (target_id, source_id)",

  // Rows only for fields that are unique or indexed.
  `create table object_index (
    object_id bigint not null,
    type_id bigint not null,
    field_id text not null,
    text_value text,
    number_value double precision,
    primary key (object_id, field_id)
  )`,
  "create index object_index_text on object_index (type_id, field_id, text_value, object_id) where text_value is not null",
  "create index object_index_number on object_index (type_id, field_id, number_value, object_id) where number_value is not null",

  // What is granted on an object itself.
  `create table object_grant (
    object_id bigint not null,
    subject text not null,
    rights bigint not null,
    primary key (object_id, subject)
  )`,
  // What follows for it and all below: sets that many objects share. Their id is made of what they say, so they never change.
  `create table object_acl (
    acl text not null,
    subject text not null,
    rights bigint not null,
    primary key (acl, subject)
  )`,
  "create index object_acl_subject on object_acl (subject, acl, rights)",

  `create table object_change (
    id integer primary key autoincrement,
    at bigint not null,
    author_id bigint not null,
    cause_kind text not null,
    cause_id text,
    reason text
  )`,
  "create index object_change_author on object_change (author_id, id)",
  // The values before, of what changed only: the past is computed backwards from what is now.
  `create table object_history (
    object_id bigint not null,
    revision bigint not null,
    change_id bigint not null,
    operation text not null,
    before text,
    primary key (object_id, revision)
  )`,
  "create index object_history_change on object_history (change_id, object_id)",

  // One text sealed with the installation's key: a start with another key is found before it does harm.
  "create table object_key_check (id bigint primary key, sealed text not null)",
];
