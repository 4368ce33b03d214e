/**
 * A deep copy. References inside of what is copied point into the copy, others stay as they are. Grants are not
 * copied: what is new inherits from where it stands, and belongs to who copied it. A password is copied, sealed, only
 * for who may manage the object: he could read it, too. So is a field that not everybody may see.
 */
import { joinPath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { permitted } from "./acl.ts";
import type { Actor } from "./actor.ts";
import { changedObjectsMax, tooManyBelow } from "./change-size.ts";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import { maySee } from "./object-type.ts";
import { password } from "./fields/password.ts";
import { inIdBatches } from "./id-batches.ts";
import { isSame, type Json, type JsonObject } from "./json.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { assertNoType } from "./placement.ts";
import { hasRight } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

export interface CopyOptions {
  /** Leaves values out that no two objects may have; else such a copy is refused. */
  clearUnique?: boolean;
}

interface Services {
  transaction: Transaction;
  actor: Actor;
  reader: ObjectReader;
  writer: ObjectWriter;
}

export async function copyTree(
  services: Services,
  source: TreeObject,
  parent: TreeObject,
  path: string,
  options: CopyOptions,
): Promise<TreeObject> {
  const { actor, writer } = services;
  const sources = await collect(services, source);
  const type = sources.find((object) => object.type === "Type" && object.id !== source.id);
  if (type !== undefined) assertNoType(type.content.type, joinPath(path, type.name));
  const faults: FieldFault[] = [];
  const values = new Map<number, JsonObject>();
  for (const object of sources) {
    values.set(object.id, await valuesFor(services, object, options, faults));
  }
  if (faults.length > 0) throw notUnique(faults);
  const copies = new Map<number, TreeObject>();
  for (const object of sources) {
    const isTop = object.id === source.id;
    const into = isTop ? parent : copies.get(object.content.parentId ?? 0);
    if (into === undefined) continue;
    const at = isTop ? path : joinPath(into.path, object.name);
    const data = values.get(object.id) ?? {};
    const { type } = object.content;
    const copy = await writer.create(into, at, type, data, actor.principal.userId);
    copies.set(object.id, copy);
  }
  // What is referred to inside may come later than what refers to it.
  for (const copy of copies.values()) {
    const { type, data } = copy.content;
    await writer.update(copy, type, pointingInside(copy, data, copies));
  }
  const made = copies.get(source.id);
  if (made === undefined) throw new TsunagiError("INTERNAL", `${source.path} was not copied`);
  return made;
}

/** The object and all below it that the actor may read, directories first. */
async function collect(
  { transaction, actor, reader }: Services,
  source: TreeObject,
): Promise<TreeObject[]> {
  const all = [source];
  const paths = new Map([[source.id, source.path]]);
  const { condition, parameters } = permitted(actor.principal, "read");
  let level = [source.id];
  while (level.length > 0) {
    const rows = await inIdBatches<{ id: number; parent_id: number; name: string }>(
      level,
      (marks, batch) =>
        transaction.all(
          `select o.id, o.parent_id, o.name from object o
            where o.parent_id in (${marks}) and ${condition} order by o.parent_id, o.name`,
          [...batch, ...parameters],
        ),
    );
    const found = new Map<number, string>();
    for (const { id, parent_id: parentId, name } of rows) {
      const path = joinPath(paths.get(parentId) ?? "", name);
      found.set(id, path);
      paths.set(id, path);
    }
    const objects = await reader.objects.byIds(transaction, found);
    for (const id of found.keys()) {
      const object = objects.get(id);
      if (object !== undefined) all.push(object);
    }
    if (all.length > changedObjectsMax)
      throw tooManyBelow(source.path, "copy the directories in it one by one");
    level = [...found.keys()];
  }
  return all;
}

async function valuesFor(
  { transaction, actor, reader }: Services,
  object: TreeObject,
  { clearUnique }: CopyOptions,
  faults: FieldFault[],
): Promise<JsonObject> {
  const { type, data } = object.content;
  const kept = new Map(Object.entries(data));
  const rights = await reader.rights(transaction, actor, object);
  for (const field of type.retired) if (!maySee(field, rights)) kept.delete(field.id);
  for (const field of type.fields) {
    const stored = data[field.id];
    if (stored === undefined || stored === null) continue;
    const isSecret = field.kind === password;
    if ((isSecret && !hasRight(rights, "manage")) || !maySee(field, rights)) {
      kept.delete(field.id);
    }
    if (!field.isUnique) continue;
    kept.delete(field.id);
    if (clearUnique === true && !field.isRequired) continue;
    faults.push({
      path: object.path,
      field: field.name,
      expected: `a value that no other ${type.name} has`,
      got: "that of the object that is copied",
    });
  }
  return Object.fromEntries(kept);
}

function pointingInside(
  copy: TreeObject,
  data: JsonObject,
  copies: ReadonlyMap<number, TreeObject>,
): JsonObject {
  const inside = { ...data };
  for (const field of copy.content.type.fields) {
    const stored = data[field.id] ?? null;
    if (stored === null || field.kind.references === undefined) continue;
    const mapped = mapIds(stored, (id) => copies.get(id)?.id ?? id);
    if (!isSame(mapped, stored)) inside[field.id] = mapped;
  }
  return inside;
}

/** References are kept as an id, or as a list of them. */
function mapIds(stored: Json, map: (id: number) => number): Json {
  if (typeof stored === "number") return map(stored);
  return Array.isArray(stored) ? stored.map((one) => mapIds(one, map)) : stored;
}

function notUnique(faults: readonly FieldFault[]): TsunagiError {
  const { message, details } = valueInvalid(faults);
  return new TsunagiError("VALUE_INVALID", message, {
    details,
    hint: "have such values left out of the copy",
  });
}
