import { existsSync } from "node:fs";
import { join } from "node:path";
import { TsunagiError } from "#kernel";
import type { Database, Migration } from "./database.ts";
import { openSqlite } from "./sqlite-database.ts";

export interface OpenDatabaseOptions {
  migrations: readonly Migration[];
  readOnly?: boolean;
}

/** Opens the database of a data directory, of a URL, or in memory (`:memory:`), and brings its schema up to date. */
export async function openDatabase(
  location: string,
  options: OpenDatabaseOptions,
): Promise<Database> {
  if (/^postgres(ql)?:/i.test(location)) {
    throw new TsunagiError("DATABASE_UNSUPPORTED", "PostgreSQL is not supported by this release", {
      hint: "leave DATABASE_URL and --database out; the server then keeps SQLite in its data directory",
    });
  }
  // A letter and a colon alone would be a drive of Windows.
  if (/^[a-z][a-z0-9+.-]+:/i.test(location)) {
    const scheme = location.slice(0, location.indexOf(":"));
    throw new TsunagiError("DATABASE_UNSUPPORTED", `there is no database of the kind '${scheme}'`, {
      hint: "give a data directory with --data",
    });
  }
  return openSqlite({ file: fileOf(location), ...options });
}

/** Whether there is a database at a location that is a data directory; of others only opening them can tell. */
export function hasDatabase(location: string): boolean {
  return existsSync(fileOf(location));
}

function fileOf(location: string): string {
  return location === ":memory:" ? location : join(location, "tsunagi.sqlite");
}
