import { existsSync } from "node:fs";
import { join } from "node:path";
import { TsunagiError } from "#kernel";
import type { Database, Migration } from "./database.ts";
import { openPostgres } from "./postgres-database.ts";
import type { ServerOptions } from "./server-seat.ts";
import { openSqlite, type Durability } from "./sqlite-database.ts";

export interface OpenDatabaseOptions {
  migrations: readonly Migration[];
  readOnly?: boolean;
  /** On SQLite: when a commit is done. PostgreSQL says so itself (`synchronous_commit`). */
  durability?: Durability;
  /** Opens it as one of the servers that work on it. (On SQLite there is one: the lock of the data directory says so.) */
  server?: ServerOptions;
  /** Others took over while this one was cut off: whatever this one still does is refused. */
  onReplaced?: (error: TsunagiError) => void;
}

/** Opens the database of a data directory, of a URL, or in memory (`:memory:`), and brings its schema up to date. */
export async function openDatabase(
  location: string,
  options: OpenDatabaseOptions,
): Promise<Database> {
  if (isPostgres(location)) return openPostgres({ url: location, ...options });
  // A letter and a colon alone would be a drive of Windows.
  if (/^[a-z][a-z0-9+.-]+:/i.test(location)) {
    const scheme = location.slice(0, location.indexOf(":"));
    throw new TsunagiError("DATABASE_UNSUPPORTED", `there is no database of the kind '${scheme}'`, {
      hint: "give a data directory with --data, or postgres://user:password@host/name with --database",
    });
  }
  return openSqlite({ file: fileOf(location), ...options });
}

/** Whether there is a database at a location that is a data directory; of others only opening them can tell. */
export function hasDatabase(location: string): boolean {
  return existsSync(fileOf(location));
}

function isPostgres(location: string): boolean {
  return /^postgres(ql)?:/i.test(location);
}

function fileOf(location: string): string {
  return location === ":memory:" ? location : join(location, "tsunagi.sqlite");
}
