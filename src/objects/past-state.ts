/**
 * The state of an object, and one step back from it: a history row holds what was before, of what changed only, so
 * that the state before a change is the one after it with these values laid over.
 */
import type { Transaction } from "#database";
import { grantsOf } from "./acl.ts";
import type { Before, Operation } from "./history.ts";
import { inIdBatches } from "./id-batches.ts";
import type { JsonObject } from "./json.ts";
import type { ObjectRow } from "./object-table.ts";
import type { RightSet } from "./rights.ts";

/** An object's row as it is or was. */
export interface PastState {
  name: string;
  parentId: number | null;
  typeId: number;
  ownerId: number;
  /** Of now, or as the delete left it; what it was in between is not kept. */
  acl: string;
  revision: number;
  createdAt: number;
  updatedAt: number;
  data: JsonObject;
  /** What is granted on the object itself. */
  grants: Readonly<Record<string, RightSet>>;
}

/** What a change did to one object. */
export interface HistoryStep {
  objectId: number;
  changeId: number;
  revision: number;
  operation: Operation;
  before: Before;
}

/** The state before a change, from the one after it; null is "was not there". */
export function stateBefore(
  after: PastState | null,
  { operation, revision, before }: HistoryStep,
): PastState | null {
  if (operation === "create") return null;
  const base = after ?? absent;
  const data = { ...base.data, ...before.data };
  for (const id of before.unset ?? []) delete data[id];
  return {
    name: before.name ?? base.name,
    parentId: before.parentId === undefined ? base.parentId : before.parentId,
    typeId: before.typeId ?? base.typeId,
    ownerId: before.ownerId ?? base.ownerId,
    acl: before.acl ?? base.acl,
    revision: revision - 1,
    createdAt: before.createdAt ?? base.createdAt,
    updatedAt: before.updatedAt ?? base.updatedAt,
    data,
    grants: before.grants ?? (operation === "delete" ? {} : base.grants),
  };
}

/** What a delete leaves lays itself over this. */
const absent: PastState = {
  name: "",
  parentId: null,
  typeId: 0,
  ownerId: 0,
  acl: "",
  revision: 0,
  createdAt: 0,
  updatedAt: 0,
  data: {},
  grants: {},
};

/** The states of now, by id. */
export async function currentStates(
  transaction: Transaction,
  ids: Iterable<number>,
): Promise<Map<number, PastState>> {
  const wanted = [...ids];
  const rows = await inIdBatches<ObjectRow>(wanted, (marks, batch) =>
    transaction.all(
      `select id, parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at
        from object where id in (${marks})`,
      batch,
    ),
  );
  const grants = await grantsOf(transaction, wanted);
  return new Map(
    rows.map((row): [number, PastState] => [
      row.id,
      {
        name: row.name,
        parentId: row.parent_id,
        typeId: row.type_id,
        ownerId: row.owner_id,
        acl: row.acl,
        revision: row.revision,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        data: JSON.parse(row.data) as JsonObject,
        grants: Object.fromEntries(grants.get(row.id) ?? []),
      },
    ]),
  );
}

/** What has happened to objects after a change, newest first, by id. */
export async function stepsAfter(
  transaction: Transaction,
  ids: Iterable<number>,
  change: number,
): Promise<Map<number, HistoryStep[]>> {
  const rows = await inIdBatches<StepRow>(ids, (marks, batch) =>
    transaction.all(
      `select object_id, change_id, revision, operation, before from object_history
        where object_id in (${marks}) and change_id > ? order by object_id, change_id desc`,
      [...batch, change],
    ),
  );
  const steps = new Map<number, HistoryStep[]>();
  for (const row of rows) {
    const step: HistoryStep = {
      objectId: row.object_id,
      changeId: row.change_id,
      revision: row.revision,
      operation: row.operation,
      before: JSON.parse(row.before ?? "{}") as Before,
    };
    const known = steps.get(row.object_id);
    if (known === undefined) steps.set(row.object_id, [step]);
    else known.push(step);
  }
  return steps;
}

/** The states after a change, by id; what was not there then is left out. */
export async function statesAt(
  transaction: Transaction,
  ids: Iterable<number>,
  change: number,
): Promise<Map<number, PastState>> {
  const wanted = [...new Set(ids)];
  const now = await currentStates(transaction, wanted);
  const steps = await stepsAfter(transaction, wanted, change);
  const states = new Map<number, PastState>();
  for (const id of wanted) {
    const state = (steps.get(id) ?? []).reduce<PastState | null>(stateBefore, now.get(id) ?? null);
    if (state !== null) states.set(id, state);
  }
  return states;
}

interface StepRow {
  object_id: number;
  change_id: number;
  revision: number;
  operation: Operation;
  before: string | null;
}
