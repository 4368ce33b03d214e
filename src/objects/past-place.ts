/**
 * Where objects stood: a row for every place that an object has left, by move, rename or delete, with the change in
 * which it came there and the one in which it left. So a path or a directory of the past is found by an index,
 * however much has changed since.
 *
 *     place of an object after change C:  the row with since <= C < change_id, else its place of now
 */
import type { Transaction } from "#database";
import { joinPath } from "#kernel";
import { inIdBatches } from "./id-batches.ts";
import { rootId } from "./object-table.ts";

export interface Place {
  parentId: number | null;
  name: string;
}

/** Keeps that an object left a place in that change. */
export async function insertPastPlace(
  transaction: Transaction,
  changeId: number,
  objectId: number,
  place: Place,
): Promise<void> {
  await transaction.run(
    `insert into object_place (object_id, change_id, parent_id, name, since) values (?, ?, ?, ?,
      (select coalesce(max(arrived), 0) from (
        select max(change_id) as arrived from object_place where object_id = ?
        union all
        select max(change_id) as arrived from object_history where object_id = ? and operation = 'create'
      ) as arrivals))`,
    [objectId, changeId, place.parentId, place.name, objectId, objectId],
  );
}

/** Holds for an `object o` that was after change `?`, given twice, where it is now. */
export const isPlacedSince = `not exists
  (select 1 from object_place p where p.object_id = o.id and p.change_id > ?)
  and not exists (select 1 from object_history h
    where h.object_id = o.id and h.change_id > ? and h.operation = 'create')`;

/** Where objects were after a change; those that were not there are left out. */
export async function placesAt(
  transaction: Transaction,
  ids: Iterable<number>,
  change: number,
): Promise<Map<number, Place>> {
  const wanted = [...ids];
  const places = new Map<number, Place>();
  const current = await inIdBatches<PlaceRow>(wanted, (marks, batch) =>
    transaction.all(
      `select o.id, o.parent_id, o.name from object o where o.id in (${marks}) and ${isPlacedSince}`,
      [...batch, change, change],
    ),
  );
  const left = await inIdBatches<PlaceRow>(wanted, (marks, batch) =>
    transaction.all(
      `select object_id as id, parent_id, name from object_place
        where object_id in (${marks}) and since <= ? and change_id > ?`,
      [...batch, change, change],
    ),
  );
  for (const row of [...current, ...left]) {
    places.set(row.id, { parentId: row.parent_id, name: row.name });
  }
  return places;
}

/** Where objects are, or were when they were deleted. */
export async function lastPlaces(
  transaction: Transaction,
  ids: Iterable<number>,
): Promise<Map<number, Place>> {
  const wanted = [...ids];
  const places = new Map<number, Place>();
  const left = await inIdBatches<PlaceRow>(wanted, (marks, batch) =>
    transaction.all(
      `select object_id as id, parent_id, name from object_place p where object_id in (${marks})
        and change_id = (select max(change_id) from object_place l where l.object_id = p.object_id)`,
      batch,
    ),
  );
  const current = await inIdBatches<PlaceRow>(wanted, (marks, batch) =>
    transaction.all(`select id, parent_id, name from object where id in (${marks})`, batch),
  );
  for (const row of [...left, ...current]) {
    places.set(row.id, { parentId: row.parent_id, name: row.name });
  }
  return places;
}

/** Gives the places of many objects, asked for together. */
export type FindPlaces = (ids: readonly number[]) => Promise<Map<number, Place>>;

/** Puts paths together from places, level by level; an object without a place on its way has no path. */
export class PathFinder {
  readonly #find: FindPlaces;
  readonly #places = new Map<number, Place | undefined>([[rootId, { parentId: null, name: "" }]]);
  /** Directories of places that were told, not found. */
  readonly #above = new Set<number>();

  constructor(find: FindPlaces) {
    this.#find = find;
  }

  /** Learns a place that is known already. */
  set(id: number, place: Place): void {
    this.#places.set(id, place);
    if (place.parentId !== null) this.#above.add(place.parentId);
  }

  async paths(ids: Iterable<number>): Promise<Map<number, string>> {
    const wanted = [...ids];
    await this.#load(wanted);
    const paths = new Map<number, string>();
    for (const id of wanted) {
      const path = this.#path(id);
      if (path !== undefined) paths.set(id, path);
    }
    return paths;
  }

  async path(id: number): Promise<string | undefined> {
    return (await this.paths([id])).get(id);
  }

  /** Whether an object is another, or below it. */
  async isWithin(id: number, directoryId: number): Promise<boolean> {
    await this.#load([id]);
    for (let at: number | null | undefined = id; typeof at === "number";) {
      if (at === directoryId) return true;
      at = this.#places.get(at)?.parentId;
    }
    return false;
  }

  async #load(ids: readonly number[]): Promise<void> {
    const unknown = (id: number): boolean => !this.#places.has(id);
    let missing = [...ids, ...this.#above].filter(unknown);
    this.#above.clear();
    // Nothing is deeper than a path is long; beyond that, the places would go round in a circle.
    for (let level = 0; missing.length > 0 && level < depthMax; level += 1) {
      const found = await this.#find(missing);
      const parents = new Set<number>();
      for (const id of missing) {
        const place = found.get(id);
        this.#places.set(id, place);
        if (typeof place?.parentId === "number") parents.add(place.parentId);
      }
      missing = [...parents].filter(unknown);
    }
  }

  #path(id: number): string | undefined {
    const names: string[] = [];
    let at = id;
    while (at !== rootId) {
      const place = this.#places.get(at);
      if (place === undefined || place.parentId === null || names.length > depthMax) {
        return undefined;
      }
      names.unshift(place.name);
      at = place.parentId;
    }
    return names.reduce(joinPath, "/");
  }
}

/** A path of 1024 characters has no more names than this. */
const depthMax = 512;

interface PlaceRow {
  id: number;
  parent_id: number | null;
  name: string;
}
