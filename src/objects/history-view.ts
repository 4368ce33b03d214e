/**
 * The history as people read it: entries, newest first, of one object, of a directory with all that is or was below
 * it, or of one change. What an entry says was before is in its row; what was after follows from the rows above it.
 */
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { userName } from "./field-context.ts";
import type { Operation } from "./history.ts";
import { inIdBatches } from "./id-batches.ts";
import { deltaOf, pathsAt, type ObjectDelta, type Side } from "./object-delta.ts";
import type { PastAccess } from "./past-access.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import { currentStates, stateBefore, stepsAfter, type PastState } from "./past-state.ts";
import { now, PastTypes } from "./past-types.ts";

/** One change, without what it did. */
export interface ChangeHead {
  /** The number of the change, shared by all objects that changed together. */
  change: number;
  at: number;
  author: string;
  /** Such as `person`, `process /process/17`, `undo change 41`. */
  cause: string;
  reason: string | null;
}

/** A change of one object, as people read it. */
export interface HistoryEntry extends ChangeHead, ObjectDelta {
  object: number;
  /** Where the object is now, or was when it was deleted. */
  objectPath: string;
  operation: Operation;
  /** Of the object after the change. */
  revision: number;
}

export interface HistoryPage {
  entries: HistoryEntry[];
  /** Where the next page begins (`after`), or null at the end. */
  next: string | null;
}

interface Cursor {
  change: number;
  object: number;
}

export interface EntryRow {
  object_id: number;
  revision: number;
  operation: Operation;
  change_id: number;
}

/** A page of what happened to these objects, newest first. */
export async function historyOf(
  transaction: Transaction,
  access: PastAccess,
  ids: readonly number[],
  page: { after?: string; before?: number; limit: number },
): Promise<HistoryPage> {
  const { change, object } =
    page.before === undefined ? parseCursor(page.after) : { change: page.before, object: now };
  const rows = await inIdBatches<EntryRow>(ids, (marks, batch) =>
    transaction.all(
      `select object_id, revision, operation, change_id from object_history
        where object_id in (${marks}) and (change_id < ? or (change_id = ? and object_id > ?))
        order by change_id desc, object_id limit ?`,
      [...batch, change, change, object, page.limit + 1],
    ),
  );
  rows.sort((a, b) => b.change_id - a.change_id || a.object_id - b.object_id);
  return toHistoryPage(transaction, access, rows, page.limit);
}

/** The rows of all objects, newest first, from where a page ended. */
export async function historyRowsBefore(
  transaction: Transaction,
  after: string | undefined,
  limit: number,
): Promise<EntryRow[]> {
  const { change, object } = parseCursor(after);
  return transaction.all(
    `select object_id, revision, operation, change_id from object_history
      where change_id < ? or (change_id = ? and object_id > ?)
      order by change_id desc, object_id limit ?`,
    [change, change, object, limit],
  );
}

/** A page of what one change did, in order of object, without what may not be read. */
export async function changeEntries(
  transaction: Transaction,
  access: PastAccess,
  change: number,
  page: { after?: string; limit: number },
): Promise<HistoryPage & { total: number }> {
  const { object } = parseCursor(page.after ?? `${change}.0`);
  const rows = await transaction.all<EntryRow>(
    `select object_id, revision, operation, change_id from object_history
      where change_id = ? order by object_id`,
    [change],
  );
  const readable = new Set(await access.readable(rows.map((row) => row.object_id)));
  const visible = rows.filter((row) => readable.has(row.object_id));
  const rest = visible.filter((row) => row.object_id > object).slice(0, page.limit + 1);
  return { ...(await toHistoryPage(transaction, access, rest, page.limit)), total: visible.length };
}

/** The heads of changes, by number. */
export async function changeHeads(
  transaction: Transaction,
  ids: Iterable<number>,
): Promise<Map<number, ChangeHead>> {
  const rows = await inIdBatches<HeadRow>(ids, (marks, batch) =>
    transaction.all(`${selectHead} where id in (${marks})`, batch),
  );
  return toHeads(transaction, rows);
}

