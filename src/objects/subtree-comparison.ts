/** What lies between two moments: what was added, removed, changed, moved, in a directory and below it. */
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { deltaOf, isEmptyDelta, pathsAt, type ObjectDelta } from "./object-delta.ts";
import type { PastAccess } from "./past-access.ts";
import { compareNames } from "./past-reader.ts";
import { statesAt } from "./past-state.ts";
import { PastTypes } from "./past-types.ts";

export interface Difference extends ObjectDelta {
  object: number;
  /** At the later moment, or at the earlier one if it is gone. */
  objectPath: string;
  objectType: string;
  kind: "added" | "removed" | "changed";
}

export interface Comparison {
  differences: Difference[];
  /** Of all pages. */
  total: number;
  next: number | null;
}

/** More changed objects than this are compared directory by directory. */
const objectsMax = 100_000;

export async function compareSubtree(
  transaction: Transaction,
  access: PastAccess,
  topId: number,
  { from, to }: { from: number; to: number },
  page: { after?: number; limit: number },
): Promise<Comparison> {
  const rows = await transaction.all<{ object_id: number }>(
    `select distinct object_id from object_history where change_id > ? and change_id <= ?
      limit ?`,
    [Math.min(from, to), Math.max(from, to), objectsMax + 1],
  );
  if (rows.length > objectsMax) throw tooMany();
  const sides = [from, to].map((change) => ({
    change,
    paths: pathsAt(transaction, change),
    types: new PastTypes(transaction, change),
  }));
  const [before, after] = sides;
  if (before === undefined || after === undefined) throw tooMany();
  const changed = await access.readable(rows.map((row) => row.object_id));
  for (const { paths } of sides) await paths.paths(changed);
  const ids: number[] = [];
  for (const id of changed) {
    const wasBelow = await before.paths.isWithin(id, topId);
    if (wasBelow || (await after.paths.isWithin(id, topId))) ids.push(id);
  }
  const was = await statesAt(transaction, ids, before.change);
  const is = await statesAt(transaction, ids, after.change);
  const differences: Difference[] = [];
  for (const id of ids) {
    const [old, young] = [was.get(id) ?? null, is.get(id) ?? null];
    const one = { state: old, types: before.types, paths: before.paths };
    const other = { state: young, types: after.types, paths: after.paths };
    const existing = young ?? old;
    if (existing === null) continue;
    const delta = await deltaOf(transaction, access, id, one, other);
    if (old !== null && young !== null && isEmptyDelta(delta)) continue;
    const side = young === null ? before : after;
    differences.push({
      object: id,
      objectPath: (await side.paths.path(id)) ?? `#${id}`,
      objectType: (await side.types.get(existing.typeId)).name,
      kind: old === null ? "added" : young === null ? "removed" : "changed",
      ...delta,
    });
  }
  differences.sort((a, b) => compareNames(a.objectPath, b.objectPath));
  const start = page.after ?? 0;
  const end = start + page.limit;
  return {
    differences: differences.slice(start, end),
    total: differences.length,
    next: end < differences.length ? end : null,
  };
}

function tooMany(): TsunagiError {
  return new TsunagiError(
    "LIMIT_EXCEEDED",
    `more than ${objectsMax} objects have changed between the two moments`,
    { details: { limit: objectsMax }, hint: "take moments that are nearer to each other" },
  );
}
