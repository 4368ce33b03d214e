/**
 * Another definition of a type that has objects: values that may not fit it any more are looked at first, those of fields
 * that get another kind are written anew, and what becomes secret leaves the history. All of it or nothing.
 */
import { checkStoredValues, type CheckServices } from "./option-change.ts";
import { password } from "./fields/password.ts";
import type { JsonObject } from "./json.ts";
import { convertValues, kindChanges } from "./kind-change.ts";
import { ObjectType } from "./object-type.ts";
import type { TreeObject } from "./stored-object.ts";
import { asDefinition } from "./type-definition.ts";
import { definitionFieldId } from "./type-table.ts";

/** Fields whose former values were readable, and are not to be any more. */
export interface FormerTexts {
  typeId: number;
  fieldIds: ReadonlySet<string>;
}

export async function changeType(
  services: CheckServices,
  object: TreeObject,
  typeOfTypes: ObjectType,
  after: JsonObject,
): Promise<{ updated: TreeObject; formerTexts: FormerTexts }> {
  const { transaction, objects, writer, read, parse, isReadable } = services;
  const version = (data: JsonObject): ObjectType =>
    new ObjectType(object.id, object.name, asDefinition(data[definitionFieldId]));
  const [before, now] = [version(object.content.data), version(after)];
  const changes = kindChanges(before, now);
  const converted = new Set(changes.map(({ to }) => to.id));
  await checkStoredValues(before, now, services, ({ id }) => !converted.has(id));
  const updated = await writer.update(object, typeOfTypes, after);
  if (changes.length > 0) {
    await convertValues(changes, {
      transaction,
      type: now,
      objects,
      writer,
      show: read,
      parse,
      isReadable,
    });
    await checkStoredValues(before, now, services, ({ id }) => converted.has(id));
  }
  const becameSecret = changes.filter(
    ({ from, to }) => to.kind === password && from.kind !== password,
  );
  const fieldIds = new Set(becameSecret.map(({ from }) => from.id));
  return { updated, formerTexts: { typeId: object.id, fieldIds } };
}
