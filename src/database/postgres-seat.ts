import { setTimeout as sleep } from "node:timers/promises";
import type { Seat, Transaction } from "./database.ts";
import { PostgresConnection } from "./postgres-connection.ts";
import {
  CommitNumbers,
  leaseDefaultMs,
  serverReplaced,
  takeSeat,
  type ServerOptions,
} from "./server-seat.ts";

const clockSql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint as now";
const channel = "tsunagi";
const reconnectPauseMs = 500;
/** PostgreSQL takes less than 8000 bytes; what is longer is said in pieces. */
const textMaxBytes = 7900;

/** A server's seat in PostgreSQL, with the connection on which servers give each other hints. */
export class PostgresSeat implements Seat {
  readonly server: number;
  readonly leaseMs: number;
  readonly #url: string;
  readonly #numbers: CommitNumbers;
  /** Of the connection that writes. */
  #session = 0;
  #hints: Promise<PostgresConnection> | undefined;
  #outgoing: string[] = [];
  #isSending = false;
  #isClosed = false;
  readonly #listeners: ((text: string) => void)[] = [];

  static async take(transaction: Transaction, options: ServerOptions): Promise<number> {
    return takeSeat(transaction, options, await databaseTime(transaction));
  }

  constructor(server: number, { leaseMs = leaseDefaultMs }: ServerOptions, url: string) {
    this.server = server;
    this.leaseMs = leaseMs;
    this.#url = url;
    this.#numbers = new CommitNumbers(server);
  }

  get #name(): string {
    return `tsunagi server ${this.server}`;
  }

  now(transaction: Transaction): Promise<number> {
    return databaseTime(transaction);
  }

  /** The first statement of a writing transaction. */
  number(transaction: Transaction): Promise<void> {
    return this.#numbers.next(transaction);
  }

  /** Remembers which connection writes, and names it so that nobody else's is taken for it. */
  async wroteOn(connection: PostgresConnection): Promise<void> {
    const { rows } = await connection.send(
      "select set_config('application_name', ?, false), pg_backend_pid() as session",
      [this.#name],
    );
    this.#session = (rows as { session: number }[])[0]?.session ?? 0;
  }

  /** On a new connection. SERVER_REPLACED if others have taken over meanwhile. */
  async takeAgain(connection: PostgresConnection): Promise<void> {
    // PostgreSQL may not have noticed yet that nobody is at the other end of the last one.
    await connection.send(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where pid = ? and application_name = ? and datname = current_database()`,
      [this.#session, this.#name],
    );
    await this.wroteOn(connection);
    if ((await this.#commits(connection)) === undefined) throw serverReplaced();
  }

  /** Whether the transaction that was numbered last was committed. */
  async hasCommitted(connection: PostgresConnection): Promise<boolean> {
    const isDone = this.#numbers.isLast(await this.#commits(connection));
    if (isDone === undefined) throw serverReplaced();
    return isDone;
  }

  /** Waits for a transaction that is still in flight: it holds the row. */
  async #commits(connection: PostgresConnection): Promise<number | undefined> {
    const { rows } = await connection.send("select commits from server where id = ? for update", [
      this.server,
    ]);
    return (rows as { commits: number }[])[0]?.commits;
  }

  hint(text: string): void {
    if (this.#isClosed || Buffer.byteLength(text) > textMaxBytes) return;
    // What is said again before it has left is said once.
    if (!this.#outgoing.includes(text)) this.#outgoing.push(text);
    if (!this.#isSending) void this.#send();
  }

  onHint(listener: (text: string) => void): void {
    this.#listeners.push(listener);
    void this.#listen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#hints?.catch(() => undefined))?.close();
  }

  /** One after another: while one is on its way, the next ones gather. */
  async #send(): Promise<void> {
    this.#isSending = true;
    // What follows in this turn of the event loop goes along.
    await Promise.resolve();
    while (this.#outgoing.length > 0 && !this.#isClosed) {
      const texts = this.#outgoing.splice(0);
      try {
        const connection = await this.#connection();
        await Promise.all(
          texts.map((text) => connection.send(`select pg_notify('${channel}', ?)`, [text])),
        );
      } catch {
        // It was only a hint.
        await sleep(reconnectPauseMs, undefined, { ref: false });
      }
    }
    this.#isSending = false;
  }

  async #listen(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#connection();
        return;
      } catch {
        await sleep(reconnectPauseMs, undefined, { ref: false });
      }
    }
  }

  #connection(): Promise<PostgresConnection> {
    this.#hints ??= this.#open();
    return this.#hints;
  }

  async #open(): Promise<PostgresConnection> {
    try {
      const connection = await PostgresConnection.open({ url: this.#url, name: "tsunagi hints" });
      connection.onLoss(() => {
        this.#hints = undefined;
        void this.#listen();
      });
      connection.onNotification((text) => {
        for (const listener of this.#listeners) listener(text);
      });
      await connection.send(`listen ${channel}`);
      return connection;
    } catch (error) {
      this.#hints = undefined;
      throw error;
    }
  }
}

async function databaseTime(transaction: Transaction): Promise<number> {
  const row = await transaction.get<{ now: number }>(clockSql);
  return row?.now ?? Number.NaN;
}
