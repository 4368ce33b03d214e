/**
 * History: for every change the *previous* values of what it changed (DESIGN section 5). A created object has
 * none, a deleted one leaves all of itself, so that any past state follows from what is now, going backwards.
 * Passwords stay sealed in it. How it is read is the business of `past-state.ts` and `history-view.ts`.
 */
import type { SqlValue, Transaction } from "#database";
import type { Actor } from "./actor.ts";
import { isSame, type JsonObject } from "./json.ts";
import { insertPastPlace } from "./past-place.ts";
import type { RightSet } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

export type Operation = "create" | "update" | "delete";

/** What a history row keeps of the state before; only what changed is there. */
export interface Before {
  name?: string;
  parentId?: number | null;
  typeId?: number;
  ownerId?: number;
  /** Of a deleted object: who could read it then, may still read of it. */
  acl?: string;
  createdAt?: number;
  updatedAt?: number;
  /** Values by field id. */
  data?: JsonObject;
  /** Ids of fields that had no value. */
  unset?: string[];
  /** What was granted on the object itself, by subject; all of it, where something of it changed. */
  grants?: Record<string, RightSet>;
}

export async function insertChange(
  transaction: Transaction,
  { principal, cause, reason }: Actor,
  at: number,
): Promise<number> {
  return transaction.insert(
    "insert into object_change (at, author_id, cause_kind, cause_id, reason) values (?, ?, ?, ?, ?)",
    [at, principal.userId, cause.kind, cause.id, reason ?? null],
  );
}

/** What the history keeps of one object's part in a change. */
export interface HistoryRow {
  objectId: number;
  /** After the change. */
  revision: number;
  operation: Operation;
  before: Before | null;
}

export async function insertHistory(
  transaction: Transaction,
  changeId: number,
  rows: readonly HistoryRow[],
): Promise<void> {
  // The place that a delete ends began with the create before, which must not be the one of this very change.
  for (const { objectId, operation, before } of rows) {
    if (operation === "create" || before === null) continue;
    if (before.name === undefined && before.parentId === undefined) continue;
    await insertPlace(transaction, changeId, objectId, before);
  }
  // In the order of the table.
  const ordered = rows.toSorted((a, b) => a.objectId - b.objectId);
  await transaction.runMany(
    "insert into object_history (change_id, object_id, revision, operation, before) values (?, ?, ?, ?, ?)",
    ordered.map(({ objectId, revision, operation, before }): SqlValue[] => [
      changeId,
      objectId,
      revision,
      operation,
      before === null ? null : JSON.stringify(before),
    ]),
  );
}

/** A rename keeps no parent and a move no name, where these stayed; the row of now has them. */
async function insertPlace(
  transaction: Transaction,
  changeId: number,
  objectId: number,
  { name, parentId }: Before,
): Promise<void> {
  if (name !== undefined && parentId !== undefined) {
    return insertPastPlace(transaction, changeId, objectId, { name, parentId });
  }
  const now = await transaction.get<{ name: string; parent_id: number | null }>(
    "select name, parent_id from object where id = ?",
    [objectId],
  );
  if (now === undefined) return;
  await insertPastPlace(transaction, changeId, objectId, {
    name: name ?? now.name,
    parentId: parentId === undefined ? now.parent_id : parentId,
  });
}

/** What differs between two states of an object. */
export function difference(before: TreeObject, after: TreeObject): Before {
  const found: Before = { updatedAt: before.updatedAt };
  if (before.name !== after.name) found.name = before.name;
  if (before.content.parentId !== after.content.parentId) found.parentId = before.content.parentId;
  if (before.content.type.id !== after.content.type.id) found.typeId = before.content.type.id;
  if (before.ownerId !== after.ownerId) found.ownerId = before.ownerId;
  const was = before.content.data;
  const ids = changedFieldIds(was, after.content.data);
  const set = ids.filter((id) => was[id] !== undefined);
  const unset = ids.filter((id) => was[id] === undefined);
  if (set.length > 0) found.data = Object.fromEntries(set.map((id) => [id, was[id] ?? null]));
  if (unset.length > 0) found.unset = unset;
  return found;
}

/** All of an object, as its delete leaves it. */
export function whole(object: TreeObject, grants: ReadonlyMap<string, RightSet>): Before {
  const { name, ownerId, createdAt, updatedAt, content } = object;
  return {
    name,
    parentId: content.parentId,
    typeId: content.type.id,
    ownerId,
    acl: content.acl,
    createdAt,
    updatedAt,
    data: content.data,
    ...(grants.size === 0 ? {} : { grants: Object.fromEntries(grants) }),
  };
}

export function changedFieldIds(before: JsonObject, after: JsonObject): string[] {
  const ids: string[] = [];
  for (const id in before) if (!isSame(before[id], after[id])) ids.push(id);
  for (const id in after) if (before[id] === undefined) ids.push(id);
  return ids;
}
