/**
 * Reading with permissions: nothing leaves this file that the actor may not see.
 *
 * Where he may not read, the storage does not tell whether there is anything: what is missing below a
 * directory that he cannot read is refused in the same words as what is there. Fields that he may not see are left
 * out of what he gets; only who changes objects gets them whole ({@link ObjectReader.getTreeObject}).
 */
import { nearest, resolvePath, TsunagiError } from "#kernel";
import type { Sql, Transaction } from "#database";
import { permitted, type AclTable } from "./acl.ts";
import type { Actor } from "./actor.ts";
import type { Location, ObjectTable } from "./object-table.ts";
import type { Json } from "./json.ts";
import { allRights, hasRight, type Right, type RightSet } from "./rights.ts";
import { isTreeObject, visibleTo, type StoredObject, type TreeObject } from "./stored-object.ts";
import { toStoredObject, type VirtualDirectories } from "./virtual-objects.ts";

/** An id of the tree, or a path. */
export type ObjectKey = number | string;

export interface ObjectPage {
  items: StoredObject[];
  /** Where the next page begins (`after`), or null at the end. */
  next: string | null;
}

/** Enough to suggest the right name in any directory that a person looks at. */
const suggestedFromMax = 1000;

export class ObjectReader {
  readonly objects: ObjectTable;
  readonly acl: AclTable;
  readonly virtual: VirtualDirectories;

  constructor(objects: ObjectTable, acl: AclTable, virtual: VirtualDirectories) {
    this.objects = objects;
    this.acl = acl;
    this.virtual = virtual;
  }

  /** Undefined if nothing is there; throws PERMISSION_DENIED if the actor lacks the right. */
  async find(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    right: Right = "read",
  ): Promise<StoredObject | undefined> {
    const found = await this.#look(transaction, actor, key);
    if (found instanceof Missing) return undefined;
    return this.view(transaction, actor, found, right);
  }

  /** As {@link find}, but throws OBJECT_NOT_FOUND, with the name that may have been meant. */
  async get(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    right: Right = "read",
  ): Promise<StoredObject> {
    return this.view(transaction, actor, await this.#existing(transaction, actor, key), right);
  }

  /** An object as the actor may see it; throws PERMISSION_DENIED if he lacks the right. */
  async view<T extends StoredObject>(
    transaction: Transaction,
    actor: Actor,
    object: T,
    right: Right = "read",
  ): Promise<T> {
    const rights = await this.rights(transaction, actor, object);
    if (!hasRight(rights, right)) throw denied(actor, object.path, right);
    return visibleTo(object, rights);
  }

  /** An object of the tree with all its fields, to be changed; virtual ones are refused. */
  async getTreeObject(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    right: Right,
  ): Promise<TreeObject> {
    const object = await this.#existing(transaction, actor, key);
    await this.assertRight(transaction, actor, object, right);
    if (isTreeObject(object)) return object;
    throw new TsunagiError("METHOD_NOT_ALLOWED", `${object.path} cannot be changed as an object`);
  }

  /**
   * A page of what is directly below a directory, in order of name, without what the actor may not read, and of the tree only
   * where a further condition on `object o` holds; of what is kept elsewhere, what has other values than `equal` may be left out.
   */
  async children(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    {
      after,
      limit,
      condition: further = { sql: "1 = 1", parameters: [] },
      equal,
    }: { after?: string; limit: number; condition?: Sql; equal?: ReadonlyMap<string, Json> },
  ): Promise<ObjectPage> {
    const directory = await this.#existing(transaction, actor, key);
    const virtual = this.virtual.at(directory.path);
    // Who keeps objects himself says what of them the actor may see, also if he may not read the directory.
    if (virtual !== undefined) {
      const rights = await this.rights(transaction, actor, directory);
      const page = {
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
        ...(equal === undefined ? {} : { equal }),
      };
      const found = await virtual.list(transaction, actor, page, rights);
      return toPage(
        found.map((object) => toStoredObject(directory.path, object)),
        limit,
      );
    }
    await this.assertRight(transaction, actor, directory, "read");
    if (directory.id === null) return { items: [], next: null };
    const { condition, parameters } = permitted(actor.principal, "read");
    const found = await this.objects.select(
      transaction,
      {
        condition: `o.parent_id = ? and o.name > ? and ${further.sql} and ${condition}`,
        parameters: [directory.id, after ?? "", ...further.parameters, ...parameters],
        order: "o.name",
        limit: limit + 1,
      },
      directory.path,
    );
    const visible: StoredObject[] = [];
    for (const object of found) visible.push(await this.view(transaction, actor, object));
    return toPage(visible, limit);
  }

  async rights(transaction: Transaction, actor: Actor, object: StoredObject): Promise<RightSet> {
    if (actor.principal.isAdministrator) return allRights;
    if (object.content.kind === "virtual") return object.content.rights;
    const { ownerId, content } = object;
    return this.acl.rights(transaction, actor.principal, { ownerId, acl: content.acl });
  }

  async assertRight(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
    right: Right,
  ): Promise<void> {
    if (!hasRight(await this.rights(transaction, actor, object), right)) {
      throw denied(actor, object.path, right);
    }
  }

  /** As {@link get}, but asks for no right. */
  async #existing(transaction: Transaction, actor: Actor, key: ObjectKey): Promise<StoredObject> {
    const found = await this.#look(transaction, actor, key);
    if (found instanceof Missing) throw await this.#notFound(transaction, actor, found);
    return found;
  }

