import { join } from "node:path";
import { TsunagiError } from "#kernel";
import { sqliteFailure, SqliteConnection } from "./sqlite.ts";

/** Held until it is released or its process ends, however that ends. */
export interface DirectoryLock {
  release(): void;
}

/** A connection that nobody refers to would be collected, and its lock be gone with it. */
const held = new Set<SqliteConnection>();

/**
 * Takes the data directory for this server alone.
 *
 * The lock is an exclusive SQLite transaction on the small file `lock`: Node.js has no file locks of its
 * own, and the operating system lets go of SQLite's when the process dies, also by kill -9. A file that only
 * says who holds it would have to be removed by hand then.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = join(directory, "lock");
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(file);
    // Nothing is ever written, so that no journal file appears beside it.
    connection.exec("pragma journal_mode = memory");
    connection.exec("begin exclusive");
  } catch (error) {
    connection?.close();
    const busy = 5;
    if ((error as { errcode?: number }).errcode !== busy) throw sqliteFailure(error, file);
    throw new TsunagiError(
      "DATABASE_IN_USE",
      `the data directory ${directory} is in use by another server`,
      {
        details: { directory },
        hint: "stop that server, or choose another directory with --data",
        cause: error,
      },
    );
  }
  const lock = connection;
  held.add(lock);
  return {
    release() {
      if (held.delete(lock)) lock.close();
    },
  };
}
