/** The plain table in PostgreSQL, in a schema of its own beside the tables of the object storage. */
import { Client } from "pg";
import { nodeAt, placeOf, racks, sites } from "./estate.ts";
import { columns, pageWhere, valuesOf, type PlainTable } from "./plain-table.ts";

/** A statement takes at most 65,535 values. */
const rowsPerStatement = 500;

export class PostgresTable implements PlainTable {
  readonly #client: Client;
  readonly #names = new Map<string, string>();

  static async open(url: string): Promise<PostgresTable> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query("create schema if not exists plain; set search_path = plain, public");
    const { rows } = await client.query("select to_regclass('plain.node') as it");
    const table = new PostgresTable(client);
    if ((rows as { it: string | null }[])[0]?.it === null) await table.#create();
    return table;
  }

  private constructor(client: Client) {
    this.#client = client;
  }

  async #create(): Promise<void> {
    for (const statement of statements) await this.#client.query(statement);
    const names = Array.from({ length: racks }, (_, n) => `site${n % sites}`);
    await this.#client.query(
      "insert into rack select ordinality - 1, site from unnest($1::text[]) with ordinality as t(site)",
      [names],
    );
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  /** For all of the database, the object storage's tables included. */
  async settle(): Promise<void> {
    await this.#client.query("vacuum (analyze)");
  }

  async bytes(): Promise<number> {
    const [row] = await this.#all(
      `select sum(pg_total_relation_size(oid)) as n from pg_class
        where relkind = 'r' and relnamespace = 'plain'::regnamespace`,
      [],
    );
    return Number((row as { n: string }).n);
  }

  add(from: number, count: number): Promise<void> {
    return this.#together(async () => {
      for (let first = from; first < from + count; first += rowsPerStatement) {
        const size = Math.min(rowsPerStatement, from + count - first);
        const values = Array.from({ length: size }, (_, n) => [
          first + n + 1,
          ...valuesOf(nodeAt(first + n)),
        ]);
        const width = columns.length + 1;
        const marks = values.map(
          (row, n) => `(${row.map((_, column) => `$${n * width + column + 1}`).join(", ")})`,
        );
        await this.#all(
          `insert into node (id, ${columns.join(", ")}) values ${marks.join(", ")}`,
          values.flat(),
        );
      }
    });
  }

  update(numbers: readonly number[], note: string): Promise<void> {
    return this.#together(async () => {
      await this.#all("update node set status = 'down', vendor = $1 where id = any($2::bigint[])", [
        note,
        numbers.map((number) => number + 1),
      ]);
    });
  }

  get(number: number): Promise<unknown> {
    const { name, directory } = placeOf(number);
    return this.#all("select * from node where directory = $1 and name = $2", [directory, name]);
  }

  find(condition: string, parameters: readonly unknown[]): Promise<unknown> {
    let count = 0;
    const numbered = condition.replaceAll("?", () => `$${(count += 1)}`);
    return this.#all(pageWhere(numbered), parameters);
  }

  findText(text: string): Promise<unknown> {
    return this.find("(note like ? or name like ?)", [`%${text}%`, `%${text}%`]);
  }

  async #together(work: () => Promise<void>): Promise<void> {
    await this.#client.query("begin");
    await work();
    await this.#client.query("commit");
  }

  async #all(text: string, values: readonly unknown[]): Promise<unknown[]> {
    const name = this.#names.get(text) ?? `plain${this.#names.size}`;
    this.#names.set(text, name);
    return (await this.#client.query({ name, text, values: [...values] })).rows;
  }
}

const statements = [
  "create extension if not exists pg_trgm with schema public",
  "create table rack (id bigint primary key, site text not null)",
  `create table node (
    id bigint primary key, name text collate "C" not null, directory bigint not null, host text not null,
    serial text, vendor text, model text, os text, contact text, note text, description text,
    status text, role text, stage text, cores bigint, memory bigint, price double precision,
    bought text, expires text, address text, tags text, rack bigint, service bigint, backup bigint
  )`,
  "create unique index node_path on node (directory, name)",
  "create unique index node_host on node (host)",
  ...["name", "status", "role", "cores", "bought", "rack", "service", "backup"].map(
    (column) => `create index node_${column} on node (${column})`,
  ),
  "create index node_text on node using gin (note gin_trgm_ops, name gin_trgm_ops)",
];
