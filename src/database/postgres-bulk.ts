/**
 * One statement for many rows: what a change of each row by its key costs is mostly the statement. The values travel as one array
 * a column, in PostgreSQL's binary form, which is read several times as fast as its text.
 */
import type { SqlValue } from "./database.ts";

export type BulkChange = BulkUpdate | BulkInsert;

interface BulkUpdate {
  kind: "update";
  table: string;
  /** In the order of a row's parameters; the last one is the key. */
  columns: readonly string[];
}

interface BulkInsert {
  kind: "insert";
  table: string;
  columns: readonly string[];
  /** What follows the values. */
  end: string;
}

/** Takes a statement apart; undefined where it is neither plainly an update by a key nor an insert of the given values. */
export function bulkChange(sql: string): BulkChange | undefined {
  return bulkUpdate(sql) ?? bulkInsert(sql);
}

/** `insert into t (a, b) values (?, ?)`. */
function bulkInsert(sql: string): BulkInsert | undefined {
  const parts =
    /^\s*insert\s+into\s+(\w+)\s*\(([\w\s,]+)\)\s*values\s*\(([?\s,]+)\)\s*(on\s+conflict\b[^?]*\bdo\s+nothing)?\s*$/is.exec(
      sql,
    );
  if (parts === null) return undefined;
  const [, table = "", names = "", marks = "", end = ""] = parts;
  const columns = names.split(",").map((name) => name.trim());
  if (marks.split("?").length - 1 !== columns.length) return undefined;
  return { kind: "insert", table, columns, end };
}

/** `update t set a = ?, b = ? where id = ?`. */
function bulkUpdate(sql: string): BulkUpdate | undefined {
  const parts = /^\s*update\s+(\w+)\s+set\s+(.*?)\s+where\s+(\w+)\s*=\s*\?\s*$/is.exec(sql);
  if (parts === null) return undefined;
  const [, table = "", assignments = "", key = ""] = parts;
  const columns: string[] = [];
  for (const assignment of assignments.split(",")) {
    const column = /^\s*(\w+)\s*=\s*\?\s*$/.exec(assignment)?.[1];
    if (column === undefined) return undefined;
    columns.push(column);
  }
  // What one row changes might be the key of the next one.
  return columns.includes(key) ? undefined : { kind: "update", table, columns: [...columns, key] };
}

/** The statement, given the types of the columns; its parameters are `bulkParameters`. */
export function bulkStatement(change: BulkChange, types: readonly ArrayType[]): string {
  const { table, columns } = change;
  const names = columns.map((_, index) => `v${index}`);
  const arrays = types.map((type, index) => `$${index + 1}::${type.name}[]`);
  if (change.kind === "insert") {
    return `insert into ${table} (${columns.join(", ")})
      select ${names.join(", ")} from unnest(${arrays.join(", ")}) as given (${names.join(", ")}) ${change.end}`;
  }
  const changed = columns.slice(0, -1);
  const assignments = changed.map((column, index) => `${column} = v${index}`);
  return `update ${table} set ${assignments.join(", ")}
    from unnest(${arrays.join(", ")}) as given (${names.join(", ")})
    where ${table}.${columns.at(-1)} = given.${names.at(-1)}`;
}

/** Of types whose binary form is plain. */
export interface ArrayType {
  name: string;
  id: number;
}

const arrayTypes: readonly ArrayType[] = [
  { name: "bigint", id: 20 },
  { name: "text", id: 25 },
];

export function arrayTypeOf(typeId: number): ArrayType | undefined {
  return arrayTypes.find(({ id }) => id === typeId);
}

/** Whether no row is changed twice: else it matters in which order. */
export function haveOwnKeys(rows: readonly (readonly SqlValue[])[]): boolean {
  return new Set(rows.map((row) => row.at(-1))).size === rows.length;
}

/** A column of all rows, as `type[]` in binary. */
export function binaryArray(
  { id }: ArrayType,
  rows: readonly (readonly SqlValue[])[],
  column: number,
): Uint8Array {
  const isText = id === 25;
  let size = headerBytes;
  for (const row of rows) size += 4 + sizeOf(row[column] ?? null, isText);
  const bytes = Buffer.allocUnsafe(size);
  // One dimension, NULLs possible, the elements' type, how many, from 1.
  for (const [index, number] of [1, 1, id, rows.length, 1].entries()) {
    bytes.writeInt32BE(number, index * 4);
  }
  let at = headerBytes;
  for (const row of rows) {
    const value = row[column] ?? null;
    if (value === null) {
      at = bytes.writeInt32BE(-1, at);
    } else if (isText) {
      const length = bytes.write(String(value), at + 4);
      bytes.writeInt32BE(length, at);
      at += 4 + length;
    } else {
      at = bytes.writeInt32BE(8, at);
      at = bytes.writeBigInt64BE(BigInt(value as number), at);
    }
  }
  return bytes;
}

const headerBytes = 20;

function sizeOf(value: SqlValue, isText: boolean): number {
  if (value === null) return 0;
  return isText ? Buffer.byteLength(String(value)) : 8;
}