  async #look(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
  ): Promise<StoredObject | Missing> {
    if (typeof key === "number") {
      const object = await this.objects.byId(transaction, key);
      return object ?? new Missing(`#${key}`, undefined);
    }
    const path = resolvePath(key);
    const virtual = this.virtual.above(path);
    if (virtual !== undefined) {
      const { directory, name } = virtual;
      const mount = await this.objects.locate(transaction, directory.path);
      if (mount.kind === "missing") return new Missing(path, mount);
      const inherited = await this.rights(transaction, actor, mount.object);
      const found = await directory.find(transaction, actor, name, inherited);
      if (found !== undefined) return toStoredObject(directory.path, found);
      if (!hasRight(inherited, "read")) throw denied(actor, path, "read");
      return new Missing(path, undefined);
    }
    const location = await this.objects.locate(transaction, path);
    if (location.kind === "found") return location.object;
    const below = await this.objects.byId(transaction, location.below.id);
    if (below !== undefined && !hasRight(await this.rights(transaction, actor, below), "read")) {
      throw denied(actor, path, "read");
    }
    return new Missing(path, location);
  }

  async #notFound(
    transaction: Transaction,
    actor: Actor,
    { path, location }: Missing,
  ): Promise<TsunagiError> {
    const guess = await this.#suggest(transaction, actor, location);
    return new TsunagiError("OBJECT_NOT_FOUND", `no object at ${path}`, {
      details: { path, ...(guess === undefined ? {} : { suggestion: guess }) },
      ...(guess === undefined ? {} : { hint: `did you mean ${guess}?` }),
    });
  }

  async #suggest(
    transaction: Transaction,
    actor: Actor,
    location: Location | undefined,
  ): Promise<string | undefined> {
    const name = location?.kind === "missing" ? location.missing[0] : undefined;
    if (location?.kind !== "missing" || name === undefined) return undefined;
    const page = await this.children(transaction, actor, location.below.path, {
      limit: suggestedFromMax,
    });
    const guess = nearest(
      name,
      page.items.map((item) => item.name),
    );
    return page.items.find((item) => item.name === guess)?.path;
  }
}

/** The answer for "nothing is there". */
class Missing {
  readonly path: string;
  readonly location: Location | undefined;
  constructor(path: string, location: Location | undefined) {
    this.path = path;
    this.location = location;
  }
}

function toPage(found: readonly StoredObject[], limit: number): ObjectPage {
  const items = found.slice(0, limit);
  const isMore = found.length > limit;
  return { items, next: isMore ? (items.at(-1)?.name ?? null) : null };
}

function denied(actor: Actor, path: string, right: Right): TsunagiError {
  return new TsunagiError("PERMISSION_DENIED", `${actor.principal.name} may not ${right} ${path}`, {
    details: { path, right },
    hint: `ask who manages ${path} for the right '${right}'`,
  });
}
