/**
 * A field that gets another kind. Its values are kept under the id of the field (type-definition.ts, I1), and the field of the
 * other kind has an id of its own, so that no value is ever read as what it is not: changing the kind means to write every
 * value again, as a change of its object like any other. Where one does not fit the new kind, nothing is changed, and who
 * asked gets the list.
 */
import type { Transaction } from "#database";
import type { ParseContext, ShowContext } from "./field-kind.ts";
import { ValueFault, type FieldInput } from "./field-value.ts";
import { showValue } from "./document.ts";
import { password } from "./fields/password.ts";
import type { Json } from "./json.ts";
import type { ObjectTable } from "./object-table.ts";
import type { Field, ObjectType } from "./object-type.ts";
import type { ObjectWriter } from "./object-writer.ts";
import type { TreeObject } from "./stored-object.ts";
import { objectsOfType } from "./type-objects.ts";
import { StoredValueFaults } from "./value-faults.ts";

export interface KindChange {
  from: Field;
  to: Field;
}

/** The fields that have another kind in the later version of a type, but the same name or place. */
export function kindChanges(before: ObjectType, after: ObjectType): KindChange[] {
  const kept = new Set(after.fields.map((field) => field.id));
  const known = new Set([...before.fields, ...before.retired].map((field) => field.id));
  return after.fields
    .filter((to) => !known.has(to.id))
    .flatMap((to) => {
      const from = before.fields.find((field) => field.name === to.name && !kept.has(field.id));
      return from === undefined ? [] : [{ from, to }];
    });
}

/** Writes the values of all objects of the type anew, or throws VALUE_INVALID with those that do not fit. */
export async function convertValues(
  changes: readonly KindChange[],
  services: {
    transaction: Transaction;
    type: ObjectType;
    objects: ObjectTable;
    writer: ObjectWriter;
    show: ShowContext;
    parse: ParseContext;
    /** Whether who asked may see the field of the object: others are counted, not listed. */
    isReadable: (object: TreeObject, field: Field) => Promise<boolean>;
  },
): Promise<void> {
  const { transaction, type, objects, writer, show, parse, isReadable } = services;
  const faults = new StoredValueFaults(
    `a field of ${type.name} cannot change its kind`,
    "change these values first, or retire the field and add another of the new kind",
  );
  for await (const object of objectsOfType(transaction, objects, type.id)) {
    const data = { ...object.content.data };
    for (const { from, to } of changes) {
      const stored = data[from.id] ?? null;
      delete data[from.id];
      if (stored === null) continue;
      const converted = await convert({ from, to }, stored, show, parse);
      if (!(converted instanceof ValueFault)) data[to.id] = converted;
      else {
        const path = (await isReadable(object, from)) ? object.path : null;
        faults.add(path, from, stored, converted.expected);
      }
    }
    if (faults.count === 0) await writer.update(object, type, data);
  }
  faults.assertNone();
}

async function convert(
  { from, to }: KindChange,
  stored: Json,
  show: ShowContext,
  parse: ParseContext,
): Promise<Json | ValueFault> {
  if (from.kind === password) {
    return new ValueFault(`no other kind than password: what is secret stays so`);
  }
  const shown = await showValue(from, stored, show);
  let first: ValueFault | undefined;
  for (const candidate of spellings(shown)) {
    try {
      return await to.kind.parse(candidate, to.options, parse);
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      first ??= error;
    }
  }
  return first ?? new ValueFault(`a value of kind ${to.kind.name}`);
}

/** The ways in which a person would write the same value for another kind, the nearest first. */
function spellings(shown: Json): FieldInput[] {
  if (typeof shown === "string") {
    const text = shown.trim();
    const found: FieldInput[] = [shown];
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) found.push(Number(text));
    if (text === "true" || text === "false") found.push(text === "true");
    // The day of a time.
    if (/^\d{4}-\d\d-\d\dT/.test(text)) found.push(text.slice(0, 10));
    return [...found, text, [shown]];
  }
  if (Array.isArray(shown)) {
    return shown.length === 1 ? [shown, shown[0] ?? null] : [shown];
  }
  if (typeof shown === "number" || typeof shown === "boolean") return [shown, String(shown)];
  return [shown];
}
