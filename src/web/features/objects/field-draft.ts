import type { Json, ObjectDocument } from "#contract";
import type { FieldDefinition } from "./api.ts";

/**
 * What is typed into an edit form, as text: the value itself for kinds that are text, JSON for all others.
 * A form keeps the text, so a half-typed number is never lost; only saving makes values of it.
 */

export type Drafts = Record<string, string>;

const jsonKinds = new Set([
  "integer",
  "decimal",
  "boolean",
  "choices",
  "objects",
  "list",
  "dictionary",
  "json",
  "file",
]);

/** Fields of the type in its order, then those that the object has beyond it. */
export function fieldsOf(
  object: ObjectDocument,
  definitions: readonly FieldDefinition[],
): FieldDefinition[] {
  const known = new Set(definitions.map(({ name }) => name));
  const others = Object.keys(object.fields).filter((name) => !known.has(name));
  return [
    ...definitions,
    ...others.map((name) => {
      const value = object.fields[name] ?? null;
      return {
        name,
        kind: typeof value === "string" || value === null ? "text" : "json",
        label: name,
      };
    }),
  ];
}

/** The text for a value; what a secret field shows is no value and is left out. */
export function draftOf(field: FieldDefinition, value: Json | undefined): string {
  if (value === undefined || value === null || field.kind === "password") return "";
  if (typeof value === "string" && !jsonKinds.has(field.kind)) return value;
  return JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
}

/** The value of a text; undefined if it is no JSON where it has to be. Nothing typed is no value. */
export function valueOf(field: FieldDefinition, draft: string): Json | undefined {
  if (draft === "") return null;
  if (!jsonKinds.has(field.kind)) return draft;
  try {
    return JSON.parse(draft) as Json;
  } catch {
    return undefined;
  }
}

/** The fields whose text is another than the object's own. */
export function changedFields(
  object: ObjectDocument,
  fields: readonly FieldDefinition[],
  drafts: Drafts,
): FieldDefinition[] {
  return fields.filter((field) => drafts[field.name] !== draftOf(field, object.fields[field.name]));
}

/** Of the fields that I changed from `base`, those that `theirs` has otherwise than `base`, too. */
export function conflictsOf(
  base: ObjectDocument,
  theirs: ObjectDocument,
  fields: readonly FieldDefinition[],
  drafts: Drafts,
): FieldDefinition[] {
  return changedFields(base, fields, drafts).filter((field) => {
    const theirDraft = draftOf(field, theirs.fields[field.name]);
    return (
      theirDraft !== draftOf(field, base.fields[field.name]) && theirDraft !== drafts[field.name]
    );
  });
}

/** The texts after a change by others: theirs where I changed nothing, mine where I did. */
export function mergedDrafts(
  base: ObjectDocument,
  theirs: ObjectDocument,
  fields: readonly FieldDefinition[],
  drafts: Drafts,
): Drafts {
  const mine = new Set(changedFields(base, fields, drafts).map(({ name }) => name));
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      mine.has(field.name) ? (drafts[field.name] ?? "") : draftOf(field, theirs.fields[field.name]),
    ]),
  );
}
