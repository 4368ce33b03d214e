import type { SqlDialect, SqlValue, Transaction } from "#database";

/**
 * A transaction whose turns write late: what is sure to be written is kept back and goes to the database together, many rows a
 * statement, and a row that is written twice only once. Nobody can see that it is late:
 *
 *   I1  Before any other statement, and before the commit, what was kept back is written.
 *   I2  What a savepoint takes back takes nothing along that was written before it, and leaves nothing that was written in it.
 */
export class LateWrites implements Transaction {
  readonly dialect: SqlDialect;
  readonly #transaction: Transaction;
  /** For each statement its rows, by key. */
  #late = new Map<string, Map<number, readonly SqlValue[]>>();
  #appended = 0;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
    this.dialect = transaction.dialect;
  }

  get rollbacks(): number {
    return this.#transaction.rollbacks;
  }

  /** The statement runs with these parameters before the next one of another kind; a row of the same key replaces the last one. */
  write(sql: string, key: number, parameters: readonly SqlValue[]): void {
    let rows = this.#late.get(sql);
    if (rows === undefined) {
      rows = new Map();
      this.#late.set(sql, rows);
    }
    rows.set(key, parameters);
  }

  /** The same for a row that replaces none. */
  append(sql: string, parameters: readonly SqlValue[]): void {
    this.#appended += 1;
    this.write(sql, this.#appended, parameters);
  }

  /** Whether a row of that key is kept back. */
  isLate(sql: string, key: number): boolean {
    return this.#late.get(sql)?.has(key) ?? false;
  }

  /** Takes a row back that is kept back. */
  takeBack(sql: string, key: number): void {
    this.#late.get(sql)?.delete(key);
  }

  /** Writes what was kept back. */
  async flush(): Promise<void> {
    const late = this.#late;
    if (late.size === 0) return;
    this.#late = new Map();
    // All are sent before any is waited for: what comes next finds them done.
    const sent = Array.from(late, ([sql, rows]) => this.#transaction.runMany(sql, inOrder(rows)));
    const failed = (await Promise.allSettled(sent)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.all(sql, parameters);
  }

  async get<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row | undefined> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.get(sql, parameters);
  }

  async run(sql: string, parameters?: readonly SqlValue[]): Promise<{ changes: number }> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.run(sql, parameters);
  }

  async runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.runMany(sql, rows);
  }

  async insert(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.insert(sql, parameters);
  }

  /** (I2) */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    if (this.#late.size > 0) await this.flush();
    return this.#transaction.savepoint(async () => {
      try {
        const result = await work();
        await this.flush();
        return result;
      } catch (error) {
        this.#late = new Map();
        throw error;
      }
    });
  }
}

/** Rows that were made together lie together: written in their order, they cost fewer pages. */
function inOrder(rows: ReadonlyMap<number, readonly SqlValue[]>): (readonly SqlValue[])[] {
  return Array.from(rows)
    .sort(([a], [b]) => a - b)
    .map(([, parameters]) => parameters);
}
