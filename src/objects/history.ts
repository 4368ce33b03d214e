/**
 * History: for every change the *previous* values of what it changed (DESIGN section 5). A created object has
 * none, a deleted one leaves all of itself, so that any past state follows from what is now, going backwards.
 * Passwords stay sealed in it.
 */
import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import { isSame } from "./derived-rows.ts";
import { showValue } from "./document.ts";
import { userName } from "./field-context.ts";
import type { ShowContext } from "./field-kind.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ObjectType } from "./object-type.ts";
import type { RightSet } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

export type Operation = "create" | "update" | "delete";

/** What a history row keeps of the state before; only what changed is there. */
export interface Before {
  name?: string;
  parentId?: number | null;
  typeId?: number;
  ownerId?: number;
  createdAt?: number;
  updatedAt?: number;
  /** Values by field id. */
  data?: JsonObject;
  /** Ids of fields that had no value. */
  unset?: string[];
  /** What was granted on the object itself, by subject. */
  grants?: Record<string, RightSet>;
}

/** A change of one object, as people read it. */
export interface HistoryEntry {
  /** The number of the change, shared by all objects that changed together. */
  change: number;
  at: number;
  author: string;
  /** Such as `person`, `process /process/17`. */
  cause: string;
  reason: string | null;
  operation: Operation;
  /** Of the object after the change. */
  revision: number;
  /** The values before by field name, as they are shown; null where there was none. */
  before: Record<string, Json>;
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
  { objectId, revision, operation, before }: HistoryRow,
): Promise<void> {
  await transaction.run(
    "insert into object_history (object_id, revision, change_id, operation, before) values (?, ?, ?, ?, ?)",
    [objectId, revision, changeId, operation, before === null ? null : JSON.stringify(before)],
  );
}

/** What differs between two states of an object. */
export function difference(before: TreeObject, after: TreeObject): Before {
  const found: Before = {};
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
    createdAt,
    updatedAt,
    data: content.data,
    ...(grants.size === 0 ? {} : { grants: Object.fromEntries(grants) }),
  };
}

export function changedFieldIds(before: JsonObject, after: JsonObject): string[] {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].filter((id) => !isSame(before[id], after[id]));
}

/** A page of an object's history, newest first. */
export async function readHistory(
  transaction: Transaction,
  object: TreeObject,
  page: { before?: number; limit: number },
  context: ShowContext,
): Promise<HistoryEntry[]> {
  const rows = await transaction.all<EntryRow>(
    `select h.revision, h.operation, h.before, c.id, c.at, c.author_id, c.cause_kind, c.cause_id, c.reason
      from object_history h join object_change c on c.id = h.change_id
      where h.object_id = ? and h.revision < ? order by h.revision desc limit ?`,
    [object.id, page.before ?? Number.MAX_SAFE_INTEGER, page.limit],
  );
  const entries: HistoryEntry[] = [];
  for (const row of rows) {
    const before = JSON.parse(row.before ?? "{}") as Before;
    entries.push({
      change: row.id,
      at: row.at,
      author: (await userName(transaction, row.author_id)) ?? `user ${row.author_id}`,
      cause: [row.cause_kind, row.cause_id].filter(Boolean).join(" "),
      reason: row.reason,
      operation: row.operation,
      revision: row.revision,
      before: await showBefore(before, object.content.type, context),
    });
  }
  return entries;
}

interface EntryRow {
  revision: number;
  operation: Operation;
  before: string | null;
  id: number;
  at: number;
  author_id: number;
  cause_kind: string;
  cause_id: string | null;
  reason: string | null;
}

async function showBefore(
  before: Before,
  type: ObjectType,
  context: ShowContext,
): Promise<Record<string, Json>> {
  const shown: [string, Json][] = [];
  // The values of another type are under its ids; its fields are not this one's.
  if (before.typeId !== undefined && before.typeId !== type.id) return {};
  for (const [id, stored] of Object.entries(before.data ?? {})) {
    const field = type.fieldById(id);
    if (field === undefined) continue;
    shown.push([field.name, await showValue(field, stored, context)]);
  }
  for (const id of before.unset ?? []) {
    const field = type.fieldById(id);
    if (field !== undefined) shown.push([field.name, null]);
  }
  return Object.fromEntries(shown);
}
