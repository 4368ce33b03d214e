/**
 * What stored values say to another version of their type. Options that only say how a field is shown, found or
 * permitted never break a value; limits, choices, allowed types, `required` and `unique` may, and so may a field that
 * comes back with the values that it had. Where one does not fit, nothing is changed, and who asked gets the list.
 */
import type { Transaction } from "#database";
import { showValue } from "./document.ts";
import type { FieldOptions, ParseContext, ReadContext } from "./field-kind.ts";
import { ValueFault, ValueFaults, type FieldInput } from "./field-value.ts";
import { password } from "./fields/password.ts";
import { indexValue } from "./index-value.ts";
import { isSame, type Json, type JsonObject } from "./json.ts";
import type { ObjectTable } from "./object-table.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";
import type { ObjectWriter } from "./object-writer.ts";
import type { TreeObject } from "./stored-object.ts";
import { objectsOfType } from "./type-objects.ts";
import { StoredValueFaults } from "./value-faults.ts";

/** Options that say nothing about which values are right. */
const harmless: ReadonlySet<string> = new Set([
  "label",
  "help",
  "section",
  "placeholder",
  "required",
  "unique",
  "indexed",
  "searched",
  "right",
  "read_right",
  "default",
  "on_delete",
  "language",
  "secret",
]);

/** What is to be looked at in every object of the type. */
interface FieldCheck {
  field: Field;
  /** Whether values may not fit the options any more. */
  values: boolean;
  isNowRequired: boolean;
  isNowUnique: boolean;
  /** Whether what hidden values refer to may be gone. */
  isBack: boolean;
}

export interface CheckServices {
  transaction: Transaction;
  objects: ObjectTable;
  writer: ObjectWriter;
  read: ReadContext;
  /** Of the house itself: what is referred to already need not be readable to who changes the type. */
  parse: ParseContext;
  /** Whether who asked may see the field of the object: others are counted, not listed. */
  isReadable: (object: TreeObject, field: Field) => Promise<boolean>;
}

/** Throws VALUE_INVALID with the values that do not fit the later version, of those fields that are `meant`. */
export async function checkStoredValues(
  before: ObjectType,
  after: ObjectType,
  services: CheckServices,
  isMeant: (field: Field) => boolean,
): Promise<void> {
  const checks = after.fields.filter(isMeant).flatMap((field) => checkOf(before, field));
  if (checks.length === 0) return;
  const { transaction, objects, writer, isReadable } = services;
  const faults = new StoredValueFaults(
    `the type ${after.name} cannot be changed like this`,
    "change these values first",
  );
  const holders = new Map<string, TreeObject | null>();
  for await (const object of objectsOfType(transaction, objects, after.id)) {
    const data: JsonObject = { ...object.content.data };
    for (const check of checks) {
      const expected = await faultOf(check, data, services);
      const { field } = check;
      const report = async (one: TreeObject, what: string): Promise<void> => {
        const stored = valueOf(field, data);
        faults.add((await isReadable(one, field)) ? one.path : null, field, stored, what);
      };
      if (expected !== undefined) await report(object, expected);
      const stored = data[field.id] ?? null;
      if (!check.isNowUnique || stored === null) continue;
      const key = JSON.stringify([field.id, indexValue(field, stored)]);
      const other = holders.get(key);
      const what = `a value that no other ${after.name} has`;
      // The first is listed with the second.
      if (other !== undefined && other !== null) await report(other, what);
      if (other !== undefined) await report(object, what);
      holders.set(key, other === undefined ? object : null);
    }
    if (!isSame(data, object.content.data) && faults.count === 0) {
      await writer.update(object, object.content.type, data);
    }
  }
  faults.assertNone();
}

function checkOf(before: ObjectType, field: Field): FieldCheck[] {
  const was = before.fieldById(field.id);
  const isBack = was !== undefined && !before.fields.includes(was);
  const isNew = was === undefined;
  const values = !isNew && (isBack || !isSame(limits(was.options), limits(field.options)));
  const isNowRequired = field.isRequired && (isNew || isBack || !was.isRequired);
  const isNowUnique = field.isUnique && (isNew || isBack || !was.isUnique);
  if (!values && !isNowRequired && !isNowUnique) return [];
  return [{ field, values, isNowRequired, isNowUnique, isBack }];
}

function limits(options: FieldOptions): JsonObject {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => !harmless.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What was expected instead of a value; takes references to what is gone out of the data. */
async function faultOf(
  { field, values, isNowRequired, isBack }: FieldCheck,
  data: JsonObject,
  { read, parse }: CheckServices,
): Promise<string | undefined> {
  if (isBack) await forgetGone(field, data, read);
  const stored = data[field.id] ?? null;
  if (values && stored !== null) {
    try {
      const input = await inputOf(field, stored, read);
      await field.kind.parse(input, field.options, { ...parse, previous: stored });
    } catch (error) {
      if (error instanceof ValueFault) return error.expected;
      if (error instanceof ValueFaults) return error.faults[0]?.expected ?? "another value";
      throw error;
    }
  }
  const value = valueOf(field, data);
  return isNowRequired && (value === null || value === "")
    ? "a value, as it is required"
    : undefined;
}

/** Hidden values hold no reference fast; what they referred to may have been deleted meanwhile. */
async function forgetGone(field: Field, data: JsonObject, read: ReadContext): Promise<void> {
  let stored = data[field.id] ?? null;
  if (stored === null) return;
  for (const id of field.kind.references?.(stored) ?? []) {
    if ((await read.pathOf(id)) !== null || stored === null) continue;
    stored = field.kind.withoutReference?.(stored, id) ?? null;
  }
  data[field.id] = stored;
}

/** The value as it would be given again. */
async function inputOf(field: Field, stored: Json, read: ReadContext): Promise<FieldInput> {
  // The mask of a password would not be looked at.
  const isRead = field.kind.references !== undefined || field.kind === password;
  if (isRead && field.kind.read !== undefined) return field.kind.read(stored, read);
  return showValue(field, stored, read);
}
