/** What a condition on a field of the object itself means in SQL. */
import { foldText, type Comparison, type Literal, type Test } from "#kernel";
import type { Sql } from "#database";
import type { Json } from "../json.ts";
import type { Field, ObjectType } from "../object-type.ts";
import {
  condition,
  either,
  everything,
  both,
  knownCondition,
  negated,
  type Condition,
} from "./condition.ts";
import { dayRange, nextDay, toStored } from "./literal-value.ts";
import type { SearchCompiler } from "./search-compiler.ts";
import { searchInvalid } from "./search-fault.ts";
import { containsFolded, raw, sql } from "./sql.ts";
import { comparable, indexRows, isFullyIndexed, isPlain, keyOf, valueSql } from "./value-sql.ts";

/** The field of the object of that alias; `at` is where the search names it. */
export interface Place {
  type: ObjectType;
  field: Field;
  alias: string;
  at: number;
}

export async function compileFieldTest(
  compiler: SearchCompiler,
  place: Place,
  test: Test,
): Promise<Condition> {
  switch (test.kind) {
    case "exists":
      return exists(compiler, place);
    case "empty":
      return everything;
    case "in": {
      const parts: Condition[] = [];
      for (const value of test.values) parts.push(await compare(compiler, place, "=", value));
      return either(parts);
    }
    case "compare":
      return compare(compiler, place, test.operator, test.value);
    case "under":
      throw cannot(place, "under");
  }
}

function exists({ transaction }: SearchCompiler, place: Place): Condition {
  const { type, field, alias } = place;
  const value = valueSql(transaction.dialect, field, alias);
  const isThere = holdsList(field)
    ? sql`(${value} is not null and ${value} <> ${"[]"})`
    : sql`${value} is not null`;
  if (!isFullyIndexed(field)) return condition(isThere, { unindexed: field.name });
  const rows = indexRows(type, field);
  return condition(isThere, {
    source: sql`select i.object_id as id from ${rows.table} i where ${rows.condition}`,
  });
}

async function compare(
  compiler: SearchCompiler,
  place: Place,
  operator: Comparison,
  literal: Literal,
): Promise<Condition> {
  const { field, alias, at } = place;
  if (literal.kind === "null") {
    if (operator !== "=") throw cannot(place, operator);
    return negated(exists(compiler, place));
  }
  if (operator === "~") return contains(compiler, place, String(literal.value));
  if (field.kind.references !== undefined) {
    if (operator !== "=") throw cannot(place, operator);
    return refersTo(place, await compiler.target(String(literal.value), at));
  }
  if (holdsList(field)) {
    if (operator !== "=") throw cannot(place, operator);
    const { dialect } = compiler.transaction;
    return condition(dialect.jsonListHas(`${alias}.data`, field.id, String(literal.value)), {
      unindexed: field.name,
    });
  }
  if (field.kind.name === "datetime") {
    const range = dayRange(operator, literal);
    if (range !== undefined) return withinDay(compiler, place, range, String(literal.value));
  }
  return compareStored(compiler, place, operator, await store(compiler, place, literal));
}

async function withinDay(
  compiler: SearchCompiler,
  place: Place,
  range: readonly { operator: Comparison; at: "begin" | "end" }[],
  day: string,
): Promise<Condition> {
  const parts: Condition[] = [];
  for (const { operator, at } of range) {
    const value = at === "begin" ? day : nextDay(day);
    const stored = await store(compiler, place, { kind: "date", value });
    parts.push(compareStored(compiler, place, operator, stored));
  }
  return both(parts);
}

function store(compiler: SearchCompiler, { type, field }: Place, literal: Literal): Promise<Json> {
  return toStored(field, literal, `a search for ${type.name}`, compiler.context);
}

/** The field has this stored value. Of lists and dictionaries it says only that there is one. */
export function compileEqual(compiler: SearchCompiler, place: Place, stored: Json): Condition {
  const { field, alias } = place;
  const where = (inner: Condition): Condition => compiler.whereSeen(field, alias, inner);
  if (stored === null) return negated(where(exists(compiler, place)));
  if (field.kind.references !== undefined) {
    return where(both(field.kind.references(stored).map((id) => refersTo(place, id))));
  }
  if (field.kind.index === undefined) return where(exists(compiler, place));
  return where(compareStored(compiler, place, "=", stored));
}

/** A comparison with a stored value of the field's kind. */
function compareStored(
  { transaction }: SearchCompiler,
  place: Place,
  operator: Comparison,
  stored: Json,
): Condition {
  const { type, field, alias } = place;
  const hasOrder = field.kind.index !== undefined && field.kind.compare !== undefined;
  if (operator !== "=" && !hasOrder) throw cannot(place, operator);
  const value = valueSql(transaction.dialect, field, alias);
  const direct = sql`${value} ${raw(operator)} ${comparable(field, stored)}`;
  if (!isFullyIndexed(field)) {
    if (operator !== "=" && !isPlain(field)) throw needsIndex(place);
    return condition(direct, { unindexed: field.name });
  }
  const rows = indexRows(type, field);
  const key = keyOf(field, stored);
  const inRange = sql`${rows.condition} and i.value ${raw(operator)} ${key}`;
  const source = sql`select i.object_id as id from ${rows.table} i where ${inRange}`;
  const id = sql`${raw(alias)}.id`;
  if (operator === "=") {
    const holds = (one: Sql): Sql =>
      sql`exists (select 1 from ${rows.table} i where ${inRange} and i.object_id = ${one})`;
    return knownCondition(alias, { holds, source });
  }
  // The index cannot be asked for one object's value, but the object has it.
  return condition(isPlain(field) ? direct : sql`${id} in (${source})`, { source });
}

function contains(compiler: SearchCompiler, place: Place, text: string): Condition {
  const { field, alias } = place;
  const isText = field.kind.isText === true || holdsList(field);
  if (!isText) throw cannot(place, "~");
  const { dialect } = compiler.transaction;
  const value = valueSql(dialect, field, alias);
  const folded: Sql = { ...value, sql: dialect.folded(value.sql) };
  const source = field.isSearched ? compiler.wordSource(text) : undefined;
  return condition(containsFolded(folded, foldText(text)), {
    source,
    ...(source === undefined ? { unindexed: field.name } : {}),
  });
}

function refersTo({ field, alias }: Place, targetId: number): Condition {
  return knownCondition(alias, {
    holds: (id) => sql`exists (select 1 from object_reference r where r.source_id = ${id}
      and r.field_id = ${field.id} and r.target_id = ${targetId})`,
    source: sql`select r.source_id as id from object_reference r
        where r.target_id = ${targetId} and r.field_id = ${field.id}`,
  });
}

function holdsList({ kind }: Field): boolean {
  return kind.name === "list" || kind.name === "choices";
}

function cannot({ type, field, at }: Place, operator: string) {
  return searchInvalid({
    at,
    message: `'${field.name}' of ${type.name} is of kind ${field.kind.name} and cannot be compared with '${operator}'`,
  });
}

function needsIndex({ type, field, at }: Place) {
  return searchInvalid(
    {
      at,
      message: `'${field.name}' of ${type.name} has no index, which this comparison needs`,
    },
    `mark the field '${field.name}' of ${type.name} as indexed`,
  );
}