/** The heads of the changes for which a condition holds, newest first. */
export async function selectHeads(
  transaction: Transaction,
  condition: string,
  parameters: readonly SqlValue[],
): Promise<ChangeHead[]> {
  const rows = await transaction.all<HeadRow>(`${selectHead} where ${condition}`, parameters);
  return [...(await toHeads(transaction, rows)).values()];
}

const selectHead = "select id, at, author_id, cause_kind, cause_id, reason from object_change";

interface HeadRow {
  id: number;
  at: number;
  author_id: number;
  cause_kind: string;
  cause_id: string | null;
  reason: string | null;
}

async function toHeads(
  transaction: Transaction,
  rows: readonly HeadRow[],
): Promise<Map<number, ChangeHead>> {
  const names = new Map<number, string>();
  for (const { author_id: id } of rows) {
    if (!names.has(id)) names.set(id, (await userName(transaction, id)) ?? `user ${id}`);
  }
  return new Map(
    rows.map((row) => [
      row.id,
      {
        change: row.id,
        at: row.at,
        author: names.get(row.author_id) ?? "",
        cause: [row.cause_kind, row.cause_id].filter(Boolean).join(" "),
        reason: row.reason,
      },
    ]),
  );
}

/** Makes a page of rows, of which there is one more than fit if there are more. */
export async function toHistoryPage(
  transaction: Transaction,
  access: PastAccess,
  rows: readonly EntryRow[],
  limit: number,
): Promise<HistoryPage> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return {
    entries: await toEntries(transaction, access, shown),
    next: isMore ? `${last.change_id}.${last.object_id}` : null,
  };
}

async function toEntries(
  transaction: Transaction,
  access: PastAccess,
  rows: readonly EntryRow[],
): Promise<HistoryEntry[]> {
  const heads = await changeHeads(
    transaction,
    rows.map((row) => row.change_id),
  );
  const sides = await sidesOf(transaction, rows);
  const paths = new PathFinder((ids) => lastPlaces(transaction, ids));
  const types = new PastTypes(transaction, now);
  const finders = new Map<number, PathFinder>();
  const finderAt = (change: number): PathFinder => {
    const known = finders.get(change) ?? pathsAt(transaction, change);
    finders.set(change, known);
    return known;
  };
  await paths.paths(rows.map((row) => row.object_id));
  const entries: HistoryEntry[] = [];
  for (const row of rows) {
    const { object_id: object, change_id: change, operation, revision } = row;
    const head = heads.get(change);
    const states = sides.get(`${change}.${object}`);
    if (head === undefined || states === undefined) continue;
    const side = (state: PastState | null, at: number): Side => ({
      state,
      types,
      paths: finderAt(at),
    });
    const delta = await deltaOf(
      transaction,
      access,
      object,
      side(states.before, change - 1),
      side(states.after, change),
    );
    const objectPath = (await paths.path(object)) ?? `#${object}`;
    entries.push({ ...head, object, objectPath, operation, revision, ...delta });
  }
  return entries;
}

/** The states before and after each row, from what is now and what came since. */
async function sidesOf(
  transaction: Transaction,
  rows: readonly EntryRow[],
): Promise<Map<string, { before: PastState | null; after: PastState | null }>> {
  const ids = new Set(rows.map((row) => row.object_id));
  const oldest = rows.reduce((least, row) => Math.min(least, row.change_id), now);
  const states = await currentStates(transaction, ids);
  const steps = await stepsAfter(transaction, ids, oldest - 1);
  const sides = new Map<string, { before: PastState | null; after: PastState | null }>();
  for (const id of ids) {
    let after: PastState | null = states.get(id) ?? null;
    for (const step of steps.get(id) ?? []) {
      const before: PastState | null = stateBefore(after, step);
      sides.set(`${step.changeId}.${id}`, { before, after });
      after = before;
    }
  }
  return sides;
}

function parseCursor(text: string | undefined): Cursor {
  if (text === undefined) return { change: now, object: 0 };
  const found = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (found === null) {
    throw new TsunagiError("ARGUMENT_INVALID", `'${text.slice(0, 100)}' is no page of a history`, {
      hint: "give what `next` of the page before said",
    });
  }
  return { change: Number(found[1]), object: Number(found[2]) };
}
