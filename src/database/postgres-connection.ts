import type { Writable } from "node:stream";
import { Client } from "pg";
import { assert } from "#kernel";
import type { SqlValue } from "./database.ts";
import {
  arrayTypeOf,
  binaryArray,
  bulkStatement,
  bulkChange,
  type ArrayType,
} from "./postgres-bulk.ts";
import { toPostgres, type PostgresStatement } from "./postgres-statement.ts";
import { postgresFailure } from "./postgres-failure.ts";

/** Far more than all domains have statements; beyond it, a statement is planned at each use. */
const preparedMax = 1000;

export interface ConnectionSettings {
  url: string;
  /** Seen in `pg_stat_activity`. */
  name: string;
  /** Of a server with a lease: what stands still is ended while it still holds. */
  leaseMs?: number;
}

/** A statement for many rows, and what it is given for them. */
interface Bulk {
  kind: "insert" | "update";
  sql: string;
  parameters: (rows: readonly (readonly SqlValue[])[]) => SqlValue[];
}

export interface PostgresResult {
  rows: unknown[];
  /** Rows changed. */
  count: number;
  /** `INSERT`, `COMMIT` …: a commit of a failed transaction says `ROLLBACK`. */
  command: string;
}

/**
 * A connection with its statements, prepared once and found by their text. What is sent is sent at once, without waiting for
 * the answer to what was sent before (pipelining); answers come in that order.
 */
export class PostgresConnection {
  /** Where it leads, without the password. */
  readonly place: string;
  readonly #client: Client;
  readonly #statements = new Map<string, PostgresStatement & { name: string | undefined }>();
  /** Drawn and not used yet, by table. */
  readonly #ids = new Map<string, number[]>();
  readonly #bulks = new Map<string, Promise<Bulk | undefined>>();
  #prepared = 0;
  #isLost = false;
  #onLoss: ((error: unknown) => void) | undefined;

  private constructor(client: Client, place: string) {
    this.#client = client;
    this.place = place;
    client.on("error", (error) => this.#lose(error));
    client.on("end", () => this.#lose(new Error("Connection terminated")));
  }

  /** Throws DATABASE_UNREACHABLE and the like. */
  static async open({ url, name, leaseMs }: ConnectionSettings): Promise<PostgresConnection> {
    const place = placeOf(url);
    try {
      const client = new Client({
        connectionString: url,
        application_name: name,
        connectionTimeoutMillis: 10_000,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
        pipeline: true,
        types: { getTypeParser },
      });
      const connection = new PostgresConnection(client, place);
      await client.connect();
      await client.query(settings);
      if (leaseMs !== undefined) await client.query(leaseSettings(leaseMs));
      return connection;
    } catch (error) {
      throw postgresFailure(error, place);
    }
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Calls back once when the connection is gone without having been closed here. */
  onLoss(callback: (error: unknown) => void): void {
    this.#onLoss = callback;
  }

  /** What others say with `notify`, on the channels that it listens to; not what it says itself. */
  onNotification(callback: (text: string) => void): void {
    const { processID } = this.#client as Client & { processID: number };
    this.#client.on("notification", (message) => {
      if (message.processId !== processID) callback(message.payload ?? "");
    });
  }

  /** Rejects with what PostgreSQL or the socket said, as it is. */
  async send(sql: string, parameters: readonly SqlValue[] = []): Promise<PostgresResult> {
    const { text, name } = this.#statement(sql);
    this.#gather();
    const result = await this.#client.query<Record<string, unknown>, SqlValue[]>({
      text,
      ...(name === undefined ? {} : { name }),
      values: parameters.map(toWire),
    });
    return { rows: result.rows, count: result.rowCount ?? 0, command: result.command };
  }

  /** What is sent at once leaves in one piece: to hand it to the system costs more than most statements. */
  #gather(): void {
    const { stream } = (this.#client as Client & { connection: { stream: Writable } }).connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** The next number of a table's key; they are drawn some at a time. */
  async newId(table: string): Promise<number> {
    let ids = this.#ids.get(table);
    if (ids === undefined) {
      ids = [];
      this.#ids.set(table, ids);
    }
    if (ids.length === 0) {
      const { rows } = await this.send(
        "select nextval(pg_get_serial_sequence(?, 'id')) as id from generate_series(1, 100)",
        [table],
      );
      ids.push(...(rows as { id: number }[]).map(({ id }) => id).sort((a, b) => a - b));
    }
    const id = ids.shift();
    assert(id !== undefined, `${table} has no numbers`);
    return id;
  }

  /** The statement that does for many rows what this one does for each; undefined where there is none. */
  bulkOf(sql: string): Promise<Bulk | undefined> {
    let bulk = this.#bulks.get(sql);
    if (bulk === undefined) {
      bulk = this.#makeBulk(sql);
      this.#bulks.set(sql, bulk);
    }
    return bulk;
  }

  async #makeBulk(sql: string): Promise<Bulk | undefined> {
    const change = bulkChange(sql);
    if (change === undefined) return undefined;
    const { rows } = await this.send(
      "select attname as name, atttypid::int as type from pg_attribute where attrelid = ?::regclass and attnum > 0",
      [change.table],
    );
    const typeIds = new Map(
      (rows as { name: string; type: number }[]).map(({ name, type }) => [name, type]),
    );
    const types: ArrayType[] = [];
    for (const column of change.columns) {
      const type = arrayTypeOf(typeIds.get(column) ?? 0);
      if (type === undefined) return undefined;
      types.push(type);
    }
    return {
      kind: change.kind,
      sql: bulkStatement(change, types),
      parameters(given) {
        const storable = given.map((row) => row.map(toWire));
        return types.map((type, column) => binaryArray(type, storable, column));
      },
    };
  }

  async close(): Promise<void> {
    this.#onLoss = undefined;
    await this.#client.end().catch(() => undefined);
  }

  #statement(sql: string): { text: string; name: string | undefined } {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      const translated = toPostgres(sql);
      const isKept = translated.isKept && this.#prepared < preparedMax;
      if (isKept) this.#prepared += 1;
      statement = { ...translated, name: isKept ? `s${this.#prepared}` : undefined };
      if (isKept) this.#statements.set(sql, statement);
    }
    return statement;
  }

  #lose(error: unknown): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#onLoss?.(error);
  }
}

