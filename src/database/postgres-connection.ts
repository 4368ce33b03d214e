import { Client } from "pg";
import type { SqlValue } from "./database.ts";
import { toPostgres, type PostgresStatement } from "./postgres-statement.ts";
import { postgresFailure } from "./postgres-failure.ts";

/** Far more than all domains have statements; beyond it, a statement is planned at each use. */
const preparedMax = 1000;

export interface ConnectionSettings {
  url: string;
  /** Seen in `pg_stat_activity`. */
  name: string;
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
  static async open({ url, name }: ConnectionSettings): Promise<PostgresConnection> {
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

  /** Rejects with what PostgreSQL or the socket said, as it is. */
  async send(sql: string, parameters: readonly SqlValue[] = []): Promise<PostgresResult> {
    const { text, name } = this.#statement(sql);
    const result = await this.#client.query<Record<string, unknown>, SqlValue[]>({
      text,
      ...(name === undefined ? {} : { name }),
      values: parameters.map(toWire),
    });
    return { rows: result.rows, count: result.rowCount ?? 0, command: result.command };
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
