/** What lies between two states of an object, as people read it: for history, comparison and the preview of an undo. */
import type { Transaction } from "#database";
import { findGroupById, findUserById, listIdentityChanges } from "#identity";
import { userName } from "./field-context.ts";
import type { ShowContext } from "./field-kind.ts";
import { showPastValue } from "./field-visibility.ts";
import { changedFieldIds } from "./history.ts";
import { isSame, type Json } from "./json.ts";
import type { Field } from "./object-type.ts";
import type { PastAccess } from "./past-access.ts";
import { PathFinder, placesAt } from "./past-place.ts";
import type { PastState } from "./past-state.ts";
import { PastTypes } from "./past-types.ts";
import { fromRightSet, type Right } from "./rights.ts";

export interface ObjectDelta {
  /** Values by field name, of those that differ, as they are shown; null where there was none. */
  before: Record<string, Json>;
  after: Record<string, Json>;
  /** Where it was and is, if it was renamed or moved. */
  path?: Pair<string>;
  type?: Pair<string>;
  owner?: Pair<string>;
  /** What was and is granted on the object itself: rights by `user:NAME`, `group:NAME`, `everyone`. */
  grants?: Pair<Record<string, Right[]>>;
}

export interface Pair<T> {
  before: T | null;
  after: T | null;
}

/** One side of a comparison: an object's state after a change, null if it was not there. */
export interface Side {
  state: PastState | null;
  /** Types with the names of their fields. */
  types: PastTypes;
  paths: PathFinder;
}

/** What lies between two states of an object, as far as it may be seen. */
export async function deltaOf(
  transaction: Transaction,
  access: PastAccess,
  id: number,
  before: Side,
  after: Side,
): Promise<ObjectDelta> {
  const delta: ObjectDelta = { before: {}, after: {} };
  await compareFields({ transaction, access, id }, delta, before, after);
  const [was, is] = [before.state, after.state];
  if (was === null || is === null) return delta;
  if (was.name !== is.name || was.parentId !== is.parentId) {
    const [from, to] = [await before.paths.path(id), await after.paths.path(id)];
    delta.path = { before: from ?? null, after: to ?? null };
  }
  if (was.typeId !== is.typeId) {
    const [from, to] = [await before.types.get(was.typeId), await after.types.get(is.typeId)];
    delta.type = { before: from.name, after: to.name };
  }
  if (was.ownerId !== is.ownerId) {
    delta.owner = {
      before: await userName(transaction, was.ownerId),
      after: await userName(transaction, is.ownerId),
    };
  }
  if (!isSame({ ...was.grants }, { ...is.grants })) {
    delta.grants = {
      before: await showGrants(transaction, was.grants),
      after: await showGrants(transaction, is.grants),
    };
  }
  return delta;
}

/** Whether nothing lies between them. */
export function isEmptyDelta({ before, after, ...rest }: ObjectDelta): boolean {
  return [before, after, rest].every((part) => Object.keys(part).length === 0);
}

/** What is asked when values are shown as they were after a change. */
export function pastShowContext(transaction: Transaction, paths: PathFinder): ShowContext {
  return {
    pathOf: async (id) => (await paths.path(id)) ?? null,
    userName: (id) => userName(transaction, id),
    groupName: async (id) => (await findGroupById(transaction, id))?.name ?? null,
  };
}

/** Finds paths as they were after a change. */
export function pathsAt(transaction: Transaction, change: number): PathFinder {
  return new PathFinder((ids) => placesAt(transaction, ids, change));
}

interface Viewed {
  transaction: Transaction;
  access: PastAccess;
  id: number;
}

async function compareFields(
  viewed: Viewed,
  delta: ObjectDelta,
  before: Side,
  after: Side,
): Promise<void> {
  const [was, is] = [before.state, after.state];
  // The values of another type are under its ids, and none of them is the same as one of this.
  if (was === null || is === null || was.typeId !== is.typeId) {
    delta.before = await showAll(viewed, before);
    delta.after = await showAll(viewed, after);
    return;
  }
  const typeBefore = await before.types.get(was.typeId);
  const typeAfter = await after.types.get(is.typeId);
  for (const id of changedFieldIds(was.data, is.data)) {
    const [from, to] = [typeBefore.fieldById(id), typeAfter.fieldById(id)];
    const field = to ?? from;
    if (field === undefined || !(await viewed.access.maySee(viewed.id, is.typeId, field))) continue;
    delta.before[field.name] = await show(viewed, before, from, was.data[id]);
    delta.after[field.name] = await show(viewed, after, to, is.data[id]);
  }
}

async function showAll(viewed: Viewed, side: Side): Promise<Record<string, Json>> {
  if (side.state === null) return {};
  const { typeId, data } = side.state;
  const shown: [string, Json][] = [];
  for (const field of (await side.types.get(typeId)).fields) {
    if (!(await viewed.access.maySee(viewed.id, typeId, field))) continue;
    const value = await show(viewed, side, field, data[field.id]);
    if (value !== null) shown.push([field.name, value]);
  }
  return Object.fromEntries(shown);
}

async function show(
  { transaction }: Viewed,
  side: Side,
  field: Field | undefined,
  stored: Json | undefined,
): Promise<Json> {
  if (field === undefined) return null;
  return showPastValue(field, stored, pastShowContext(transaction, side.paths));
}

async function showGrants(
  transaction: Transaction,
  grants: PastState["grants"],
): Promise<Record<string, Right[]>> {
  const shown: [string, Right[]][] = [];
  for (const [subject, rights] of Object.entries(grants)) {
    shown.push([await subjectName(transaction, subject), fromRightSet(rights)]);
  }
  return Object.fromEntries(shown);
}

/** `user:5` as `user:alice`; of a group that is gone, the name that it had. */
export async function subjectName(transaction: Transaction, subject: string): Promise<string> {
  const [kind = "", number = ""] = subject.split(":");
  if (kind === "user") {
    const user = await findUserById(transaction, Number(number));
    return user === undefined ? subject : `user:${user.name}`;
  }
  if (kind !== "group") return subject;
  const group = await findGroupById(transaction, Number(number));
  if (group !== undefined) return `group:${group.name}`;
  const [last] = await listIdentityChanges(transaction, subject, { limit: 1 });
  const name = last?.before["name"];
  return typeof name === "string" ? `group:${name} (deleted)` : subject;
}
