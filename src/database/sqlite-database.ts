/**
 * A database in SQLite: one connection that writes, some that read (DESIGN section 6, ENGINE section 9).
 *
 * I1  Writing transactions run strictly one after another, in the order in which they were asked for.
 * I2  Every reading transaction has a connection of its own while it runs, and so a snapshot of its own.
 * I3  A transaction whose COMMIT throws is rolled back and rejected; whether it was done is never a guess.
 * I4  In memory there is one connection; reads take their turn among the writes.
 */
import { closeSync, openSync } from "node:fs";
import { assert, foldText } from "#kernel";
import { fileFailure, sqliteFailure, SqliteConnection } from "#runtime";
import type { Database, Migration, Transaction } from "./database.ts";
import { applyMigrations, assertMigrated } from "./migrations.ts";
import { foldFunction } from "./sqlite-dialect.ts";
import { PreparedConnection, SqliteTransaction } from "./sqlite-transaction.ts";

export interface OpenSqliteOptions {
  /** A path, or `:memory:`. */
  file: string;
  /** In the order in which they are applied to a new database; `any`: it is read only, and may be of any release. */
  migrations: readonly Migration[] | "any";
  /** For a thread that only reads; the schema must be up to date. */
  readOnly?: boolean;
  /** Else `full`. */
  durability?: Durability;
}

/**
 * When a commit is done. `full`: it is on the disk, and outlives a power cut. `normal`: the operating system has it; a power cut
 * may take back the last moments, and with them the knowledge of commands that have run since.
 */
export type Durability = "full" | "normal";

/** As many as threads of people's queries make sense on a small machine; more readers wait. */
const readersMax = 4;

/** Opens, and makes if need be, a database file, and brings its schema up to date. */
export async function openSqlite(options: OpenSqliteOptions): Promise<Database> {
  const database = new SqliteDatabase(options);
  try {
    const { migrations } = options;
    if (migrations === "any") return database;
    if (options.readOnly === true) {
      await database.read((transaction) => assertMigrated(transaction, migrations));
    } else {
      await applyMigrations(database, migrations);
    }
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly failure = undefined;
  readonly #file: string;
  readonly #writer: PreparedConnection | undefined;
  readonly #idleReaders: PreparedConnection[] = [];
  readonly #waitingForReader: ((reader: PreparedConnection) => void)[] = [];
  #readers = 0;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor({ file, readOnly = false, durability = "full" }: OpenSqliteOptions) {
    assert(!(readOnly && file === ":memory:"), "a database in memory cannot be opened read only");
    this.#file = file;
    if (readOnly) return;
    if (file !== ":memory:") makeFile(file);
    this.#writer = open(file, [...writerPragmas, `pragma synchronous = ${durability}`]);
  }

  get pool(): { busy: number; idle: number; waiting: number } {
    const idle = this.#idleReaders.length;
    return { busy: this.#readers - idle, idle, waiting: this.#waitingForReader.length };
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    assert(this.#writer !== undefined, "this database was opened read only");
    return this.#enqueue(this.#writer, "begin immediate", work);
  }

  async read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#file === ":memory:" && this.#writer !== undefined) {
      return this.#enqueue(this.#writer, "begin", work);
    }
    assert(!this.#isClosed, "the database is closed");
    const reader = await this.#takeReader();
    try {
      return await transact(reader, "begin", work);
    } finally {
      this.#giveBack(reader);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#lastWrite;
    // The readers that still work close themselves when they are given back.
    this.#idleReaders.splice(0).forEach((reader) => reader.close());
    if (this.#writer === undefined) return;
    // The next start then has no log to read. Where somebody else still reads, it stays, and nothing is lost.
    try {
      this.#writer.statement("pragma wal_checkpoint(truncate)").get();
    } catch {
      // Nor is anything lost where the disk is full, or fails: what was committed stands in the log.
    }
    this.#writer.close();
  }

  /** Runs the work when all writes that were asked for before have ended (I1). */
  #enqueue<T>(
    connection: PreparedConnection,
    begin: string,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    assert(!this.#isClosed, "the database is closed");
    const result = this.#lastWrite.then(() => transact(connection, begin, work));
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  async #takeReader(): Promise<PreparedConnection> {
    const idle = this.#idleReaders.pop();
    if (idle !== undefined) return idle;
    if (this.#readers < readersMax) {
      const reader = open(this.#file, readerPragmas, { readOnly: true });
      this.#readers += 1;
      return reader;
    }
    return new Promise((resolve) => this.#waitingForReader.push(resolve));
  }

  #giveBack(reader: PreparedConnection): void {
    const next = this.#waitingForReader.shift();
    if (next !== undefined) next(reader);
    else if (this.#isClosed) reader.close();
    else this.#idleReaders.push(reader);
  }
}

async function transact<T>(
  connection: PreparedConnection,
  begin: string,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = new SqliteTransaction(connection);
  try {
    connection.command(begin).run();
    const result = await work(transaction);
    transaction.close();
    connection.command("commit").run();
    return result;
  } catch (error) {
    transaction.close();
    // On a full disk, SQLite may have rolled back by itself.
    if (connection.isInTransaction) connection.command("rollback").run();
    throw sqliteFailure(error, connection.file);
  }
}

const writerPragmas = [
  "pragma journal_mode = wal",
  // 32 MB of log: measured best, and a checkpoint of it costs one commit of 10 to 20 ms.
  "pragma wal_autocheckpoint = 8000",
  "pragma journal_size_limit = 67108864",
  "pragma cache_size = -65536",
  "pragma foreign_keys = off",
  // The command line on the server's own host (`token create`) writes too, for a millisecond.
  "pragma busy_timeout = 5000",
];

const readerPragmas = [
  "pragma query_only = on",
  "pragma cache_size = -16384",
  "pragma busy_timeout = 5000",
];

/** SQLite would let everybody read a new file, and gives its log the rights of the file. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, "a", 0o600));
  } catch (error) {
    throw fileFailure(error, file);
  }
}

function open(
  file: string,
  pragmas: readonly string[],
  options: { readOnly?: boolean } = {},
): PreparedConnection {
  try {
    const connection = new SqliteConnection(file, options);
    const prepared = new PreparedConnection(connection, file);
    try {
      for (const pragma of pragmas) connection.exec(pragma);
      connection.function(foldFunction, { deterministic: true }, (text) =>
        typeof text === "string" ? foldText(text) : text,
      );
    } catch (error) {
      connection.close();
      throw error;
    }
    return prepared;
  } catch (error) {
    throw sqliteFailure(error, file);
  }
}
