/**
 * The limit: the same estate in one table with a column for each field and an index wherever the object storage has
 * one. No history, no types, no integrity of references; who may read what is a number in a column.
 */
import { existsSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { nodeAt, placeOf, racks, sites, type Node } from "./estate.ts";

export interface PlainTable {
  add(from: number, count: number): unknown;
  update(numbers: readonly number[], note: string): unknown;
  get(number: number): unknown;
  /** A page of what fits, sorted by name. */
  find(condition: string, parameters: readonly SQLInputValue[]): unknown;
  /** A page of what has a text. */
  findText(text: string): unknown;
  bytes(): number | Promise<number>;
  /** Does what the database would do by itself after a while. */
  settle(): unknown;
  close(): unknown;
}

export const columns =
  "name directory host serial vendor model os contact note description status role stage cores memory price bought expires address tags rack service backup".split(
    " ",
  );

export class SqliteTable implements PlainTable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    const isNew = !existsSync(file);
    this.#database = new DatabaseSync(file);
    for (const pragma of pragmas) this.#database.exec(pragma);
    if (isNew) this.#create();
  }

  #create(): void {
    this.#database.exec("begin");
    for (const statement of statements) this.#database.exec(statement);
    for (let n = 0; n < racks; n += 1) {
      this.#run("insert into rack (id, site) values (?, ?)", [n, `site${n % sites}`]);
    }
    this.#database.exec("commit");
  }

  close(): void {
    this.#database.close();
  }

  settle(): void {
    // SQLite does nothing by itself.
  }

  bytes(): number {
    const sql = "select page_count * page_size as n from pragma_page_count(), pragma_page_size()";
    return (this.#all(sql, [])[0] as { n: number }).n;
  }

  add(from: number, count: number): void {
    this.#database.exec("begin");
    const marks = columns.map(() => "?").join(", ");
    for (let number = from; number < from + count; number += 1) {
      const node = nodeAt(number);
      const values = valuesOf(node);
      this.#run(`insert into node (id, ${columns.join(", ")}) values (?, ${marks})`, [
        number + 1,
        ...values,
      ]);
      this.#run("insert into node_text (rowid, name, note) values (?, ?, ?)", [
        number + 1,
        node.name,
        node.note,
      ]);
    }
    this.#database.exec("commit");
  }

  update(numbers: readonly number[], note: string): void {
    this.#database.exec("begin");
    for (const number of numbers) {
      this.#run("update node set status = 'down', vendor = ? where id = ?", [note, number + 1]);
    }
    this.#database.exec("commit");
  }

  get(number: number): void {
    const { name, directory } = placeOf(number);
    this.#all("select * from node where directory = ? and name = ?", [directory, name]);
  }

  find(condition: string, parameters: readonly SQLInputValue[]): number {
    return this.#all(pageWhere(condition), parameters).length;
  }

  findText(text: string): number {
    return this.find("id in (select rowid from node_text where node_text match ?)", [`"${text}"`]);
  }

  #run(sql: string, parameters: readonly SQLInputValue[]): void {
    this.#statement(sql).run(...parameters);
  }

  #all(sql: string, parameters: readonly SQLInputValue[]): unknown[] {
    return this.#statement(sql).all(...parameters);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

/** In the order of the columns. */
export function valuesOf(node: Node): SQLInputValue[] {
  const row = { ...node, tags: "" };
  return columns.map((column) => row[column as keyof typeof row]);
}

export function pageWhere(condition: string): string {
  return `select * from node where ${condition} and directory % 4 <> 3 order by name limit 50`;
}

const pragmas = [
  "pragma journal_mode = wal",
  "pragma synchronous = full",
  "pragma wal_autocheckpoint = 8000",
  "pragma cache_size = -65536",
];

const statements = [
  "create table rack (id integer primary key, site text not null)",
  `create table node (
    id integer primary key, name text not null, directory integer not null, host text not null,
    serial text, vendor text, model text, os text, contact text, note text, description text,
    status text, role text, stage text, cores integer, memory integer, price real,
    bought text, expires text, address text, tags text, rack integer, service integer, backup integer
  )`,
  "create unique index node_path on node (directory, name)",
  "create unique index node_host on node (host)",
  ...["name", "status", "role", "cores", "bought", "rack", "service", "backup"].map(
    (column) => `create index node_${column} on node (${column})`,
  ),
  "create virtual table node_text using fts5(name, note, content = '', tokenize = 'trigram')",
];
