import { assert } from "#kernel";
import type { SqlValue, Transaction } from "./database.ts";
import { haveOwnKeys } from "./postgres-bulk.ts";
import type { PostgresConnection, PostgresResult } from "./postgres-connection.ts";
import { multiRow } from "./multi-row.ts";
import { returningId } from "./postgres-statement.ts";
import { postgresSqlDialect } from "./postgres-sql-dialect.ts";
import { isConflict, isConnectionLoss, postgresFailure } from "./postgres-failure.ts";

/** A statement takes at most 65,535 values. */
const rowsPerStatement = [500, 50, 10];

/**
 * A transaction on a connection that has begun it. A statement that fails outside of a savepoint ends the whole transaction:
 * PostgreSQL refuses what follows, and the commit.
 */
export class PostgresTransaction implements Transaction {
  readonly dialect = postgresSqlDialect;
  #rollbacks = 0;
  readonly #connection: PostgresConnection;
  #isOver = false;
  #loss: unknown;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  /** Why nothing of it can be kept, whatever its work makes of it: a conflict with another, or a lost connection. */
  get loss(): unknown {
    return this.#loss;
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  async all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.#execute(sql, parameters)).rows as Row[];
  }

  async get<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.#execute(sql, parameters)).rows[0] as Row | undefined;
  }

  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<{ changes: number }> {
    return { changes: (await this.#execute(sql, parameters)).count };
  }

  async runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    if (rows.length > 1) {
      const bulk = await this.#connection.bulkOf(sql);
      if (bulk !== undefined && (bulk.kind === "insert" || haveOwnKeys(rows))) {
        await this.#execute(bulk.sql, bulk.parameters(rows));
        return;
      }
    }
    const sent: Promise<unknown>[] = [];
    for (let from = 0; from < rows.length;) {
      // Few sizes, so that few statements are prepared.
      const size = rowsPerStatement.find((each) => each <= rows.length - from) ?? 1;
      const batch = rows.slice(from, from + size);
      const statement = size === 1 ? sql : multiRow(sql, size);
      if (statement === undefined) sent.push(...batch.map((row) => this.#execute(sql, row)));
      else sent.push(this.#execute(statement, batch.flat()));
      from += size;
    }
    // All of them are waited for, so that none fails unheard.
    const failed = (await Promise.allSettled(sent)).find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async insert(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    const { rows } = await this.#execute(returningId(sql), parameters);
    return (rows as { id: number }[])[0]?.id ?? 0;
  }

  newId(table: string): Promise<number> {
    return this.#connection.newId(table);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    // Nothing waits for these: where one fails, so does what is sent next, and the commit.
    this.#send("savepoint work");
    try {
      const result = await work();
      this.#send("release savepoint work");
      return result;
    } catch (error) {
      this.#rollbacks += 1;
      if (this.#loss === undefined && !this.#isOver) {
        this.#send("rollback to savepoint work");
        this.#send("release savepoint work");
      }
      throw error;
    }
  }

  /** Ends its use, so that work which was not awaited is found instead of landing in the next transaction. */
  close(): void {
    this.#isOver = true;
  }

  #send(sql: string): void {
    this.#execute(sql, []).catch(() => undefined);
  }

  async #execute(sql: string, parameters: readonly SqlValue[]): Promise<PostgresResult> {
    assert(!this.#isOver, "a transaction was used after its end: its work was not awaited");
    if (this.#loss !== undefined) throw postgresFailure(this.#loss, this.#connection.place);
    try {
      return await this.#connection.send(sql, parameters);
    } catch (error) {
      if (isConflict(error) || isConnectionLoss(error)) this.#loss ??= error;
      throw postgresFailure(error, this.#connection.place);
    }
  }
}
