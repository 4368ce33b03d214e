import type { Migration } from "#database";

export const identityMigrations: readonly Migration[] = [
  {
    name: "identity/0001-users",
    async up(transaction) {
      await transaction.run(
        `create table identity_user (
          id integer primary key autoincrement,
          name text not null unique,
          full_name text,
          email text,
          language text,
          is_administrator integer not null,
          password text,
          created_at bigint not null,
          updated_at bigint not null
        )`,
      );
      await transaction.run(
        `create table identity_group (
          id integer primary key autoincrement,
          name text not null unique,
          description text,
          created_at bigint not null,
          updated_at bigint not null
        )`,
      );
      await transaction.run(
        `create table identity_membership (
          user_id bigint not null,
          group_id bigint not null,
          primary key (user_id, group_id)
        )`,
      );
      await transaction.run(
        "create index identity_membership_group on identity_membership (group_id, user_id)",
      );
      // Only hashes are kept: who reads the database gets no token that works.
      await transaction.run(
        `create table identity_token (
          id integer primary key autoincrement,
          hash text not null unique,
          kind text not null,
          name text not null,
          owner_id bigint not null,
          created_at bigint not null,
          used_at bigint,
          revoked_at bigint
        )`,
      );
      await transaction.run("create index identity_token_owner on identity_token (owner_id, id)");
      await transaction.run(
        `create table identity_session (
          id integer primary key autoincrement,
          hash text not null unique,
          user_id bigint not null,
          created_at bigint not null,
          used_at bigint not null
        )`,
      );
      await transaction.run("create index identity_session_user on identity_session (user_id)");
    },
  },
  {
    name: "identity/0002-disabled-users",
    async up(transaction) {
      await transaction.run("alter table identity_user add column disabled_at bigint");
      // What was done to users and groups: they are no objects of the tree, whose history would tell it.
      await transaction.run(
        `create table identity_change (
          id integer primary key autoincrement,
          at bigint not null,
          author_id bigint not null,
          cause text not null,
          reason text,
          subject text not null,
          before text not null,
          after text not null
        )`,
      );
      await transaction.run(
        "create index identity_change_subject on identity_change (subject, id)",
      );
    },
  },
];
