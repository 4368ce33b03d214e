/** Answers questions about the past, and takes changes back; the objects' past knows how. */
import { TsunagiError } from "#kernel";
import type {
  ChangeDocument,
  ChangeListDocument,
  ComparisonDocument,
  DeletedDocument,
  HistoryDocument,
  ListDocument,
  ObjectDocument,
  OneChangeDocument,
  RestoreBody,
  UndoBody,
  UndoDocument,
} from "#contract";
import type { Transaction } from "#database";
import {
  detailOf,
  type Actor,
  type HistoryEntry,
  type ObjectStorage,
  type PeopleHistoryEntry,
  type UndoOptions,
  type UndoPlan,
  type UndoRequest,
} from "#objects";
import type { ArgumentOf } from "./operations.ts";

const pageDefault = 100;
const pageMax = 1000;
/** Steps and conflicts that an answer holds; more of them are counted. */
const shownMax = 1000;

export async function getAsOf(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  path: string,
  asOf: string,
): Promise<ObjectDocument> {
  const then = await past.at(tx, actor, asOf);
  return then.toDocument(await then.get(path));
}

export async function listAsOf(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path, after, limit }: ArgumentOf<"objects.list">,
  asOf: string,
): Promise<ListDocument> {
  const then = await past.at(tx, actor, asOf);
  const page = await then.children(path, pageOf({ after, limit }));
  const items: ObjectDocument[] = [];
  for (const item of page.items) items.push(await then.toDocument(item));
  return { items, next: page.next };
}

export async function history(
  { past, people }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path, before, after, limit, below }: ArgumentOf<"objects.history">,
): Promise<HistoryDocument> {
  const person = /^\/system\/(users|groups)\/([^/]+)$/.exec(path);
  if (person !== null) {
    const [, kind, name = ""] = person;
    const page = pageOf({ before: before ?? numberOf(after), limit });
    const who = kind === "users" ? { user: name } : { group: name };
    return personHistory(path, await people.history(tx, actor, who, page), page.limit);
  }
  const { entries, next } = await past.history(tx, actor, path, {
    ...pageOf({ after, limit }),
    ...(before === undefined ? {} : { before }),
    below: below ?? false,
  });
  return { changes: entries.map(toChange), next };
}

/** Users and groups have no row in the history of objects, and are shown like what has. */
function personHistory(
  path: string,
  entries: readonly PeopleHistoryEntry[],
  limit: number,
): HistoryDocument {
  const changes = entries.map(({ at, ...entry }): ChangeDocument => ({
    ...entry,
    at: timeOf(at),
    object: 0,
    objectPath: path,
    operation: Object.keys(entry.before).length === 0 ? "create" : "update",
    revision: 1,
  }));
  const last = changes.at(-1);
  return { changes, next: last === undefined || changes.length < limit ? null : `${last.change}` };
}

function numberOf(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new TsunagiError("ARGUMENT_INVALID", `'${after.slice(0, 100)}' is no page of a history`);
}

export async function compare(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path, from, to, after, limit }: ArgumentOf<"objects.compare">,
): Promise<ComparisonDocument> {
  const moments = { from, ...(to === undefined ? {} : { to }) };
  return past.compare(tx, actor, path, moments, pageOf({ after, limit }));
}

export async function deleted(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path, after, limit }: ArgumentOf<"objects.deleted">,
): Promise<DeletedDocument> {
  const { items, next } = await past.deleted(tx, actor, path, pageOf({ after, limit }));
  return { items: items.map((item) => ({ ...item, at: timeOf(item.at) })), next };
}

export async function listChanges(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { before, limit, process, ...filter }: ArgumentOf<"changes.list">,
): Promise<ChangeListDocument> {
  const { changes, next } = await past.changes(
    tx,
    actor,
    { ...filter, ...causeOf(process) },
    pageOf({ before, limit }),
  );
  return { changes: changes.map((change) => ({ ...change, at: timeOf(change.at) })), next };
}

export async function getChange(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { id, after, limit }: ArgumentOf<"changes.get">,
): Promise<OneChangeDocument> {
  const { head, total, entries, next } = await past.change(tx, actor, id, pageOf({ after, limit }));
  return { ...head, at: timeOf(head.at), total, objects: entries.map(toChange), next };
}

/** What an undo is asked for, as the storage takes it. */
export function undoRequest({
  dryRun: _dryRun,
  skipConflicts: _skipConflicts,
  force: _force,
  reason: _reason,
  process,
  ...request
}: UndoBody): UndoRequest {
  return { ...request, ...causeOf(process) } as UndoRequest;
}

export function undoOptions({
  skipConflicts,
  force,
}: Pick<UndoBody | RestoreBody, "skipConflicts" | "force">): UndoOptions {
  return {
    skipConflicts: skipConflicts ?? false,
    force: force === true ? "all" : force === false || force === undefined ? [] : force,
  };
}

export async function undoDocument(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { steps, conflicts, isPartial }: UndoPlan,
  change: number | null,
): Promise<UndoDocument> {
  return {
    change,
    steps: await past.showSteps(tx, actor, steps.slice(0, shownMax)),
    total: steps.length,
    conflicts: conflicts.slice(0, shownMax).map(detailOf),
    conflictTotal: conflicts.length,
    isPartial,
  };
}

/** Who does it, with the reason that he gives. */
export function withReason(actor: Actor, reason: string | undefined): Actor {
  return reason === undefined || reason === "" ? actor : { ...actor, reason };
}

function causeOf(process: string | undefined): { cause?: string } {
  if (process === undefined) return {};
  const number = /^(?:\/process\/)?(\d{1,15})$/.exec(process)?.[1];
  if (number !== undefined) return { cause: `process /process/${number}` };
  throw new TsunagiError("ARGUMENT_INVALID", `'${process.slice(0, 100)}' is no process`, {
    hint: "name it by its number or its path, such as /process/17",
  });
}

/** A page of a size that is taken, without what was left out. */
function pageOf<Page extends { limit: number | undefined }>(
  page: Page,
): { [Key in keyof Page]: Exclude<Page[Key], undefined> } {
  const limit = Math.min(page.limit ?? pageDefault, pageMax);
  const given = Object.entries({ ...page, limit }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof Page]: Exclude<Page[Key], undefined> };
}

export function toChange({ at, ...entry }: HistoryEntry): ChangeDocument {
  return { ...entry, at: timeOf(at) };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
