/**
 * Rows that follow from objects' values and hold nothing of their own: references (who refers to whom) and
 * index rows (of fields that are unique or indexed). They are written with the values, and made anew for a
 * whole type when its definition begins or ceases to ask for them.
 */
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Field, ObjectType } from "./object-type.ts";

/** Objects that are looked at in one go when a type's rows are made anew. */
const batchSize = 500;

/** Throws VALUE_INVALID if another object of the type has a value that is to be unique. */
export async function assertUnique(
  transaction: Transaction,
  type: ObjectType,
  data: JsonObject,
  object: { id: number | null; path: string },
): Promise<void> {
  const faults: FieldFault[] = [];
  for (const field of type.fields) {
    const stored = data[field.id];
    if (!field.isUnique || stored === undefined || stored === null) continue;
    const column = columnOf(indexValue(field, stored));
    const other = await transaction.get(
      `select 1 from object_index
        where type_id = ? and field_id = ? and ${column} = ? and object_id <> ? limit 1`,
      [type.id, field.id, indexValue(field, stored), object.id ?? 0],
    );
    if (other !== undefined) {
      faults.push({
        path: object.path,
        field: field.name,
        expected: `a value that no other ${type.name} has`,
        got: JSON.stringify(stored),
      });
    }
  }
  if (faults.length > 0) throw valueInvalid(faults);
}

/** Writes the rows of an object's fields that differ from what they were. */
export async function writeDerivedRows(
  transaction: Transaction,
  type: ObjectType,
  objectId: number,
  before: JsonObject,
  after: JsonObject,
): Promise<void> {
  for (const field of type.fields) {
    const stored = after[field.id] ?? null;
    if (isSame(before[field.id] ?? null, stored)) continue;
    if (field.kind.references !== undefined) {
      await deleteReferences(transaction, objectId, field.id);
      await insertReferences(transaction, field, objectId, stored);
    }
    if (field.isIndexed) {
      await transaction.run("delete from object_index where object_id = ? and field_id = ?", [
        objectId,
        field.id,
      ]);
      await insertIndexRow(transaction, type, field, objectId, stored);
    }
  }
}

export async function deleteDerivedRows(transaction: Transaction, objectId: number): Promise<void> {
  await transaction.run("delete from object_reference where source_id = ?", [objectId]);
  await transaction.run("delete from object_index where object_id = ?", [objectId]);
}

/** Makes rows anew for the fields of a type whose definition asks for others than before. */
export async function rederive(
  transaction: Transaction,
  before: ObjectType,
  after: ObjectType,
): Promise<void> {
  const now = new Map(after.fields.map((field) => [field.id, field]));
  const was = new Map(before.fields.map((field) => [field.id, field]));
  for (const id of new Set([...was.keys(), ...now.keys()])) {
    const field = now.get(id);
    const isSameAsBefore = needs(was.get(id)) === needs(field);
    if (!isSameAsBefore) {
      await deleteFieldRows(transaction, after, id);
      if (field !== undefined && needs(field) !== "")
        await makeFieldRows(transaction, after, field);
    }
    if (field?.isUnique === true && was.get(id)?.isUnique !== true) {
      await assertAllUnique(transaction, after, field);
    }
  }
}

/** Which rows a field asks for. */
function needs(field: Field | undefined): string {
  if (field === undefined) return "";
  return `${field.kind.references === undefined ? "" : "references"} ${field.isIndexed ? "index" : ""}`.trim();
}

async function makeFieldRows(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = await transaction.all<{ id: number; data: string }>(
      "select id, data from object where type_id = ? and id > ? order by id limit ?",
      [type.id, last, batchSize],
    );
    for (const row of rows) {
      const stored = (JSON.parse(row.data) as JsonObject)[field.id] ?? null;
      if (field.kind.references !== undefined) {
        await insertReferences(transaction, field, row.id, stored);
      }
      if (field.isIndexed) await insertIndexRow(transaction, type, field, row.id, stored);
      last = row.id;
    }
    if (rows.length < batchSize) return;
  }
}

async function deleteFieldRows(
  transaction: Transaction,
  type: ObjectType,
  fieldId: string,
): Promise<void> {
  await transaction.run("delete from object_index where type_id = ? and field_id = ?", [
    type.id,
    fieldId,
  ]);
  await transaction.run(
    `delete from object_reference where field_id = ?
      and source_id in (select id from object where type_id = ?)`,
    [fieldId, type.id],
  );
}

async function assertAllUnique(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
): Promise<void> {
  const twice = await transaction.get<{ text_value: string | null; number_value: number | null }>(
    `select text_value, number_value from object_index where type_id = ? and field_id = ?
      group by text_value, number_value having count(*) > 1 limit 1`,
    [type.id, field.id],
  );
  if (twice === undefined) return;
  throw new TsunagiError(
    "VALUE_INVALID",
    `field '${field.name}' of ${type.name} cannot be unique: several objects have ${JSON.stringify(
      twice.text_value ?? twice.number_value,
    )}`,
    {
      details: {
        field: field.name,
        expected: "no value twice",
        got: twice.text_value ?? twice.number_value,
      },
      hint: "change the values that stand twice first",
    },
  );
}

async function deleteReferences(
  transaction: Transaction,
  objectId: number,
  fieldId: string,
): Promise<void> {
  await transaction.run("delete from object_reference where source_id = ? and field_id = ?", [
    objectId,
    fieldId,
  ]);
}

async function insertReferences(
  transaction: Transaction,
  field: Field,
  objectId: number,
  stored: Json,
): Promise<void> {
  if (stored === null) return;
  for (const [position, target] of (field.kind.references?.(stored) ?? []).entries()) {
    await transaction.run(
      `insert into object_reference (source_id, field_id, position, target_id)
        select ?, ?, ?, id from object where id = ?`,
      [objectId, field.id, position, target],
    );
  }
}

async function insertIndexRow(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
  objectId: number,
  stored: Json,
): Promise<void> {
  if (stored === null) return;
  const value = indexValue(field, stored);
  await transaction.run(
    `insert into object_index (object_id, type_id, field_id, ${columnOf(value)}) values (?, ?, ?, ?)`,
    [objectId, type.id, field.id, value],
  );
}

/** What the index keeps of a value. */
export function indexValue(field: Field, stored: Json): string | number {
  return field.kind.index?.(stored) ?? JSON.stringify(stored);
}

/** In which column of `object_index` a value stands. */
export function columnOf(value: string | number): "text_value" | "number_value" {
  return typeof value === "number" ? "number_value" : "text_value";
}

/** Whether two stored values are the same; they are plain JSON made by one parser, so their text tells. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
