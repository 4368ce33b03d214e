/**
 * Connections, transactions and migrations; the one place that knows SQLite from PostgreSQL. It owns the
 * table of migrations and no other: every domain brings its own tables and its own SQL.
 */
export { copyTables, type CopiedTable, type CopyProgress } from "./copy-tables.ts";
export type { Database, Migration, Seat, SqlValue, Transaction } from "./database.ts";
export { hasDatabase, openDatabase, type OpenDatabaseOptions } from "./open-database.ts";
export { openPostgres, type OpenPostgresOptions } from "./postgres-database.ts";
export { HeartbeatConnection } from "./postgres-heartbeat.ts";
export {
  CommitNumbers,
  leaseDefaultMs,
  leaseTerms,
  listLeases,
  removeSeat,
  renewLease,
  seatMigrations,
  takeSeat,
  type ServerOptions,
} from "./server-seat.ts";
export { closeScratches, openScratch, type ScratchOptions } from "./scratch-database.ts";
export { assertWhole, copyDatabase, openCopy, sqliteFileName } from "./sqlite-backup.ts";
export { openSqlite, type Durability, type OpenSqliteOptions } from "./sqlite-database.ts";
export type { Sql, SqlDialect, Word, WordIndex, WordRow } from "./sql-dialect.ts";
