/**
 * A copy of a database in SQLite as it is at one moment, made while others write it: all pages in one step, within one reading
 * transaction. Writers do not wait for it; only the log grows meanwhile, because it cannot be cut before that moment.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { TsunagiError } from "#kernel";
import { copySqlite, fileFailure, sqliteFailure, SqliteConnection } from "#runtime";
import type { Database } from "./database.ts";
import { openSqlite } from "./sqlite-database.ts";

/** The name of the database in a data directory, and in a backup of it. */
export const sqliteFileName = "tsunagi.sqlite";

/** Copies the database of a data directory into another directory, and looks whether the copy is whole. */
export async function copyDatabase(data: string, to: string): Promise<void> {
  const source = join(data, sqliteFileName);
  const copy = join(to, sqliteFileName);
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(source, { readOnly: true });
    connection.exec("pragma busy_timeout = 5000");
    await copySqlite(connection, copy);
  } catch (error) {
    throw sqliteFailure(error, source);
  } finally {
    connection?.close();
  }
  asOneFile(copy);
  await syncFile(copy);
}

/** Throws BACKUP_INVALID where pages, indexes or their order are damaged; reads all of it. */
export function assertWhole(directory: string): void {
  const file = join(directory, sqliteFileName);
  const connection = new SqliteConnection(file, { readOnly: true });
  try {
    const faults = connection.prepare("pragma integrity_check(10)").all();
    const texts = faults.map((row) => String(row["integrity_check"]));
    if (texts.length === 1 && texts[0] === "ok") return;
    throw new TsunagiError("BACKUP_INVALID", `the database ${file} is damaged`, {
      details: { faults: texts },
      hint: "take another backup",
    });
  } catch (error) {
    throw sqliteFailure(error, file);
  } finally {
    connection.close();
  }
}

/** Opens the database of a backup for reading, of whatever release it is. */
export function openCopy(directory: string): Promise<Database> {
  const file = join(directory, sqliteFileName);
  return openSqlite({ file, migrations: "any", readOnly: true });
}

/** A copy keeps the mode of its source, in which reading it would put files beside it. */
function asOneFile(file: string): void {
  const connection = new SqliteConnection(file);
  try {
    connection.exec("pragma journal_mode = delete");
  } catch (error) {
    throw sqliteFailure(error, file);
  } finally {
    connection.close();
  }
}

async function syncFile(file: string): Promise<void> {
  try {
    const handle = await open(file, "r+");
    await handle.chmod(0o600);
    await handle.sync();
    await handle.close();
  } catch (error) {
    throw fileFailure(error, file);
  }
}
