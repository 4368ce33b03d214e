/**
 * Carries every table of a database in SQLite over to one in PostgreSQL that has the same tables and nothing in them yet:
 * within one transaction of the target, so that all of it is there or nothing. Then both are counted and summed up, row by row.
 *
 * Tables that only one of the two has are its own affair: which servers there are, or an index of words, which is made anew.
 */
import { createHash } from "node:crypto";
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "./database.ts";

export interface CopiedTable {
  table: string;
  rows: number;
}

export interface CopyProgress {
  table: string;
  rows: number;
}

/** Rows hold up to some megabytes. */
const pageRows = 200;

/** What each database keeps for itself. */
const ownTables: ReadonlySet<string> = new Set(["migration"]);

type Row = Record<string, SqlValue>;

/** Throws TRANSFER_INCOMPLETE if something of a table did not arrive as it was. */
export async function copyTables(
  source: Transaction,
  target: Transaction,
  onProgress: (progress: CopyProgress) => void = () => undefined,
): Promise<CopiedTable[]> {
  const copied: CopiedTable[] = [];
  for (const table of await commonTables(source, target)) {
    copied.push({ table, rows: await copyTable(source, target, table, onProgress) });
  }
  return copied;
}

async function commonTables(source: Transaction, target: Transaction): Promise<string[]> {
  const here = await source.all<{ name: string }>(
    `select name from pragma_table_list
      where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
  );
  const there = await target.all<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = current_schema()",
  );
  const known = new Set(there.map(({ name }) => name));
  return here.map(({ name }) => name).filter((name) => known.has(name) && !ownTables.has(name));
}

async function copyTable(
  source: Transaction,
  target: Transaction,
  table: string,
  onProgress: (progress: CopyProgress) => void,
): Promise<number> {
  const columns = await columnsOf(source, table);
  const names = columns.map(({ name }) => quoted(name));
  // What the migrations of the target have put there stands in the source, too, and may have gone on.
  await target.run(`delete from ${quoted(table)}`);
  const insert = `insert into ${quoted(table)} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`;
  const sent = new Checksum();
  for await (const rows of pagesOf(source, table, columns)) {
    const values = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
    await target.runMany(insert, values);
    for (const each of values) sent.add(each);
    onProgress({ table, rows: sent.rows });
  }
  await continueNumbers(source, target, table, columns);
  const arrived = await checksumOf(target, table, columns);
  if (!sent.equals(arrived)) {
    throw new TsunagiError(
      "TRANSFER_INCOMPLETE",
      `${sent.rows} rows of the table ${table} did not arrive as they were`,
      {
        details: { table, sent: sent.rows, arrived: arrived.rows },
        hint: "nothing was kept; please report this, with the log of PostgreSQL",
      },
    );
  }
  return sent.rows;
}

interface Column {
  name: string;
  /** Its place in the key, from 1; 0: it is not in it. */
  pk: number;
}

function columnsOf(source: Transaction, table: string): Promise<Column[]> {
  return source.all<Column>("select name, pk from pragma_table_info(?) order by cid", [table]);
}

/** All rows in the order of their key, each page beginning behind the last. */
async function* pagesOf(
  source: Transaction,
  table: string,
  columns: readonly Column[],
): AsyncGenerator<Row[]> {
  const hasRowid =
    (await source.get(
      "select 1 from pragma_table_list where name = ? and schema = 'main' and wr = 0",
      [table],
    )) !== undefined;
  const key = hasRowid
    ? ["rowid"]
    : columns
        .filter(({ pk }) => pk > 0)
        .toSorted((a, b) => a.pk - b.pk)
        .map(({ name }) => quoted(name));
  const keyAs = key.map((each, index) => `${each} as copy_key_${index}`).join(", ");
  const select = `select ${keyAs}, * from ${quoted(table)}`;
  const order = `order by ${key.join(", ")} limit ${pageRows}`;
  let rows = await source.all<Row>(`${select} ${order}`);
  while (rows.length > 0) {
    yield rows;
    const last = rows.at(-1) ?? {};
    rows = await source.all<Row>(
      `${select} where (${key.join(", ")}) > (${key.map(() => "?").join(", ")}) ${order}`,
      key.map((_, index) => last[`copy_key_${index}`] ?? null),
    );
  }
}

/** Numbers that were given and whose rows are gone are not given again. */
async function continueNumbers(
  source: Transaction,
  target: Transaction,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  if (!columns.some(({ name }) => name === "id")) return;
  const sequence = await target.get<{ name: string | null }>(
    "select pg_get_serial_sequence(?, 'id') as name",
    [quoted(table)],
  );
  if (sequence === undefined || sequence.name === null) return;
  const most = await source.get<{ most: number | null }>(
    `select max(id) as most from ${quoted(table)}`,
  );
  const given = await givenNumber(source, table);
  const last = Math.max(most?.most ?? 0, given);
  if (last > 0) await target.get("select setval(?::regclass, ?)", [sequence.name, last]);
}

/** The highest number that SQLite remembers of a table; 0 where it does not. */
async function givenNumber(source: Transaction, table: string): Promise<number> {
  const remembers = await source.get("select 1 from sqlite_master where name = 'sqlite_sequence'");
  if (remembers === undefined) return 0;
  const row = await source.get<{ seq: number }>("select seq from sqlite_sequence where name = ?", [
    table,
  ]);
  return row?.seq ?? 0;
}

async function checksumOf(
  target: Transaction,
  table: string,
  columns: readonly Column[],
): Promise<Checksum> {
  const sum = new Checksum();
  const names = columns.map(({ name }) => quoted(name)).join(", ");
  await target.run(`declare copied no scroll cursor for select ${names} from ${quoted(table)}`);
  for (;;) {
    const rows = await target.all<Row>(`fetch ${pageRows} from copied`);
    if (rows.length === 0) break;
    for (const row of rows) sum.add(columns.map(({ name }) => row[name] ?? null));
  }
  await target.run("close copied");
  return sum;
}

/** Of rows in whatever order: the sums of two halves of their hashes. */
class Checksum {
  rows = 0;
  #first = 0;
  #second = 0;

  add(values: readonly SqlValue[]): void {
    const digest = createHash("sha256")
      .update(JSON.stringify(values.map(plain)))
      .digest();
    this.rows += 1;
    this.#first = (this.#first + digest.readUInt32LE(0)) >>> 0;
    this.#second = (this.#second + digest.readUInt32LE(4)) >>> 0;
  }

  equals(other: Checksum): boolean {
    return (
      this.rows === other.rows && this.#first === other.#first && this.#second === other.#second
    );
  }
}

/** A value as both databases hold it; PostgreSQL keeps no NUL in a text. */
function plain(value: SqlValue): null | number | string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "string" ? value.toWellFormed().replaceAll("\0", "␀") : value;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
