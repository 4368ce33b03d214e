/**
 * A database in PostgreSQL: one connection that writes, some that read.
 *
 * I1  Writing transactions run strictly one after another, in the order in which they were asked for, each serializable
 *     against those of other programs; one that met another is run again.
 * I2  Every reading transaction has a connection and a snapshot of its own.
 * I3  A write resolves when it is on disk there, and rejects when nothing of it was kept. Where the connection was lost in
 *     the middle of a commit, a server's database finds out what became of it before it says anything; any other says
 *     COMMIT_UNKNOWN.
 * I4  A lost connection is made again by itself. Until then `failure` says so, and what is asked for is refused.
 * I5  A server numbers its commits in a row of its own (server-seat.ts): one that others have put out cannot commit anything more.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { assert, TsunagiError } from "#kernel";
import type { Database, Migration, Seat, Transaction } from "./database.ts";
import { applyMigrations, assertMigrated } from "./migrations.ts";
import { PostgresConnection, placeOf, type PostgresResult } from "./postgres-connection.ts";
import {
  commitUnknown,
  isConflict,
  isConnectionLoss,
  postgresFailure,
  unreachable,
} from "./postgres-failure.ts";
import { PostgresSeat } from "./postgres-seat.ts";
import { postgresMigrations } from "./postgres-sql-dialect.ts";
import { PostgresTransaction } from "./postgres-transaction.ts";
import { leaseDefaultMs, seatMigrations, type ServerOptions } from "./server-seat.ts";

export interface OpenPostgresOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** In the order in which they are applied to a new database. */
  migrations: readonly Migration[];
  /** For a thread that only reads; the schema must be up to date. */
  readOnly?: boolean;
  /** Writes as one of the servers of this database. */
  server?: ServerOptions;
  /** Others took over while this one was cut off; nothing that this one writes is kept any more. */
  onReplaced?: (error: TsunagiError) => void;
}

const readersMax = 4;
const attemptsMax = 20;
const reconnectPauseMs = 500;

