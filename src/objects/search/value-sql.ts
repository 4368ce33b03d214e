/**
 * The value of a field in SQL, read out of an object's document: what is stored, else the field's default.
 */
import type { Sql, SqlDialect } from "#database";
import { indexTable, indexValue } from "../index-value.ts";
import type { Json } from "../json.ts";
import type { Field, ObjectType } from "../object-type.ts";
import { raw, sql } from "./sql.ts";

/** Whether the index holds values as the document does, so that both can be compared alike. */
export function isPlain({ kind }: Field): boolean {
  return kind.index === undefined || kind.index === String || kind.index === Number;
}

/** Whether values are compared as numbers. */
export function isNumeric({ kind }: Field): boolean {
  return kind.index === Number;
}

/** Whether index rows tell every object's value. */
export function isFullyIndexed(field: Field): boolean {
  return field.isIndexed && !(field.isUnique && field.default !== null);
}

export function valueSql(dialect: SqlDialect, field: Field, alias: string): Sql {
  const data = `${alias}.data`;
  const stored = isNumeric(field)
    ? dialect.jsonNumber(data, field.id)
    : dialect.jsonText(data, field.id);
  if (field.default === null) return stored;
  const value = comparable(field, field.default);
  return sql`(case when ${dialect.jsonHas(data, field.id)} then ${stored} else ${value} end)`;
}

/** A stored value as {@link valueSql} gives it. */
export function comparable(field: Field, stored: Json): string | number {
  if (isNumeric(field)) return Number(stored);
  return typeof stored === "string" ? stored : JSON.stringify(stored);
}

/** The index rows of a field, as `i`, with those of a value or range only. */
export function indexRows(type: ObjectType, field: Field): { table: Sql; condition: Sql } {
  const table = raw(indexTable(isNumeric(field) ? 0 : ""));
  return { table, condition: sql`i.type_id = ${type.id} and i.field_id = ${field.id}` };
}

/** A stored value as it stands in the index. */
export function keyOf(field: Field, stored: Json): string | number {
  return indexValue(field, stored);
}
