import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { changeHeads, type ChangeHead } from "./history-view.ts";
import { inIdBatches } from "./id-batches.ts";
import type { ObjectKey } from "./object-reader.ts";
import { rootId } from "./object-table.ts";
import type { PastAccess } from "./past-access.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import { PastTypes, now } from "./past-types.ts";
import type { Before } from "./history.ts";

/** An object that is not there any more. */
export interface DeletedObject extends ChangeHead {
  id: number;
  /** Where it was when it was deleted. */
  path: string;
  type: string;
}

export interface DeletedPage {
  items: DeletedObject[];
  next: string | null;
}

interface DeleteRow {
  object_id: number;
  change_id: number;
  before: string;
}

/** Deletes that are looked at in one go. */
const scanned = 500;

/** A page of what was deleted in or below a directory and is not there again, newest first. */
export async function listDeleted(
  transaction: Transaction,
  access: PastAccess,
  directoryId: number,
  page: { after?: string; limit: number },
): Promise<DeletedPage> {
  const places = new PathFinder((ids) => lastPlaces(transaction, ids));
  const types = new PastTypes(transaction, now);
  const found: { row: DeleteRow; path: string }[] = [];
  let after = parseAfter(page.after);
  for (;;) {
    const rows = await transaction.all<DeleteRow>(
      `select object_id, change_id, before from object_history
        where operation = 'delete' and (change_id < ? or (change_id = ? and object_id > ?))
        order by change_id desc, object_id limit ?`,
      [after.change, after.change, after.object, scanned],
    );
    const gone = await latestOnly(transaction, rows);
    const readable = new Set(await access.readable(gone.map((row) => row.object_id)));
    const paths = await places.paths(gone.map((row) => row.object_id));
    for (const row of gone) {
      const path = paths.get(row.object_id);
      if (path === undefined || !readable.has(row.object_id)) continue;
      if (await places.isWithin(row.object_id, directoryId)) found.push({ row, path });
    }
    const last = rows.at(-1);
    if (found.length > page.limit || rows.length < scanned || last === undefined) break;
    after = { change: last.change_id, object: last.object_id };
  }
  const shown = found.slice(0, page.limit);
  const heads = await changeHeads(
    transaction,
    shown.map(({ row }) => row.change_id),
  );
  const items: DeletedObject[] = [];
  for (const { row, path } of shown) {
    const head = heads.get(row.change_id);
    const { typeId } = JSON.parse(row.before) as Before;
    const type = await types.get(typeId ?? 0);
    if (head !== undefined) items.push({ id: row.object_id, path, type: type.name, ...head });
  }
  const end = shown.at(-1)?.row;
  const isMore = found.length > page.limit && end !== undefined;
  return { items, next: isMore ? `${end.change_id}.${end.object_id}` : null };
}

/** The object of an id that is deleted, or what was last deleted at a path, with the change that deleted it. */
export async function findDeleted(
  transaction: Transaction,
  access: PastAccess,
  key: ObjectKey,
): Promise<{ id: number; deletedBy: number }> {
  const id = typeof key === "number" ? key : await deletedAt(transaction, key);
  const row =
    id === undefined
      ? undefined
      : await transaction.get<{ change_id: number }>(
          `select change_id from object_history h where object_id = ? and operation = 'delete'
            and not exists (select 1 from object o where o.id = h.object_id)
            order by change_id desc limit 1`,
          [id],
        );
  if (id === undefined || row === undefined) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `nothing that is deleted was at ${key}`, {
      details: { path: key },
      hint: "look at what was deleted in its directory",
    });
  }
  if (!(await access.has(id, "read"))) {
    throw new TsunagiError("PERMISSION_DENIED", `you may not read ${key}`, {
      details: { path: key, right: "read" },
    });
  }
  return { id, deletedBy: row.change_id };
}

/** A directory may have been deleted and made again: each that ever had the name is looked into. */
async function deletedAt(transaction: Transaction, path: string): Promise<number | undefined> {
  let frontier = [rootId];
  for (const name of path.split("/").filter(Boolean)) {
    const there = await inIdBatches<{ id: number }>(frontier, (marks, batch) =>
      transaction.all(`select id from object where parent_id in (${marks}) and name = ?`, [
        ...batch,
        name,
      ]),
    );
    const left = await inIdBatches<{ id: number }>(frontier, (marks, batch) =>
      transaction.all(
        `select object_id as id from object_place where parent_id in (${marks}) and name = ?`,
        [...batch, name],
      ),
    );
    frontier = [...new Set([...there, ...left].map((row) => row.id))];
  }
  const deleted = await inIdBatches<{ id: number; change_id: number }>(frontier, (marks, batch) =>
    transaction.all(
      `select p.object_id as id, max(p.change_id) as change_id from object_place p
        where p.object_id in (${marks})
          and not exists (select 1 from object o where o.id = p.object_id)
        group by p.object_id`,
      batch,
    ),
  );
  const last = await new PathFinder((ids) => lastPlaces(transaction, ids)).paths(
    deleted.map((row) => row.id),
  );
  return deleted
    .filter((row) => last.get(row.id) === path)
    .sort((a, b) => b.change_id - a.change_id)
    .at(0)?.id;
}

/** Without what is there again, and without deletes before the last one of an object. */
async function latestOnly(
  transaction: Transaction,
  rows: readonly DeleteRow[],
): Promise<DeleteRow[]> {
  const latest = await inIdBatches<{ object_id: number; change_id: number }>(
    rows.map((row) => row.object_id),
    (marks, batch) =>
      transaction.all(
        `select object_id, max(change_id) as change_id from object_history
          where object_id in (${marks}) group by object_id`,
        batch,
      ),
  );
  const last = new Map(latest.map((row) => [row.object_id, row.change_id]));
  return rows.filter((row) => last.get(row.object_id) === row.change_id);
}

function parseAfter(text: string | undefined): { change: number; object: number } {
  if (text === undefined) return { change: now, object: 0 };
  const [change, object] = text.split(".").map(Number);
  if (change === undefined || object === undefined || Number.isNaN(change + object)) {
    throw new TsunagiError("ARGUMENT_INVALID", `'${text.slice(0, 100)}' is no page of a list`);
  }
  return { change, object };
}
