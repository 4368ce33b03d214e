/**
 * Connections, transactions and migrations; the one place that knows SQLite from PostgreSQL. It owns the
 * table of migrations and no other: every domain brings its own tables and its own SQL.
 */
export type { Database, Migration, SqlValue, Transaction } from "./database.ts";
export { hasDatabase, openDatabase, type OpenDatabaseOptions } from "./open-database.ts";
export { openPostgres, type OpenPostgresOptions } from "./postgres-database.ts";
export { closeScratches, openScratch, type ScratchOptions } from "./scratch-database.ts";
export { openSqlite, type OpenSqliteOptions } from "./sqlite-database.ts";
export type { Sql, SqlDialect, Word, WordIndex, WordRow } from "./sql-dialect.ts";
