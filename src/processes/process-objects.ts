import type { Transaction } from "#database";
import {
  toRightSet,
  type Actor,
  type JsonObject,
  type RightSet,
  type VirtualDirectory,
  type VirtualObject,
} from "#objects";
import { openJobsOf } from "./process-jobs.ts";
import { suspensionOf } from "./suspension.ts";
import { findProcess, listProcesses, type ProcessPage, type ProcessRow } from "./process-table.ts";

const allRights = toRightSet(["manage"]);
const noRights = toRightSet([]);

/** `/process/<id>`: processes as objects. Who started one may do all with it, as administrators may; others see nothing of it. */
export class ProcessObjects implements VirtualDirectory {
  readonly path = "/process";
  readonly type = "Process";

  async find(
    transaction: Transaction,
    actor: Actor,
    name: string,
    inherited: RightSet,
  ): Promise<VirtualObject | undefined> {
    if (!/^[1-9][0-9]{0,14}$/.test(name)) return undefined;
    const row = await findProcess(transaction, Number(name));
    return row && toObject(row, rightsOn(row, actor, inherited));
  }

  async list(
    transaction: Transaction,
    actor: Actor,
    page: { after?: string; limit: number; equal?: ReadonlyMap<string, unknown> },
    inherited: RightSet,
  ): Promise<VirtualObject[]> {
    const state = page.equal?.get("state");
    const rows = await listProcesses(transaction, {
      before: page.after === undefined ? null : Number(page.after),
      limit: page.limit,
      startedBy: seesAll(actor, inherited) ? null : actor.principal.name,
      state: typeof state === "string" && state !== "live" ? state : null,
      root: null,
    });
    return rows.map((row) => toObject(row, rightsOn(row, actor, inherited)));
  }
}

/** The processes of that state that the actor may see, newest first. */
export async function listProcessObjects(
  transaction: Transaction,
  actor: Actor,
  page: Omit<ProcessPage, "startedBy">,
): Promise<VirtualObject[]> {
  const rows = await listProcesses(transaction, {
    ...page,
    startedBy: actor.principal.isAdministrator ? null : actor.principal.name,
  });
  return rows.map((row) => toObject(row, rightsOn(row, actor, noRights)));
}

/** What `/process/<id>` shows as its fields. */
export function processFields(row: ProcessRow): JsonObject {
  return {
    state: row.state,
    jobflow: row.jobflow,
    result: row.result === null ? null : (JSON.parse(row.result) as JsonObject[string]),
    status: row.status,
    reason: row.reason,
    error: row.error,
    trace: traceOf(row),
    waitsFor: row.waits_for,
    waitsSince: time(row.waits_since),
    step: row.step === 1,
    held: heldJob(row),
    suspended: suspended(row),
    rerunOf: processPath(row.rerun_of),
    rerunBy: processPath(row.rerun_by),
    startedBy: row.started_by,
    parent: processPath(row.parent),
    startedAt: time(row.started_at ?? row.created_at),
    endedAt: time(row.ended_at),
  };
}

/** What it is about to do, if it is held before that. */
function heldJob(row: ProcessRow): JsonObject | null {
  const suspension = suspensionOf(row);
  if (row.state !== "suspended" || (suspension !== null && suspension.held !== true)) return null;
  const job = openJobsOf(row).open.at(-1);
  if (job === undefined) return null;
  const { path, line, kind, text, more } = job;
  const { host = null, user = null } = more;
  return { turn: row.turn, path, line, kind, text, host, user };
}

/** Who suspended it, since when and why. */
function suspended(row: ProcessRow): JsonObject | null {
  const suspension = row.state === "suspended" ? suspensionOf(row) : null;
  if (suspension === null) return null;
  const { since, by, reason } = suspension;
  return { since: time(since), by, reason };
}

function processPath(id: number | null): string | null {
  return id === null ? null : `/process/${id}`;
}

function seesAll(actor: Actor, inherited: RightSet): boolean {
  return actor.principal.isAdministrator || inherited === allRights;
}

function rightsOn(row: ProcessRow, actor: Actor, inherited: RightSet): RightSet {
  return seesAll(actor, inherited) || row.started_by === actor.principal.name
    ? allRights
    : noRights;
}

function toObject(row: ProcessRow, rights: RightSet): VirtualObject {
  return {
    name: String(row.id),
    type: "Process",
    ownerId: row.principal,
    owner: row.started_by,
    fields: processFields(row),
    revision: row.turn + 1,
    createdAt: row.created_at,
    updatedAt: row.ended_at ?? row.waits_since ?? row.started_at ?? row.created_at,
    rights,
  };
}

function traceOf(row: ProcessRow): { path: string; line: number }[] {
  if (row.trace === null) return [];
  return (JSON.parse(row.trace) as { at: { path: string; line: number }[] }).at;
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
