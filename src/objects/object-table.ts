import { baseName, joinPath, parentPath } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { inIdBatches } from "./id-batches.ts";
import type { JsonObject } from "./json.ts";
import { directoriesOf } from "./lookup-memory.ts";
import type { TreeObject } from "./stored-object.ts";
import type { TypeTable } from "./type-table.ts";

/** The root directory is the first object that an installation makes. */
export const rootId = 1;

/** A row of the table `object`. */
export interface ObjectRow {
  id: number;
  parent_id: number | null;
  name: string;
  type_id: number;
  owner_id: number;
  acl: string;
  revision: number;
  data: string;
  created_at: number;
  updated_at: number;
}

/** With the version of its type. */
interface Row extends ObjectRow {
  stamp: string;
}

const selectObject = `select o.id, o.parent_id, o.name, o.type_id, o.owner_id, o.acl, o.revision, o.data,
  o.created_at, o.updated_at, t.stamp from object o join object_type t on t.id = o.type_id`;

/** Where a path leads: to an object, or to the last directory on the way that there is. */
export type Location =
  | { kind: "found"; object: TreeObject }
  /** `missing` are the names that are not there, from the first; `below` is the id and path of what is. */
  | { kind: "missing"; below: { id: number; path: string }; missing: string[] };

/** Reads objects. Knows nothing of permissions. */
export class ObjectTable {
  readonly types: TypeTable;

  constructor(types: TypeTable) {
    this.types = types;
  }

  /** Follows a path: a look-up in an index per name, so that moving a directory moves what is in it. */
  async locate(transaction: Transaction, path: string): Promise<Location> {
    const names = path.split("/").filter(Boolean);
    const last = names.pop();
    if (last === undefined) {
      const object = await this.#one(transaction, "where o.id = ?", [rootId], "/");
      return object ? { kind: "found", object } : missingFrom(rootId, "/", []);
    }
    const directories = directoriesOf(transaction);
    let id = directories.get(parentPath(path));
    if (id === undefined) {
      id = rootId;
      let at = "/";
      for (const [index, name] of names.entries()) {
        const next = await childId(transaction, id, name);
        if (next === undefined) return missingFrom(id, at, [...names.slice(index), last]);
        id = next;
        at = joinPath(at, name);
      }
      directories.set(at, id);
    }
    const where = "where o.parent_id = ? and o.name = ?";
    const object = await this.#one(transaction, where, [id, last], path);
    return object ? { kind: "found", object } : missingFrom(id, parentPath(path), [last]);
  }

  /** The object of an id; a path that is known already is not worked out again. */
  async byId(
    transaction: Transaction,
    id: number,
    knownPath?: string,
  ): Promise<TreeObject | undefined> {
    const path = knownPath ?? (await pathOf(transaction, id));
    if (path === null) return undefined;
    return this.#one(transaction, "where o.id = ?", [id], path);
  }

  /** The objects of those ids that are there, whose paths are given. */
  async byIds(
    transaction: Transaction,
    paths: ReadonlyMap<number, string>,
  ): Promise<Map<number, TreeObject>> {
    const rows = await inIdBatches<Row>(paths.keys(), (marks, batch) =>
      transaction.all(`${selectObject} where o.id in (${marks})`, batch),
    );
    const found = new Map<number, TreeObject>();
    for (const row of rows) {
      found.set(row.id, await this.#toObject(transaction, row, paths.get(row.id) ?? ""));
    }
    return found;
  }

  /** Objects for which a condition on `object o` holds, in an order, at most so many. */
  async select(
    transaction: Transaction,
    query: { condition: string; parameters: readonly SqlValue[]; order: string; limit: number },
    directoryPath?: string,
  ): Promise<TreeObject[]> {
    const rows = await transaction.all<Row>(
      `${selectObject} where ${query.condition} order by ${query.order} limit ?`,
      [...query.parameters, query.limit],
    );
    return this.#toObjects(transaction, rows, directoryPath);
  }

  /** The objects of these ids that are there, in this order. */
  async inOrder(transaction: Transaction, ids: readonly number[]): Promise<TreeObject[]> {
    const rows = await inIdBatches<Row>(ids, (marks, batch) =>
      transaction.all(`${selectObject} where o.id in (${marks})`, batch),
    );
    const objects = await this.#toObjects(transaction, rows);
    const byId = new Map(objects.map((object) => [object.id, object]));
    return ids.map((id) => byId.get(id)).filter((object) => object !== undefined);
  }

  async #toObjects(
    transaction: Transaction,
    rows: readonly Row[],
    directoryPath?: string,
  ): Promise<TreeObject[]> {
    // Most of what is listed together lies in few directories.
    const directories = new Map<number | null, string | null>();
    const above = new Map<number, string>();
    const found: TreeObject[] = [];
    for (const row of rows) {
      const { parent_id: parent } = row;
      if (directoryPath === undefined && !directories.has(parent)) {
        directories.set(parent, parent === null ? null : await pathOf(transaction, parent, above));
      }
      const directory = directoryPath ?? directories.get(parent) ?? null;
      const path = parent === null ? "/" : directory === null ? "" : joinPath(directory, row.name);
      found.push(await this.#toObject(transaction, row, path));
    }
    return found;
  }

  async #one(
    transaction: Transaction,
    where: string,
    parameters: readonly SqlValue[],
    path: string,
  ): Promise<TreeObject | undefined> {
    const row = await transaction.get<Row>(`${selectObject} ${where}`, parameters);
    return row && this.#toObject(transaction, row, path);
  }

  async #toObject(transaction: Transaction, row: Row, path: string): Promise<TreeObject> {
    const type = await this.types.get(transaction, row.type_id, row.stamp);
    return {
      id: row.id,
      path,
      name: baseName(path),
      type: type.name,
      ownerId: row.owner_id,
      revision: row.revision,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      content: {
        kind: "stored",
        type,
        parentId: row.parent_id,
        acl: row.acl,
        data: JSON.parse(row.data) as JsonObject,
      },
    };
  }
}

/** Where an object is, or null if it is gone; `known` are the paths that were found before. */
export async function pathOf(
  transaction: Transaction,
  id: number,
  known = new Map<number, string>(),
): Promise<string | null> {
  if (id === rootId) return "/";
  const found = known.get(id);
  if (found !== undefined) return found;
  const row = await transaction.get<{ parent_id: number | null; name: string }>(
    "select parent_id, name from object where id = ?",
    [id],
  );
  if (row === undefined || row.parent_id === null) return null;
  const directory = await pathOf(transaction, row.parent_id, known);
  if (directory === null) return null;
  const path = joinPath(directory, row.name);
  known.set(id, path);
  return path;
}

export async function childId(
  transaction: Transaction,
  parentId: number,
  name: string,
): Promise<number | undefined> {
  const row = await transaction.get<{ id: number }>(
    "select id from object where parent_id = ? and name = ?",
    [parentId, name],
  );
  return row?.id;
}

function missingFrom(id: number, path: string, missing: string[]): Location {
  return { kind: "missing", below: { id, path }, missing };
}
