/**
 * SQLite as Node.js brings it. Newer releases of Node.js call the class `Database`, so that its name stands
 * in this file only; whoever needs SQLite itself (the database, the directory lock, a journal) takes it from here.
 */
import { backup, DatabaseSync, type StatementSync } from "node:sqlite";
import { TsunagiError } from "#kernel";

export const SqliteConnection = DatabaseSync;
export type SqliteConnection = DatabaseSync;
export type SqliteStatement = StatementSync;

/** More pages than a database can have: all of them in one step. */
const allPages = 2 ** 31 - 1;

/** Copies all of a database into a file, off this thread. */
export async function copySqlite(from: SqliteConnection, file: string): Promise<void> {
  await backup(from, file, { rate: allPages });
}

/** SQLite's primary result codes that mean something to an operator; see sqlite.org/rescode.html. */
const resultCode = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
} as const;

/** Gives what SQLite threw the name that the platform knows it by; what is a bug of ours stays as it is. */
export function sqliteFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  // The upper bytes of an extended result code only refine the primary one.
  switch (Number(error.errcode) & 0xff) {
    case resultCode.full:
      return new TsunagiError("STORAGE_FULL", `the disk that holds ${file} is full`, {
        hint: "make room on that disk; nothing that was acknowledged is lost, and writing goes on by itself",
        cause: error,
      });
    case resultCode.busy:
    case resultCode.locked:
      return new TsunagiError("STORAGE_FAILED", `${file} is locked by another program`, {
        hint: "end the program that holds the database open for writing, such as a database shell",
        cause: error,
      });
    case resultCode.corrupt:
    case resultCode.notDatabase:
      return new TsunagiError(
        "STORAGE_FAILED",
        `${file} is damaged or no database: ${error.message}`,
        {
          hint: "stop the server, keep a copy of the file, and restore the last backup",
          cause: error,
        },
      );
    case resultCode.readOnly:
    case resultCode.ioError:
    case resultCode.cannotOpen:
      return new TsunagiError("STORAGE_FAILED", `${file} cannot be used: ${error.message}`, {
        hint: "check the disk, and that the server's user may read and write the file and its directory",
        cause: error,
      });
  }
  return error;
}
