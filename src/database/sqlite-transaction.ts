import { assert } from "#kernel";
import { sqliteFailure, type SqliteConnection, type SqliteStatement } from "#runtime";
import type { SqlValue, Transaction } from "./database.ts";
import { multiRow } from "./multi-row.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";

/** Far more than all domains have statements; a bound in case that one puts values into its text. */
const statementsMax = 1000;

/** Rows that one statement inserts where there are many; more of them are no quicker. */
const rowsPerStatement = 50;

/** A connection with its statements, prepared once and found by their text. */
export class PreparedConnection {
  readonly file: string;
  readonly #connection: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #commands = new Map<string, SqliteStatement>();

  constructor(connection: SqliteConnection, file: string) {
    this.#connection = connection;
    this.file = file;
  }

  statement(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      if (this.#statements.size >= statementsMax) {
        const [oldest] = this.#statements.keys();
        if (oldest !== undefined) this.#statements.delete(oldest);
      }
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * A statement that gives no rows. What it reports is read as big integers: behind the number of the last row may stand a row
   * of the text index's own, whose numbers are larger than JavaScript's.
   */
  command(sql: string): SqliteStatement {
    let statement = this.#commands.get(sql);
    if (statement === undefined) {
      statement = this.statement(sql);
      statement.setReadBigInts(true);
      this.#commands.set(sql, statement);
      if (this.#commands.size > statementsMax) this.#commands.clear();
    }
    return statement;
  }

  get isInTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  close(): void {
    if (this.#connection.isOpen) this.#connection.close();
  }
}

/** A transaction on a connection that has begun it already. */
export class SqliteTransaction implements Transaction {
  readonly dialect = sqliteDialect;
  #rollbacks = 0;
  readonly #connection: PreparedConnection;
  /** Why nothing more may be done in it: it is over, or SQLite took it back by itself (as on a full disk). */
  #end: unknown;

  constructor(connection: PreparedConnection) {
    this.#connection = connection;
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  // SQLite answers at once; `async` makes a rejection of what it throws.
  async all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#execute(() => this.#connection.statement(sql).all(...parameters)) as Row[];
  }

  async get<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row | undefined> {
    return this.#execute(() => this.#connection.statement(sql).get(...parameters)) as
      | Row
      | undefined;
  }

  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<{ changes: number }> {
    const { changes } = this.#execute(() => this.#connection.command(sql).run(...parameters));
    return { changes: Number(changes) };
  }

  async runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    this.#execute(() => {
      let from = 0;
      const many = rows.length < rowsPerStatement ? undefined : multiRow(sql, rowsPerStatement);
      if (many !== undefined) {
        // What fails is not taken back by SQLite, as that would take a savepoint for each statement: an index of words writes
        // all that it holds at each.
        const statement = this.#connection.command(many.replace(/^\s*insert/i, "insert or fail"));
        for (; from + rowsPerStatement <= rows.length; from += rowsPerStatement) {
          statement.run(...rows.slice(from, from + rowsPerStatement).flat());
        }
      }
      const statement = this.#connection.command(sql);
      for (const row of from === 0 ? rows : rows.slice(from)) statement.run(...row);
    });
  }

  async insert(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    const done = this.#execute(() => this.#connection.command(sql).run(...parameters));
    return Number(done.lastInsertRowid);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    // Nested savepoints need no names of their own: SQLite takes the innermost.
    await this.run("savepoint work");
    try {
      const result = await work();
      await this.run("release work");
      return result;
    } catch (error) {
      this.#rollbacks += 1;
      if (this.#end === undefined) {
        await this.run("rollback to work");
        await this.run("release work");
      }
      throw error;
    }
  }

  /** Ends its use, so that work which was not awaited is found instead of landing in the next transaction. */
  close(): void {
    this.#end ??= new Error("closed");
  }

  #execute<T>(step: () => T): T {
    if (this.#end instanceof TransactionLost) throw this.#end.reason;
    assert(
      this.#end === undefined,
      "a transaction was used after its end: its work was not awaited",
    );
    try {
      return step();
    } catch (error) {
      const failure = sqliteFailure(error, this.#connection.file);
      if (!this.#connection.isInTransaction) this.#end = new TransactionLost(failure);
      throw failure;
    }
  }
}

/** SQLite rolled the transaction back by itself: going on would write outside of any. */
class TransactionLost {
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}
