/**
 * Rows that follow from objects' values and hold nothing of their own: references (who refers to whom), index rows
 * (of fields that are unique or indexed), and words (of the name, and of fields that are searched). They are
 * written with the values, and made anew for a whole type when its definition begins or ceases to ask for them.
 *
 * I1  An index row holds the value that counts: a default stands in it for whoever has no value of his own. Of
 *     unique fields only what is stored is there, as a default may be shared.
 */
import { createHash } from "node:crypto";
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import type { Json, JsonObject } from "./json.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";
import { wordsOf, wordTable } from "./search/text-words.ts";

/** What rows are derived from. */
export interface Derivable {
  id: number;
  name: string;
  data: JsonObject;
}

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
    const value = indexValue(field, stored);
    const other = await transaction.get(
      `select 1 from ${indexTable(value)}
        where type_id = ? and field_id = ? and value = ? and object_id <> ? limit 1`,
      [type.id, field.id, value, object.id ?? 0],
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

/** Writes the rows of a new object. */
export async function insertDerivedRows(
  transaction: Transaction,
  type: ObjectType,
  object: Derivable,
  options: { areTargetsThere?: boolean } = {},
): Promise<void> {
  const references: Reference[] = [];
  for (const field of type.derived) {
    const stored = object.data[field.id] ?? null;
    if (stored !== null && field.kind.references !== undefined) {
      for (const [position, targetId] of field.kind.references(stored).entries()) {
        references.push({ fieldId: field.id, position, targetId });
      }
    }
    if (field.isIndexed) await insertIndexRow(transaction, type, field, object);
  }
  await insertReferenceRows(transaction, object.id, references, options);
  await transaction.dialect.words.add(transaction, wordTable, object.id, wordsIn(type, object));
}

/** Writes the rows of what differs between an object before and after. */
export async function updateDerivedRows(
  transaction: Transaction,
  type: ObjectType,
  before: Derivable,
  after: Derivable,
): Promise<void> {
  let wordsDiffer = before.name !== after.name;
  for (const field of type.derived) {
    const stored = after.data[field.id];
    if (isSame(before.data[field.id], stored)) continue;
    if (field.kind.references !== undefined) {
      await deleteReferences(transaction, after.id, field.id);
      await insertReferences(transaction, field, after.id, stored ?? null);
    }
    if (field.isIndexed) {
      await deleteIndexRow(transaction, type, field, before);
      await insertIndexRow(transaction, type, field, after);
    }
    wordsDiffer ||= field.isSearched;
  }
  if (!wordsDiffer) return;
  const { words } = transaction.dialect;
  await words.remove(transaction, wordTable, after.id);
  await words.add(transaction, wordTable, after.id, wordsIn(type, after));
}

export async function deleteDerivedRows(
  transaction: Transaction,
  type: ObjectType,
  object: Derivable,
): Promise<void> {
  await transaction.run("delete from object_reference where source_id = ?", [object.id]);
  for (const field of type.derived) {
    if (field.isIndexed) await deleteIndexRow(transaction, type, field, object);
  }
  await transaction.dialect.words.remove(transaction, wordTable, object.id);
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
    for (const { id, name, data } of rows) {
      last = id;
      const object = { id, name, data: JSON.parse(data) as JsonObject };
      for (const field of what.fields) {
        if (field.kind.references !== undefined && what.withReferences !== false) {
          await insertReferences(transaction, field, id, object.data[field.id] ?? null);
        }
        if (field.isIndexed) await insertIndexRow(transaction, type, field, object);
      }
      if (!what.words) continue;
      const { words } = transaction.dialect;
      await words.remove(transaction, wordTable, id);
      await words.add(transaction, wordTable, id, wordsIn(type, object));
    }
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
  const targets = field.kind.references?.(stored) ?? [];
  const rows = targets.map((targetId, position) => ({ fieldId: field.id, position, targetId }));
  await insertReferenceRows(transaction, objectId, rows);
}

interface Reference {
  fieldId: string;
  position: number;
  targetId: number;
}

/**
 * Whoever is referred to has to be there, as no reference ever dangles; else its row is left out.
 *
 * Rows are inserted one by one: SQLite could take back half of a longer statement only with a savepoint, and with each
 * savepoint the index of words writes all that it holds back to write together.
 */
async function insertReferenceRows(
  transaction: Transaction,
  objectId: number,
  rows: readonly Reference[],
  { areTargetsThere = false }: { areTargetsThere?: boolean } = {},
): Promise<void> {
  for (const { fieldId, position, targetId } of rows) {
    const isThere =
      areTargetsThere ||
      (await transaction.get("select 1 from object where id = ?", [targetId])) !== undefined;
    if (!isThere) continue;
    await transaction.run(
      `insert into object_reference (source_id, field_id, position, target_id)
        values (?, ?, ?, ?)`,
      [objectId, fieldId, position, targetId],
    );
  }
}

async function insertIndexRow(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
  object: Derivable,
): Promise<void> {
  const value = valueInIndex(field, object.data);
  if (value === null) return;
  await transaction.run(
    `insert into ${indexTable(value)} (type_id, field_id, value, object_id) values (?, ?, ?, ?)`,
    [type.id, field.id, value, object.id],
  );
}

async function deleteIndexRow(
  transaction: Transaction,
  type: ObjectType,
  field: Field,
  object: Derivable,
): Promise<void> {
  const value = valueInIndex(field, object.data);
  if (value === null) return;
  await transaction.run(
    `delete from ${indexTable(value)}
      where type_id = ? and field_id = ? and value = ? and object_id = ?`,
    [type.id, field.id, value, object.id],
  );
}

/** What stands in a field's index row for these values (I1); null if there is none. */
function valueInIndex(field: Field, data: JsonObject): string | number | null {
  const stored = data[field.id];
  const value = stored === undefined ? indexedDefault(field) : stored;
  return value === null ? null : indexValue(field, value);
}

/** The default as far as it is indexed (I1). */
export function indexedDefault(field: Field): Json {
  return field.isUnique ? null : field.default;
}

/** Longer texts are kept in the index by their beginning and what makes them unlike others: databases limit index rows. */
const indexedTextMax = 400;

/** What the index keeps of a value. */
export function indexValue(field: Field, stored: Json): string | number {
  const value = field.kind.index?.(stored) ?? JSON.stringify(stored);
  if (typeof value === "number" || value.length <= indexedTextMax) return value;
  const rest = createHash("sha256").update(value).digest("base64url");
  return `${value.slice(0, indexedTextMax).toWellFormed()}${rest}`;
}

/** In which table a value is indexed. */
export function indexTable(value: string | number): string {
  return typeof value === "number" ? "object_number_index" : "object_text_index";
}

/** Whether two stored values are the same; they are plain JSON made by one parser, so their text tells. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The words by which an object is found. */
function wordsIn(type: ObjectType, { name, data }: Derivable): string[] {
  const texts = [name];
  for (const field of type.derived) {
    if (!field.isSearched) continue;
    const value = valueOf(field, data);
    if (typeof value === "string") texts.push(value);
  }
  return wordsOf(texts);
}
