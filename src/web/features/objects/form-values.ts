import type { Json, ObjectDocument } from "#contract";
import { isSame } from "../../diff/value-diff.ts";
import type { FieldDefinition } from "../../fields/definition.ts";
import { isSecret, kindOf, settled } from "../../fields/field-kinds.ts";
import { secretMask } from "../../fields/kinds/secret-kind.tsx";

/** What stands in a form, by field name; what others change meanwhile is merged into it, or asked about. */
export type FormValues = Readonly<Record<string, Json>>;

type Fields = readonly FieldDefinition[];

export function valuesOf(object: Pick<ObjectDocument, "fields">, fields: Fields): FormValues {
  return Object.fromEntries(fields.map(({ name }) => [name, object.fields[name] ?? null]));
}

/** The fields that hold another value than the object does. */
export function changedFields(
  object: Pick<ObjectDocument, "fields">,
  fields: Fields,
  values: FormValues,
): FieldDefinition[] {
  return fields.filter((field) => {
    const before = object.fields[field.name] ?? null;
    const now = values[field.name] ?? null;
    if (isSecret(field))
      return now !== secretMask && now !== "" && !(now === null && before === null);
    return !isSame(settled(field, now), before);
  });
}

/** What is sent: changed fields, as the API takes them. */
export function changesOf(
  object: Pick<ObjectDocument, "fields">,
  fields: Fields,
  values: FormValues,
): Record<string, Json> {
  return Object.fromEntries(
    changedFields(object, fields, values).map((field) => [
      field.name,
      settled(field, values[field.name] ?? null),
    ]),
  );
}

/** What is wrong, as far as that is known before the server is asked; by field. */
export function faultsOf(
  fields: Fields,
  values: FormValues,
  texts: { required: string },
): Map<string, string> {
  const faults = new Map<string, string>();
  for (const field of fields) {
    const value = settled(field, values[field.name] ?? null);
    const hasDefault = field.options.default !== undefined && field.options.default !== null;
    if (field.isRequired && !hasDefault && (value === null || value === ""))
      faults.set(field.name, texts.required);
    const fault = value === null ? undefined : kindOf(field).fault?.(value, field);
    if (fault !== undefined) faults.set(field.name, fault);
  }
  return faults;
}

/** Of the fields that I changed from `base`, those that `theirs` has otherwise than both, too. */
export function conflictsOf(
  base: ObjectDocument,
  theirs: ObjectDocument,
  fields: Fields,
  values: FormValues,
): FieldDefinition[] {
  return changedFields(base, fields, values).filter((field) => {
    const their = theirs.fields[field.name] ?? null;
    const before = base.fields[field.name] ?? null;
    // What a secret holds is not told, so that a change of it is not seen either.
    if (isSecret(field)) return false;
    return !isSame(their, before) && !isSame(their, settled(field, values[field.name] ?? null));
  });
}

/** The form after a change by others: theirs where I changed nothing, mine where I did. */
export function mergedValues(
  base: ObjectDocument,
  theirs: ObjectDocument,
  fields: Fields,
  values: FormValues,
): FormValues {
  const mine = new Set(changedFields(base, fields, values).map(({ name }) => name));
  return Object.fromEntries(
    fields.map(({ name }) => [name, (mine.has(name) ? values[name] : theirs.fields[name]) ?? null]),
  );
}

/** What is kept of a form in this browser: what was changed, without secrets. */
export function draftOf(
  object: Pick<ObjectDocument, "fields">,
  fields: Fields,
  values: FormValues,
): Record<string, Json> {
  return Object.fromEntries(
    changedFields(object, fields, values)
      .filter((field) => !isSecret(field))
      .map(({ name }) => [name, values[name] ?? null]),
  );
}
