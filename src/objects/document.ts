import type { Transaction } from "#database";
import type { ReadContext, ShowContext } from "./field-kind.ts";
import { userName } from "./field-context.ts";
import type { FieldValue } from "./field-value.ts";
import type { Json } from "./json.ts";
import { valueOf, type Field } from "./object-type.ts";
import type { StoredObject } from "./stored-object.ts";

/** An object as the API gives it: secrets as `********`, references as paths. */
export interface ObjectDocument {
  id: number | null;
  path: string;
  name: string;
  type: string;
  owner: string | null;
  fields: Record<string, Json>;
  revision: number;
  createdAt: string;
  updatedAt: string;
}

export async function toDocument(
  transaction: Transaction,
  object: StoredObject,
  context: ShowContext,
): Promise<ObjectDocument> {
  const { id, path, name, type, revision, content } = object;
  const isVirtual = content.kind === "virtual";
  return {
    id,
    path,
    name,
    type,
    owner: isVirtual ? content.owner : await userName(transaction, object.ownerId),
    fields: isVirtual ? content.fields : await showFields(object, context),
    revision,
    createdAt: new Date(object.createdAt).toISOString(),
    updatedAt: new Date(object.updatedAt).toISOString(),
  };
}

/** What the API shows of a stored value. */
export async function showValue(field: Field, stored: Json, context: ShowContext): Promise<Json> {
  if (stored === null || field.kind.show === undefined) return stored;
  return field.kind.show(stored, context);
}

/** What a program reads of a stored value. */
export async function readValue(
  field: Field,
  stored: Json,
  context: ReadContext,
): Promise<FieldValue> {
  const kind = field.kind.name;
  if (stored === null || field.kind.read === undefined) return { kind, value: stored };
  return { kind, value: await field.kind.read(stored, context) };
}

async function showFields(
  { content }: StoredObject,
  context: ShowContext,
): Promise<Record<string, Json>> {
  if (content.kind === "virtual") return content.fields;
  const shown: [string, Json][] = [];
  for (const field of content.type.fields) {
    shown.push([field.name, await showValue(field, valueOf(field, content.data), context)]);
  }
  return Object.fromEntries(shown);
}