/** Where a URL leads, fit to be shown: without user, password and options. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    const host = searchParams.get("host") ?? (hostname === "" ? "localhost" : hostname);
    return `PostgreSQL at ${host}${port === "" ? "" : `:${port}`}${decodeURI(pathname)}`;
  } catch {
    return "PostgreSQL";
  }
}

// A session that stands still gives back what it holds, and one whose client has vanished ends.
const settings = [
  "set statement_timeout = '120s'",
  "set lock_timeout = '20s'",
  "set idle_in_transaction_session_timeout = '60s'",
  "set tcp_user_timeout = '20s'",
  "set client_min_messages = 'warning'",
  "set timezone = 'UTC'",
].join("; ");

/**
 * A server that stands still in the middle of a transaction must not hold up those who take over its work. And an index is used
 * also where a table is small: what a serializable transaction has read as a whole, nobody else could write beside it.
 */
function leaseSettings(leaseMs: number): string {
  const half = Math.ceil(leaseMs / 2);
  return [
    `set idle_in_transaction_session_timeout = ${half}`,
    `set lock_timeout = ${half}`,
    `set tcp_user_timeout = ${half}`,
    "set enable_seqscan = off",
  ].join("; ");
}

/** PostgreSQL holds no NUL in a text: it becomes the sign that stands for it. */
function toWire(value: SqlValue): SqlValue {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "␀") : value;
}

const typeIds = { boolean: 16, bytes: 17, int8: 20, int2: 21, int4: 23, float4: 700, float8: 701 };
const numeric = 1700;

/** Rows as SQLite gives them: numbers for all that is counted, 0 and 1 for a truth, bytes as a plain array of them. */
function getTypeParser(typeId: number): (text: string) => unknown {
  switch (typeId) {
    case typeIds.boolean:
      return (text) => (text === "t" ? 1 : 0);
    case typeIds.bytes:
      return (text) => new Uint8Array(Buffer.from(text.slice(2), "hex"));
    case typeIds.int8:
      return toWholeNumber;
    case typeIds.int2:
    case typeIds.int4:
    case typeIds.float4:
    case typeIds.float8:
    case numeric:
      return Number;
    default:
      return (text) => text;
  }
}

function toWholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`${text} is no number that is exact here`);
  return number;
}
