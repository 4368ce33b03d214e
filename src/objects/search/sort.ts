/** In what order a search gives its objects, and where a page of it begins. */
import { TsunagiError } from "#kernel";
import type { Sql, SqlValue } from "#database";
import type { Field, ObjectType } from "../object-type.ts";
import { password } from "../fields/password.ts";
import type { Scope, SearchCompiler } from "./search-compiler.ts";
import { unknownField } from "./search-fault.ts";
import { raw, sql } from "./sql.ts";
import { indexRows, isFullyIndexed, isPlain } from "./value-sql.ts";

export interface Sort {
  /** As it was asked for, such as `-cores`. */
  key: string;
  isDescending: boolean;
  /** What is sorted by, of `object o` (and `object_type t`). */
  value: Sql;
  /** Holds for objects without a value, if there may be any; these come last. */
  missing: Sql | undefined;
  /** The index rows that are in this order already, as `i`, or that must be gone through to know the values. */
  index: { table: Sql; condition: Sql } | undefined;
  /** Whether the table of objects itself is in this order. */
  isNative: boolean;
  /** A field whose values no index knows. */
  unindexed: string | undefined;
}

/** Where a page begins: behind the object with this value and id. */
export interface Position {
  value: SqlValue;
  id: number;
}

export function parseSort(key: string, scope: Scope, compiler: SearchCompiler): Sort {
  const isDescending = key.startsWith("-");
  const name = isDescending ? key.slice(1) : key;
  const type = scope.types.length === 1 ? scope.types[0] : undefined;
  const field = type?.field(name);
  if (type !== undefined && field !== undefined) {
    return fieldSort(type, field, { key, isDescending }, compiler);
  }
  const column = Object.hasOwn(columns, name) ? columns[name as keyof typeof columns] : undefined;
  if (column === undefined) {
    const known = [...(type?.fieldNames ?? []), ...Object.keys(columns)];
    throw unknownField(0, name, known, type?.name ?? "an object of any type");
  }
  return {
    key,
    isDescending,
    value: raw(column),
    missing: undefined,
    index: undefined,
    isNative: name === "id" || (name === "name" && type !== undefined),
    unindexed: name === "path" ? name : undefined,
  };
}

/** The path of `object o`, put together on the way up. */
const pathSql = `(with recursive above(id, path) as (
    select o.parent_id, case when o.parent_id is null then '/' else '/' || o.name end
    union all select p.parent_id, case when p.parent_id is null then a.path else '/' || p.name || a.path end
      from above a join object p on p.id = a.id
  ) select path from above where id is null)`;

const columns = {
  name: "o.name",
  id: "o.id",
  created: "o.created_at",
  updated: "o.updated_at",
  type: "t.name",
  path: pathSql,
} as const;

function fieldSort(
  type: ObjectType,
  field: Field,
  { key, isDescending }: { key: string; isDescending: boolean },
  compiler: SearchCompiler,
): Sort {
  // An index is in the order of all values, also of those that he may not see.
  const isIndexed = isFullyIndexed(field) && compiler.seen(field, "o") === undefined;
  if (
    field.kind === password ||
    field.kind.compare === undefined ||
    !(isPlain(field) || isIndexed)
  ) {
    throw new TsunagiError("SEARCH_INVALID", `objects cannot be sorted by '${field.name}'`, {
      details: { field: field.name, kind: field.kind.name },
      hint: isPlain(field)
        ? `a field of kind ${field.kind.name} has no order`
        : `mark the field '${field.name}' of ${type.name} as indexed`,
    });
  }
  const index = isIndexed ? indexRows(type, field) : undefined;
  const value = compiler.visibleValue(field, "o");
  return {
    key,
    isDescending,
    value: isPlain(field) ? value : raw("i.value"),
    missing: sql`${value} is null`,
    index,
    isNative: false,
    unindexed: isIndexed ? undefined : field.name,
  };
}

/** The condition that an object comes behind a position, in an order by value and then id. */
export function behind(
  { value, isDescending, missing }: Sort,
  position: Position | undefined,
): Sql | undefined {
  if (position === undefined) return undefined;
  const { id } = position;
  if (position.value === null) return sql`(${missing ?? raw("1 = 0")} and o.id > ${id})`;
  const later = raw(isDescending ? "<" : ">");
  const or = missing === undefined ? raw("") : sql` or ${missing}`;
  return sql`(${value} ${later} ${position.value}
    or (${value} = ${position.value} and o.id > ${id})${or})`;
}

export function encodeCursor(sort: Sort, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([sort.key, value, id])).toString("base64url");
}

/** Throws ARGUMENT_INVALID if it is none that a page in this order gave. */
export function decodeCursor(sort: Sort, text: string): Position {
  try {
    const [key, value, id] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    const isValue = value === null || typeof value === "string" || typeof value === "number";
    if (key === sort.key && isValue && Number.isSafeInteger(id)) return { value, id: Number(id) };
  } catch {
    // What cannot be read is no cursor either.
  }
  throw badCursor();
}

export function badCursor(): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", "this is no cursor of a search in this order", {
    hint: "send `next` of the page before as it came, together with the same search and sort",
  });
}
