/**
 * Objects as they were after a change: found by the path that they had then, of the type that they had then, with
 * the fields that the type had then, and references shown as the paths of then.
 *
 * Everything is computed backwards from now, for all objects of a page together: the cost is that of the objects
 * asked for and of what happened to them since, however much else has changed.
 */
import { joinPath, resolvePath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { showValue, toDocument, type ObjectDocument } from "./document.ts";
import { inIdBatches } from "./id-batches.ts";
import type { Json } from "./json.ts";
import { pastShowContext, pathsAt } from "./object-delta.ts";
import type { ObjectKey } from "./object-reader.ts";
import { rootId } from "./object-table.ts";
import type { Field, ObjectType } from "./object-type.ts";
import type { PastAccess } from "./past-access.ts";
import { isPlacedSince, type PathFinder } from "./past-place.ts";
import { statesAt, type PastState } from "./past-state.ts";
import { PastTypes } from "./past-types.ts";
import { withView, type TreeObject } from "./stored-object.ts";
import { typesPath } from "./system-tree.ts";
import type { VirtualDirectory } from "./virtual-directory.ts";
import type { VirtualDirectories } from "./virtual-objects.ts";

export interface PastPage {
  items: TreeObject[];
  next: string | null;
}

export class PastReader {
  readonly #transaction: Transaction;
  readonly #access: PastAccess;
  readonly #virtual: VirtualDirectories;
  readonly #change: number;
  readonly #types: PastTypes;
  readonly #paths: PathFinder;

  constructor(
    transaction: Transaction,
    options: { access: PastAccess; virtual: VirtualDirectories; change: number },
  ) {
    this.#transaction = transaction;
    this.#access = options.access;
    this.#virtual = options.virtual;
    this.#change = options.change;
    this.#types = new PastTypes(transaction, options.change);
    this.#paths = pathsAt(transaction, options.change);
  }

  /** Undefined if nothing was there; throws PERMISSION_DENIED if it may not be read. */
  async find(key: ObjectKey): Promise<TreeObject | undefined> {
    const id = typeof key === "number" ? key : await this.#locate(resolvePath(key));
    if (id === undefined) return undefined;
    if (!(await this.#access.has(id, "read"))) throw denied(key);
    return (await this.#load([id])).get(id);
  }

  async get(key: ObjectKey): Promise<TreeObject> {
    const found = await this.find(key);
    if (found !== undefined) return found;
    throw new TsunagiError("OBJECT_NOT_FOUND", `no object was at ${key} then`, {
      details: { path: key, change: this.#change },
      hint: "look at what stood in its directory then, or at its history",
    });
  }

  /** A page of what stood in a directory, in order of name. */
  async children(key: ObjectKey, page: { after?: string; limit: number }): Promise<PastPage> {
    const directory = await this.get(key);
    this.assertKept(this.#virtual.at(directory.path));
    const found: NameRow[] = [];
    let after = page.after ?? "";
    for (;;) {
      const rows = await this.#names(directory.id, after, page.limit + 1);
      const readable = new Set(await this.#access.readable(rows.map((row) => row.id)));
      found.push(...rows.filter((row) => readable.has(row.id)));
      if (found.length > page.limit || rows.length <= page.limit) break;
      after = rows.at(-1)?.name ?? after;
    }
    const shown = found.slice(0, page.limit);
    for (const row of shown) this.#paths.set(row.id, { parentId: directory.id, name: row.name });
    const objects = await this.#load(shown.map((row) => row.id));
    const items = shown.flatMap((row) => objects.get(row.id) ?? []);
    return { items, next: found.length > page.limit ? (shown.at(-1)?.name ?? null) : null };
  }

  /** An object and all that stood below it, directories first, without what may not be read. */
  async subtree(key: ObjectKey, limit: number): Promise<TreeObject[]> {
    const top = await this.get(key);
    const all = [top.id];
    let level = [top.id];
    while (level.length > 0 && all.length <= limit) {
      level = await this.#access.readable(await this.#childIds(level));
      all.push(...level);
    }
    if (all.length > limit) {
      throw new TsunagiError("LIMIT_EXCEEDED", `${top.path} held more than ${limit} objects`, {
        details: { path: top.path, limit },
        hint: "ask for the directories below it one by one",
      });
    }
    const objects = await this.#load(all);
    return all.flatMap((id) => objects.get(id) ?? []);
  }

  /** Throws METHOD_NOT_ALLOWED for objects that are kept elsewhere: they have no past. */
  assertKept(directory: VirtualDirectory | undefined): void {
    if (directory !== undefined) throw noPast(directory.path);
  }

  /** The directory whose objects are all of a type, if they are kept elsewhere. */
  elsewhere(type: ObjectType): VirtualDirectory | undefined {
    return this.#virtual.ofType(type.name);
  }

  /** Everything that was there and may be read, of these types, in order of id. */
  async all(limit: number, types?: readonly ObjectType[]): Promise<TreeObject[]> {
    const ids = await this.#idsOf(types, limit);
    if (ids.length > limit) {
      throw new TsunagiError("LIMIT_EXCEEDED", `there were more than ${limit} objects`, {
        details: { limit },
        hint: "ask for those of one type, or for the directories one by one",
      });
    }
    return this.readable(ids);
  }

  /** Those of the objects that were there and may be read. */
  async readable(ids: readonly number[]): Promise<TreeObject[]> {
    const readable = await this.#access.readable(ids);
    const objects = await this.#load(readable);
    return readable.flatMap((id) => objects.get(id) ?? []);
  }

  /** Every type that there was. */
  async types(): Promise<ObjectType[]> {
    const directory = await this.#locate(typesPath);
    if (directory === undefined) return [];
    const ids = await this.#childIds([directory]);
    const types: ObjectType[] = [];
    for (const id of ids.toSorted((a, b) => a - b)) types.push(await this.#types.get(id));
    return types;
  }

  /** A value as it was shown then. */
  show(field: Field, stored: Json): Promise<Json> {
    return showValue(field, stored, pastShowContext(this.#transaction, this.#paths));
  }

  toDocument(object: TreeObject): Promise<ObjectDocument> {
    return toDocument(this.#transaction, object, pastShowContext(this.#transaction, this.#paths));
  }

  /** The ids of all that may have been there, in order: what is there now, and what was deleted or had another type. */
  async #idsOf(types: readonly ObjectType[] | undefined, limit: number): Promise<number[]> {
    const marks = types?.map(() => "?").join(", ") ?? "select id from object_type";
    const rows = await this.#transaction.all<{ id: number }>(
      `select id from object where ${types === undefined ? "1 = 1 or " : ""}type_id in (${marks})
        union select object_id as id from object_history
          where change_id > ? and (operation = 'delete' or before like '%"typeId":%')
        order by id limit ?`,
      [...(types ?? []).map((type) => type.id), this.#change, limit + 1],
    );
    return rows.map((row) => row.id);
  }

  async #load(ids: readonly number[]): Promise<Map<number, TreeObject>> {
    const states = await statesAt(this.#transaction, ids, this.#change);
    const paths = await this.#paths.paths(ids);
    const objects = new Map<number, TreeObject>();
    for (const [id, state] of states) {
      const path = paths.get(id);
      if (path !== undefined) objects.set(id, await this.#toObject(id, path, state));
    }
    return objects;
  }

  async #toObject(id: number, path: string, state: PastState): Promise<TreeObject> {
    const type = await this.#types.get(state.typeId);
    const { name, ownerId, revision, createdAt, updatedAt, parentId, acl, data } = state;
    const content = { kind: "stored", type, parentId, acl, data } as const;
    const times = { createdAt, updatedAt };
    const object = { id, path, name, type: type.name, ownerId, revision, ...times, content };
    const hidden = new Set<Field>();
    for (const field of [...type.fields, ...type.retired]) {
      if (!(await this.#access.maySee(id, type.id, field))) hidden.add(field);
    }
    return withView(
      object,
      type.without((field) => hidden.has(field)),
    );
  }

  async #locate(path: string): Promise<number | undefined> {
    if (this.#virtual.holds(path)) throw noPast(path);
    let id = rootId;
    let at = "/";
    for (const name of path.split("/").filter(Boolean)) {
      const next = await this.#childNamed(id, name);
      if (next === undefined) {
        // What is missing where he may not read is refused in the same words as what is there.
        if (!(await this.#access.has(id, "read"))) throw denied(path);
        return undefined;
      }
      id = next;
      at = joinPath(at, name);
    }
    return id;
  }

  async #childNamed(parentId: number, name: string): Promise<number | undefined> {
    const change = this.#change;
    const stayed = await this.#transaction.get<{ id: number }>(
      `select o.id from object o where o.parent_id = ? and o.name = ? and ${isPlacedSince}`,
      [parentId, name, change, change],
    );
    if (stayed !== undefined) return stayed.id;
    const left = await this.#transaction.get<{ id: number }>(
      `select object_id as id from object_place
        where parent_id = ? and name = ? and since <= ? and change_id > ?`,
      [parentId, name, change, change],
    );
    return left?.id;
  }

  /** What stood in a directory, after that name: what stayed there, and what has left it since. */
  async #names(parentId: number, after: string, limit: number): Promise<NameRow[]> {
    const change = this.#change;
    const stayed = await this.#transaction.all<NameRow>(
      `select o.id, o.name from object o where o.parent_id = ? and o.name > ? and ${isPlacedSince}
        order by o.name limit ?`,
      [parentId, after, change, change, limit],
    );
    const left = await this.#transaction.all<NameRow>(
      `select object_id as id, name from object_place
        where parent_id = ? and name > ? and since <= ? and change_id > ? order by name limit ?`,
      [parentId, after, change, change, limit],
    );
    return [...stayed, ...left].sort((a, b) => compareNames(a.name, b.name)).slice(0, limit);
  }

  async #childIds(parents: readonly number[]): Promise<number[]> {
    const change = this.#change;
    const stayed = await inIdBatches<{ id: number }>(parents, (marks, batch) =>
      this.#transaction.all(
        `select o.id from object o where o.parent_id in (${marks}) and ${isPlacedSince}`,
        [...batch, change, change],
      ),
    );
    const left = await inIdBatches<{ id: number }>(parents, (marks, batch) =>
      this.#transaction.all(
        `select object_id as id from object_place
          where parent_id in (${marks}) and since <= ? and change_id > ?`,
        [...batch, change, change],
      ),
    );
    return [...stayed, ...left].map((row) => row.id);
  }
}

function noPast(path: string): TsunagiError {
  return new TsunagiError("METHOD_NOT_ALLOWED", `no past is kept of ${path}`, {
    hint: "it is kept of the objects of the tree",
  });
}

interface NameRow {
  id: number;
  name: string;
}

/** In the order of the database, which is that of the UTF-8 bytes. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function denied(key: ObjectKey): TsunagiError {
  return new TsunagiError("PERMISSION_DENIED", `you may not read ${key}`, {
    details: { path: key, right: "read" },
  });
}

/** The id of what is at a path, or was there last. Throws OBJECT_NOT_FOUND if nothing ever was. */
export async function lastObjectAt(
  transaction: Transaction,
  present: PastReader,
  key: ObjectKey,
): Promise<number> {
  if (typeof key === "number") return key;
  const found = await present.find(key);
  if (found !== undefined) return found.id;
  let id = rootId;
  for (const name of key.split("/").filter(Boolean)) {
    const row = await transaction.get<{ id: number }>(
      "select id from object where parent_id = ? and name = ?",
      [id, name],
    );
    const left =
      row ??
      (await transaction.get<{ id: number }>(
        `select object_id as id from object_place where parent_id = ? and name = ?
          order by change_id desc limit 1`,
        [id, name],
      ));
    if (left === undefined) {
      throw new TsunagiError("OBJECT_NOT_FOUND", `no object is or ever was at ${key}`, {
        details: { path: key },
      });
    }
    id = left.id;
  }
  return id;
}
