import type { Transaction } from "#database";
import { historyOf, historyRowsBefore, toHistoryPage, type HistoryPage } from "./history-view.ts";
import { inIdBatches } from "./id-batches.ts";
import type { PastAccess } from "./past-access.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";

/** Up to so many objects are asked for by id; of more, the history is gone through from its end. */
const idsMax = 2000;
const scanned = 500;

/** A page of what happened to an object and to all that is below it, or was when it was deleted; newest first. */
export async function subtreeHistory(
  transaction: Transaction,
  access: PastAccess,
  topId: number,
  page: { after?: string; limit: number },
): Promise<HistoryPage> {
  const places = new PathFinder((ids) => lastPlaces(transaction, ids));
  const isBelow = async (ids: readonly number[]): Promise<Set<number>> => {
    await places.paths(ids);
    const below = new Set<number>();
    for (const id of await access.readable(ids)) {
      if (await places.isWithin(id, topId)) below.add(id);
    }
    return below;
  };
  const few = await fewIdsBelow(transaction, topId);
  if (few !== undefined) return historyOf(transaction, access, [...(await isBelow(few))], page);
  const found: Awaited<ReturnType<typeof historyRowsBefore>> = [];
  let after = page.after;
  for (;;) {
    const rows = await historyRowsBefore(transaction, after, scanned);
    const below = await isBelow(rows.map((row) => row.object_id));
    found.push(...rows.filter((row) => below.has(row.object_id)));
    const last = rows.at(-1);
    if (found.length > page.limit || rows.length < scanned || last === undefined) break;
    after = `${last.change_id}.${last.object_id}`;
  }
  return toHistoryPage(transaction, access, found, page.limit);
}

/** An object and what is or ever was below it; undefined if that is much. */
async function fewIdsBelow(transaction: Transaction, topId: number): Promise<number[] | undefined> {
  const all = new Set([topId]);
  let level = [topId];
  while (level.length > 0) {
    const rows = [
      ...(await inIdBatches<{ id: number }>(level, (marks, batch) =>
        transaction.all(`select id from object where parent_id in (${marks}) limit ?`, [
          ...batch,
          idsMax + 1,
        ]),
      )),
      ...(await inIdBatches<{ id: number }>(level, (marks, batch) =>
        transaction.all(
          `select object_id as id from object_place where parent_id in (${marks}) limit ?`,
          [...batch, idsMax + 1],
        ),
      )),
    ];
    level = [...new Set(rows.map((row) => row.id))].filter((id) => !all.has(id));
    for (const id of level) all.add(id);
    if (all.size > idsMax) return undefined;
  }
  return [...all];
}
