/**
 * Rows that follow from objects' values and hold nothing of their own: references (who refers to whom), index rows
 * (of fields that are unique or indexed), and words (of the name, and of fields that are searched). They are
 * written with the values (`derived-batch.ts`), and made anew for a whole type when its definition begins or ceases to
 * ask for them.
 */
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { DerivedBatch } from "./derived-batch.ts";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import { indexedDefault, indexTable, indexValue } from "./index-value.ts";
import { isSame, type JsonObject } from "./json.ts";
import type { Field, ObjectType } from "./object-type.ts";
import { TypeTable } from "./type-table.ts";

/** Objects that are looked at in one go when a type's rows are made anew. */
const batchSize = 500;

/** Throws VALUE_INVALID if another object of the type has a value that is to be unique. */
export async function assertUnique(
  transaction: Transaction,
  type: ObjectType,
  data: JsonObject,
  object: { id: number | null; path: string },
  options: { before?: JsonObject | undefined; held: DerivedBatch },
): Promise<void> {
  const faults: FieldFault[] = [];
  const { before = {}, held } = options;
  for (const field of type.unique) {
    const stored = data[field.id];
    if (stored === undefined || stored === null || isSame(before[field.id], stored)) continue;
    const value = indexValue(field, stored);
    const isFree = await isUnique(transaction, type, field, { value, objectId: object.id, held });
    if (isFree) continue;
    faults.push({
      path: object.path,
      field: field.name,
      expected: `a value that no other ${type.name} has`,
      got: JSON.stringify(stored),
    });
  }
  if (faults.length > 0) throw valueInvalid(faults);
}

async function isUnique(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
  {
    value,
    objectId,
    held,
  }: { value: string | number; objectId: number | null; held: DerivedBatch },
): Promise<boolean> {
  const holder = held.holderOf(type, field, value);
  if (holder !== undefined && holder !== objectId) return false;
  const others = await transaction.all<{ object_id: number }>(
    `select object_id from ${indexTable(value)}
      where type_id = ? and field_id = ? and value = ? and object_id <> ? limit 2`,
    [type.id, field.id, value, objectId ?? 0],
  );
  // Whose rows are held back may have another value by now.
  if (!others.some(({ object_id: id }) => held.has(id))) return others.length === 0;
  await held.write();
  return isUnique(transaction, type, field, { value, objectId, held });
}

/** Makes rows anew for the fields of a type whose definition asks for others than before. */
export async function rederive(
  transaction: Transaction,
  before: ObjectType,
  after: ObjectType,
): Promise<void> {
  const now = new Map(after.fields.map((field) => [field.id, field]));
  const was = new Map(before.fields.map((field) => [field.id, field]));
  const fields: Field[] = [];
  for (const id of new Set([...was.keys(), ...now.keys()])) {
    const field = now.get(id);
    if (needs(was.get(id)) === needs(field)) continue;
    await deleteFieldRows(transaction, after, id);
    if (field !== undefined && needs(field) !== "") fields.push(field);
  }
  const searched = (type: ObjectType): string =>
    type.derived
      .filter((field) => field.isSearched)
      .map((field) => `${field.id} ${JSON.stringify(field.default)}`)
      .join();
  const words = searched(before) !== searched(after);
  if (fields.length > 0 || words) await makeRows(transaction, after, { fields, words });
  for (const field of after.fields) {
    if (field.isUnique && was.get(field.id)?.isUnique !== true) {
      await assertAllUnique(transaction, after, field);
    }
  }
}

/** Makes all rows of the type's objects but those of references, where there are none. */
export async function deriveAll(transaction: Transaction, type: ObjectType): Promise<void> {
  const fields = type.derived.filter((field) => field.isIndexed);
  await makeRows(transaction, type, { fields, words: true, withReferences: false });
}

/** Makes the index of words of all objects, where there is none. Gives how many objects there are. */
export async function deriveWords(transaction: Transaction): Promise<number> {
  const types = new TypeTable();
  const rows = await transaction.all<{ id: number; stamp: string }>(
    "select id, stamp from object_type order by id",
  );
  for (const { id, stamp } of rows) {
    const type = await types.get(transaction, id, stamp);
    await makeRows(transaction, type, { fields: [], words: true, withReferences: false });
  }
  const found = await transaction.get<{ count: number }>("select count(*) as count from object");
  return found?.count ?? 0;
}

/** Which rows a field asks for, and what stands in them. */
function needs(field: Field | undefined): string {
  if (field === undefined) return "";
  const references = field.kind.references === undefined ? "" : "references";
  const index = field.isIndexed ? `index ${JSON.stringify(indexedDefault(field))}` : "";
  return `${references} ${index}`.trim();
}

async function makeRows(
  transaction: Transaction,
  type: ObjectType,
  what: { fields: readonly Field[]; words: boolean; withReferences?: boolean },
): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = await transaction.all<{ id: number; name: string; data: string }>(
      "select id, name, data from object where type_id = ? and id > ? order by id limit ?",
      [type.id, last, batchSize],
    );
    const batch = new DerivedBatch(transaction);
    for (const { id, name, data } of rows) {
      last = id;
      const object = { id, name, data: JSON.parse(data) as JsonObject };
      const { fields, words, withReferences = true } = what;
      batch.rederive(type, object, { fields, words, withReferences });
    }
    await batch.write();
    if (rows.length < batchSize) return;
  }
}

async function deleteFieldRows(
  transaction: Transaction,
  type: ObjectType,
  fieldId: string,
): Promise<void> {
  for (const table of ["object_text_index", "object_number_index"]) {
    await transaction.run(`delete from ${table} where type_id = ? and field_id = ?`, [
      type.id,
      fieldId,
    ]);
  }
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
  let twice: { value: SqlValue } | undefined;
  for (const table of ["object_text_index", "object_number_index"]) {
    twice ??= await transaction.get<{ value: SqlValue }>(
      `select value from ${table} where type_id = ? and field_id = ?
        group by value having count(*) > 1 limit 1`,
      [type.id, field.id],
    );
  }
  if (twice === undefined) return;
  const got = JSON.stringify(twice.value);
  throw new TsunagiError(
    "VALUE_INVALID",
    `field '${field.name}' of ${type.name} cannot be unique: several objects have ${got}`,
    {
      details: { field: field.name, expected: "no value twice", got: twice.value },
      hint: "change the values that stand twice first",
    },
  );
}