/** Opens a database, and brings its schema up to date. */
export async function openPostgres(options: OpenPostgresOptions): Promise<Database> {
  const database = new PostgresDatabase(options);
  try {
    await database.open(options);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

class PostgresDatabase implements Database {
  readonly dialect = "postgres";
  readonly #url: string;
  readonly #place: string;
  readonly #isReadOnly: boolean;
  readonly #server: ServerOptions | undefined;
  #seat: PostgresSeat | undefined;
  readonly #onReplaced: (error: TsunagiError) => void;
  #writer: PostgresConnection | undefined;
  #connecting: Promise<PostgresConnection> | undefined;
  #failure: TsunagiError | undefined;
  readonly #idleReaders: PostgresConnection[] = [];
  readonly #waitingForReader: (() => void)[] = [];
  #readers = 0;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor({ url, readOnly = false, server, onReplaced }: OpenPostgresOptions) {
    this.#onReplaced = onReplaced ?? (() => undefined);
    this.#url = url;
    this.#place = placeOf(url);
    this.#isReadOnly = readOnly;
    this.#server = server;
  }

  get failure(): TsunagiError | undefined {
    return this.#failure;
  }

  get seat(): Seat | undefined {
    return this.#seat;
  }

  get pool(): { busy: number; idle: number; waiting: number } {
    const idle = this.#idleReaders.length;
    return { busy: this.#readers - idle, idle, waiting: this.#waitingForReader.length };
  }

  async open({ migrations }: OpenPostgresOptions): Promise<void> {
    const all = [...seatMigrations, ...postgresMigrations, ...migrations];
    if (this.#isReadOnly) {
      await this.read((transaction) => assertMigrated(transaction, all));
      return;
    }
    const connection = await this.#openWriter();
    this.#adopt(connection);
    try {
      // Programs that start at once on one database bring it up to date one after another, however long that takes.
      await connection.send("set lock_timeout = 0; set statement_timeout = 0");
      await connection.send(`select pg_advisory_lock(${migrationLock})`);
      await applyMigrations(this, all);
      await connection.send(`select pg_advisory_unlock(${migrationLock})`);
      await connection.send("reset lock_timeout; reset statement_timeout");
      if (this.#server !== undefined) await this.#takeSeat(this.#server);
    } catch (error) {
      throw postgresFailure(error, this.#place);
    }
  }

  async #takeSeat(options: ServerOptions): Promise<void> {
    const id = await this.write((transaction) => PostgresSeat.take(transaction, options));
    this.#seat = new PostgresSeat(id, options, this.#url);
    if (this.#writer !== undefined) await this.#seat.wroteOn(this.#writer);
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    assert(!this.#isReadOnly, "this database was opened read only");
    assert(!this.#isClosed, "the database is closed");
    const result = this.#lastWrite.then(() => this.#transact(work));
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  async read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    assert(!this.#isClosed, "the database is closed");
    const reader = await this.#takeReader();
    try {
      return await readIn(reader, work);
    } finally {
      this.#giveBack(reader);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#lastWrite;
    await this.#connecting?.catch(() => undefined);
    // The readers that still work close themselves when they are given back.
    await Promise.all(this.#idleReaders.splice(0).map((reader) => reader.close()));
    await this.#seat?.close();
    await this.#writer?.close();
  }

  async #transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#connected();
      const end = await this.#inLine(connection, attempt, () => this.#attempt(connection, work));
      switch (end.kind) {
        case "committed":
          return end.value as T;
        case "refused":
          throw this.#named(end.error);
        case "conflict":
          if (attempt === attemptsMax) throw this.#named(end.error);
          if (this.#seat === undefined) await sleep(Math.random() * 10 * attempt);
          continue;
        case "unknown":
          if (await this.#wasCommitted(end.error)) return end.value as T;
      }
    }
  }

  /**
   * Servers write at the same time; one whose transaction met another's has the next attempt for itself, so that none is beaten
   * again and again. Nobody waits for the answers: the statements travel with those of the transaction.
   */
  async #inLine(
    connection: PostgresConnection,
    attempt: number,
    work: () => Promise<Attempt>,
  ): Promise<Attempt> {
    if (this.#seat === undefined) return work();
    const way = attempt === 1 ? "_shared" : "";
    const say = (sql: string) => connection.send(sql).catch(() => undefined);
    void say(`select pg_advisory_lock${way}(${writingLine})`);
    try {
      return await work();
    } finally {
      if (!connection.isLost) void say(`select pg_advisory_unlock${way}(${writingLine})`);
    }
  }

  async #attempt(
    connection: PostgresConnection,
    work: (transaction: Transaction) => Promise<unknown>,
  ): Promise<Attempt> {
    const transaction = new PostgresTransaction(connection);
    // Nothing waits for the answers of these two until the end: they travel with the first statement.
    const begun = connection.send("begin isolation level serializable");
    const numbered = this.#seat?.number(transaction);
    begun.catch(() => undefined);
    numbered?.catch(() => undefined);
    let value: unknown;
    try {
      value = await work(transaction);
      transaction.close();
      await begun;
      await numbered;
    } catch (error) {
      transaction.close();
      const reason = await reasonOf(transaction.loss ?? error, numbered);
      if (!connection.isLost) await connection.send("rollback").catch(() => undefined);
      return { kind: isConflict(reason) ? "conflict" : "refused", error: reason };
    }
    if (transaction.loss !== undefined) {
      // The work made something else of it, but what it wrote is gone.
      if (!connection.isLost) await connection.send("rollback").catch(() => undefined);
      const error = transaction.loss;
      return { kind: isConflict(error) ? "conflict" : "refused", error };
    }
    // Then it was not even sent.
    if (connection.isLost) {
      return {
        kind: "refused",
        error: unreachable(new Error("the connection ended"), this.#place),
      };
    }
    return this.#commit(connection, value);
  }

  async #commit(connection: PostgresConnection, value: unknown): Promise<Attempt> {
    let done: PostgresResult;
    try {
      done = await connection.send("commit");
    } catch (error) {
      if (isConnectionLoss(error)) return { kind: "unknown", value, error };
      return { kind: isConflict(error) ? "conflict" : "refused", error };
    }
    if (done.command === "COMMIT") return { kind: "committed", value };
    const error = new Error("a statement failed outside of a savepoint, and its work went on");
    return { kind: "refused", error };
  }

  /** What became of a commit that got no answer; asks until somebody can tell. */
  async #wasCommitted(error: unknown): Promise<boolean> {
    if (this.#seat === undefined) throw commitUnknown(error, this.#place);
    while (!this.#isClosed) {
      try {
        const connection = await this.#connected();
        return await this.#seat.hasCommitted(connection);
      } catch (failure) {
        if (failure instanceof TsunagiError && failure.code === "SERVER_REPLACED") break;
        await sleep(reconnectPauseMs);
      }
    }
    throw commitUnknown(error, this.#place);
  }

  /** The writing connection, made again if it was lost; one attempt. */
  #connected(): Promise<PostgresConnection> {
    if (this.#writer !== undefined) return Promise.resolve(this.#writer);
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #connect(): Promise<PostgresConnection> {
    try {
      const connection = await this.#openWriter();
      try {
        await this.#seat?.takeAgain(connection);
      } catch (error) {
        await connection.close();
        throw error;
      }
      this.#adopt(connection);
      return connection;
    } catch (error) {
      const failure = this.#named(error);
      if (failure instanceof TsunagiError) this.#failure = failure;
      throw failure;
    }
  }

  #openWriter(): Promise<PostgresConnection> {
    const { leaseMs } =
      this.#server === undefined ? {} : { leaseMs: leaseDefaultMs, ...this.#server };
    return PostgresConnection.open({
      url: this.#url,
      name: "tsunagi",
      ...(leaseMs === undefined ? {} : { leaseMs }),
    });
  }

  #named(error: unknown): unknown {
    const failure = postgresFailure(error, this.#place);
    if (failure instanceof TsunagiError && failure.code === "SERVER_REPLACED") {
      this.#onReplaced(failure);
    }
    return failure;
  }

  #adopt(connection: PostgresConnection): void {
    this.#writer = connection;
    this.#failure = undefined;
    connection.onLoss((error) => {
      this.#writer = undefined;
      const failure = postgresFailure(error, this.#place);
      this.#failure =
        failure instanceof TsunagiError
          ? failure
          : new TsunagiError("DATABASE_UNREACHABLE", `${this.#place} cannot be reached`);
      void this.#reconnect();
    });
    if (connection.isLost) this.#writer = undefined;
  }

  /** So that it is known when the database is back, also where nobody writes. */
  async #reconnect(): Promise<void> {
    while (!this.#isClosed && this.#writer === undefined) {
      try {
        await this.#connected();
      } catch {
        await sleep(reconnectPauseMs, undefined, { ref: false });
      }
    }
    if (this.#isClosed) await this.#writer?.close();
  }

  async #takeReader(): Promise<PostgresConnection> {
    while (this.#readers >= readersMax && this.#idleReaders.length === 0) {
      await new Promise<void>((resolve) => this.#waitingForReader.push(resolve));
    }
    const idle = this.#idleReaders.pop();
    if (idle !== undefined) return idle;
    this.#readers += 1;
    try {
      const name = "tsunagi reader";
      const reader = await PostgresConnection.open({ url: this.#url, name });
      reader.onLoss(() => this.#dropReader(reader));
      return reader;
    } catch (error) {
      this.#readers -= 1;
      this.#waitingForReader.shift()?.();
      throw error;
    }
  }

  #giveBack(reader: PostgresConnection): void {
    if (reader.isLost) this.#readers -= 1;
    else if (this.#isClosed) void reader.close();
    else this.#idleReaders.push(reader);
    this.#waitingForReader.shift()?.();
  }

  /** One that was lost while it did nothing; others are found lost when they are given back. */
  #dropReader(reader: PostgresConnection): void {
    const index = this.#idleReaders.indexOf(reader);
    if (index < 0) return;
    this.#idleReaders.splice(index, 1);
    this.#readers -= 1;
  }
}

type Attempt =
  | { kind: "committed"; value: unknown }
  | { kind: "refused" | "conflict"; error: unknown }
  | { kind: "unknown"; value: unknown; error: unknown };

/** Any number; it must only be the same for all programs of ours. */
const migrationLock = "1953723753, 1";
const writingLine = "1953723753, 3";

/** A server that was put out fails for that, and not for what followed from it. */
async function reasonOf(error: unknown, numbered: Promise<unknown> | undefined): Promise<unknown> {
  return (
    numbered?.then(
      () => error,
      (reason: unknown) => reason,
    ) ?? error
  );
}

async function readIn<T>(
  connection: PostgresConnection,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = new PostgresTransaction(connection);
  const begun = connection.send("begin isolation level repeatable read, read only");
  begun.catch(() => undefined);
  try {
    const result = await work(transaction);
    await begun;
    return result;
  } catch (error) {
    throw postgresFailure(transaction.loss ?? error, connection.place);
  } finally {
    transaction.close();
    // There is nothing to keep, and nobody need wait for it.
    connection.send("rollback").catch(() => undefined);
  }
}
