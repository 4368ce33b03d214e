/**
 * What a delete takes with it, worked out before anything is touched: everything below the object, and what
 * refers to it through a field that says `cascade`. A reference from outside through a field that says
 * `protect` forbids the whole; through one that says `clear`, it is to be cleared.
 */
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import { changedObjectsMax, tooManyBelow } from "./change-size.ts";
import { writeHeld } from "./derived-batch.ts";
import { maySee, type Field } from "./object-type.ts";
import type { ObjectReader } from "./object-reader.ts";
import { hasRight } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

export interface Deletion {
  /** Children before their directories. */
  objects: TreeObject[];
  /** Objects that stay, with a field that refers to what goes. */
  clearings: { object: TreeObject; field: Field; targetId: number }[];
}

/** Referrers that an error names. */
const namedMax = 5;
/** What a program is told of them; the rest is counted. */
const detailedMax = 100;
/** Objects of a type that are looked through for some that may be named. */
const instancesMax = 100;

export async function planDeletion(
  transaction: Transaction,
  reader: ObjectReader,
  actor: Actor,
  object: TreeObject,
  { recursive }: { recursive: boolean },
): Promise<Deletion> {
  const going = new Map<number, TreeObject>();
  const referrers: { object: TreeObject; field: Field; targetId: number }[] = [];
  const queue = [object];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (going.has(next.id)) continue;
    await reader.assertRight(transaction, actor, next, "delete");
    going.set(next.id, next);
    if (going.size > changedObjectsMax)
      throw tooManyBelow(object.path, "delete the directories in it one by one");
    const children = await childrenOf(transaction, reader, next);
    if (children.length > 0 && !recursive) throw notEmpty(next);
    queue.push(...children);
    for (const referrer of await referrersOf(transaction, reader, next.id)) {
      if (referrer.field.onDelete === "cascade") queue.push(referrer.object);
      else referrers.push(referrer);
    }
  }
  for (const type of going.values()) {
    await assertNoInstances({ transaction, reader, actor }, type, going);
  }
  const staying = referrers.filter((referrer) => !going.has(referrer.object.id));
  const protecting = staying.filter(({ field }) => field.onDelete === "protect");
  if (protecting.length > 0)
    throw await isProtected(transaction, reader, actor, object, protecting);
  const clearings = staying.filter(({ field }) => field.onDelete === "clear");
  return { objects: [...going.values()].reverse(), clearings };
}

async function childrenOf(
  transaction: Transaction,
  reader: ObjectReader,
  parent: TreeObject,
): Promise<TreeObject[]> {
  return reader.objects.select(
    transaction,
    {
      condition: "o.parent_id = ?",
      parameters: [parent.id],
      order: "o.name",
      limit: changedObjectsMax + 1,
    },
    parent.path,
  );
}

/** Who refers to an object, through which field. */
export async function referrersOf(
  transaction: Transaction,
  reader: ObjectReader,
  targetId: number,
): Promise<{ object: TreeObject; field: Field; targetId: number }[]> {
  await writeHeld(transaction);
  const rows = await transaction.all<{ source_id: number; field_id: string }>(
    `select distinct source_id, field_id from object_reference
      where target_id = ? order by source_id, field_id`,
    [targetId],
  );
  const referring = await reader.objects.inOrder(
    transaction,
    rows.map((row) => row.source_id),
  );
  const objects = new Map(referring.map((object) => [object.id, object]));
  const found: { object: TreeObject; field: Field; targetId: number }[] = [];
  for (const row of rows) {
    const object = objects.get(row.source_id);
    const field = object?.content.type.fieldById(row.field_id);
    if (object !== undefined && field !== undefined) found.push({ object, field, targetId });
  }
  return found;
}

async function assertNoInstances(
  { transaction, reader, actor }: { transaction: Transaction; reader: ObjectReader; actor: Actor },
  type: TreeObject,
  going: ReadonlyMap<number, TreeObject>,
): Promise<void> {
  if (type.type !== "Type") return;
  const rows = await transaction.all<{ id: number }>("select id from object where type_id = ?", [
    type.id,
  ]);
  const staying = rows.filter(({ id }) => !going.has(id));
  if (staying.length === 0) return;
  const named: string[] = [];
  for (const { id } of staying.slice(0, instancesMax)) {
    const object = await reader.objects.byId(transaction, id);
    if (object === undefined || named.length >= namedMax) break;
    if (hasRight(await reader.rights(transaction, actor, object), "read")) named.push(object.path);
  }
  const count = staying.length;
  const rest = count - named.length;
  const which = [...named, ...(rest > 0 && named.length > 0 ? [`${rest} more`] : [])].join(", ");
  throw new TsunagiError(
    "OBJECT_PROTECTED",
    `the type ${type.path} cannot be deleted: ${count} objects are of it${which === "" ? "" : `: ${which}`}`,
    {
      details: { path: type.path, count, objects: named },
      hint: "delete those objects first, or give them another type",
    },
  );
}

/** Names some of the referrers that the actor may see; that there are others is all he learns of them. */
async function isProtected(
  transaction: Transaction,
  reader: ObjectReader,
  actor: Actor,
  object: TreeObject,
  protecting: readonly { object: TreeObject; field: Field }[],
): Promise<TsunagiError> {
  const named: string[] = [];
  for (const { object: referrer, field } of protecting) {
    if (named.length === detailedMax) break;
    const rights = await reader.rights(transaction, actor, referrer);
    if (hasRight(rights, "read") && maySee(field, rights)) {
      named.push(`${referrer.path} (${field.name})`);
    }
  }
  const shown = named.slice(0, namedMax);
  const more = protecting.length - shown.length;
  if (more > 0)
    shown.push(`${more} ${shown.length > 0 ? "more" : "objects that you may not read"}`);
  return new TsunagiError(
    "OBJECT_PROTECTED",
    `${object.path} cannot be deleted: ${shown.join(", ")} refers to it`,
    {
      details: { path: object.path, referrers: named, count: protecting.length },
      hint: "change what refers to it first",
    },
  );
}

function notEmpty(object: TreeObject): TsunagiError {
  return new TsunagiError("OBJECT_NOT_EMPTY", `${object.path} still holds objects`, {
    details: { path: object.path },
    hint: "delete them first, or delete recursively",
  });
}
