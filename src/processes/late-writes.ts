import type { SqlDialect, SqlValue, Transaction } from "#database";

/**
 * A transaction whose turns write late: what is sure to be written is kept back and goes to the database together, many rows a
 * statement, and a row that is written twice only once. Nobody can see that it is late:
 *
 *   I1  Before any other statement on the same table, and before the commit, what was kept back is written. A row that is asked for
 *       by its id, and is not among those kept back, waits for none.
 *   I2  What a savepoint takes back takes nothing along that was written before it, and leaves nothing that was written in it.
 */
export class LateWrites implements Transaction {
  readonly dialect: SqlDialect;
  readonly #transaction: Transaction;
  /** For each statement its rows, by key. */
  #late = new Map<string, Map<number, readonly SqlValue[]>>();
  #appended = 0;
  /** What is being written: statements of who asks for several things at once wait for it, too. */
  #flushing: Promise<unknown> | undefined;

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
    await this.#flushing;
    const late = this.#late;
    if (late.size === 0) return;
    this.#late = new Map();
    // All are sent before any is waited for: what comes next finds them done. A row is there before it is changed.
    const inserting = [...late].filter(([sql]) => isInsert(sql));
    const others = [...late].filter(([sql]) => !isInsert(sql));
    const sent = [...inserting, ...others].map(([sql, rows]) =>
      this.#transaction.runMany(sql, inOrder(rows)),
    );
    const done = Promise.allSettled(sent);
    this.#flushing = done;
    const failed = (await done).find(({ status }) => status === "rejected");
    this.#flushing = undefined;
    if (failed?.status === "rejected") throw failed.reason;
  }

  async all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]> {
    if (this.#late.size > 0 || this.#flushing) await this.#flushFor(sql, parameters);
    return this.#transaction.all(sql, parameters);
  }

  async get<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row | undefined> {
    if (this.#late.size > 0 || this.#flushing) await this.#flushFor(sql, parameters);
    return this.#transaction.get(sql, parameters);
  }

  async run(sql: string, parameters?: readonly SqlValue[]): Promise<{ changes: number }> {
    if (this.#late.size > 0 || this.#flushing) await this.#flushFor(sql, parameters);
    return this.#transaction.run(sql, parameters);
  }

  async runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    if (this.#late.size > 0 || this.#flushing) await this.#flushFor(sql);
    return this.#transaction.runMany(sql, rows);
  }

  async insert(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    if (this.#late.size > 0 || this.#flushing) await this.#flushFor(sql);
    return this.#transaction.insert(sql, parameters);
  }

  /** (I1) */
  async #flushFor(sql: string, parameters: readonly SqlValue[] = []): Promise<void> {
    await this.#flushing;
    const id = rowOf(sql, parameters);
    for (const [late, rows] of this.#late) {
      if (rows.size === 0 || !mentions(sql, tableOf(late))) continue;
      if (id !== undefined && keyIsId(late) && !rows.has(id)) continue;
      await this.flush();
      return;
    }
  }

  /** Inserts a row whose id nobody else waits for in any order: late, where an id can be had without the row. */
  async insertLate(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    if (this.#transaction.newId === undefined) return this.insert(sql, parameters);
    const id = await this.#transaction.newId(tableOf(sql));
    this.write(withId(sql), id, [id, ...parameters]);
    return id;
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

const tables = new Map<string, string>();

/** Of a statement that is kept back. */
function tableOf(sql: string): string {
  let table = tables.get(sql);
  if (table === undefined) {
    table = /^\s*(?:update|insert\s+into|delete\s+from)\s+(\w+)/i.exec(sql)?.[1] ?? "";
    tables.set(sql, table);
  }
  return table;
}

const mentioned = new Map<string, boolean>();

/** Whether a statement reads or writes a table. (Nobody here names a second table behind a comma.) */
function mentions(sql: string, table: string): boolean {
  const key = `${table} ${sql}`;
  let found = mentioned.get(key);
  if (found === undefined) {
    if (mentioned.size > mentionedMax) mentioned.clear();
    found =
      table === "" || new RegExp(`\\b(?:from|join|update|into)\\s+${table}\\b`, "i").test(sql);
    mentioned.set(key, found);
  }
  return found;
}

const mentionedMax = 1000;

/** The id of the one row that a statement is about; undefined where it may be others. */
function rowOf(sql: string, parameters: readonly SqlValue[]): number | undefined {
  let index = idPlaces.get(sql);
  if (index === undefined) {
    if (idPlaces.size > mentionedMax) idPlaces.clear();
    const parts = /^\s*(?:select|update|delete)\b([^()]*)\bwhere id = \?(?: and [^()]*)?$/i.exec(
      sql,
    );
    index = parts === null || / or /i.test(sql) ? -1 : (parts[1] ?? "").split("?").length - 1;
    idPlaces.set(sql, index);
  }
  const id = parameters[index];
  return typeof id === "number" ? id : undefined;
}

const idPlaces = new Map<string, number>();

function isInsert(sql: string): boolean {
  return sql.startsWith("insert");
}

/** An insert that brings the row's id along. */
function withId(sql: string): string {
  let made = insertsWithId.get(sql);
  if (made === undefined) {
    made = sql.replace("(", "(id, ").replace("values (", "values (?, ");
    insertsWithId.set(sql, made);
    keyedInserts.add(made);
  }
  return made;
}

const insertsWithId = new Map<string, string>();
const keyedInserts = new Set<string>();

/** Whether the rows of a statement that is kept back are known by their ids. */
function keyIsId(sql: string): boolean {
  return sql.endsWith(" where id = ?") || keyedInserts.has(sql);
}

/** Rows that were made together lie together: written in their order, they cost fewer pages. */
function inOrder(rows: ReadonlyMap<number, readonly SqlValue[]>): (readonly SqlValue[])[] {
  return Array.from(rows)
    .sort(([a], [b]) => a - b)
    .map(([, parameters]) => parameters);
}
