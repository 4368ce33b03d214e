/**
 * Finding objects by what they are: the door to `search/`. The language of searches is the kernel's (`search-tree.ts`); this
 * says for whom it is asked, and where: among the objects of the tree, or in a directory whose objects are kept elsewhere. No
 * search goes through both.
 */
import { baseName, parentPath, resolvePath, TsunagiError, type Search } from "#kernel";
import type { Transaction } from "#database";
import type { Sealer } from "#runtime";
import type { Actor } from "./actor.ts";
import { showValue } from "./document.ts";
import { parseContext, readContext } from "./field-context.ts";
import { parseCondition } from "./field-input.ts";
import type { FieldInput } from "./field-value.ts";
import { password } from "./fields/password.ts";
import { secretMask } from "./field-value.ts";
import { isSame, type Json } from "./json.ts";
import type { ObjectKey, ObjectReader } from "./object-reader.ts";
import { valueOf, type Field } from "./object-type.ts";
import { hasRight } from "./rights.ts";
import { duplicatesOf, statisticsOf } from "./search/candidate-figures.ts";
import {
  FieldFigures,
  type DuplicatePage,
  type FieldStatistics,
} from "./search/field-statistics.ts";
import { assertSearch, ObjectSearch, typesOf, type Total } from "./search/object-search.ts";
import { unknownField } from "./search/search-fault.ts";
import { isTreeObject, visibleTo, type StoredObject, type TreeObject } from "./stored-object.ts";
import { systemValue } from "./system-value.ts";
import { typesPath } from "./system-tree.ts";
import type { VirtualDirectory } from "./virtual-directory.ts";
import { countedVirtual, searchVirtual } from "./virtual-search.ts";

/** What to look for. */
export interface FindQuery {
  /** The text of a search; left out or empty, everything. */
  search?: string | Search | undefined;
  /** Only objects of this type, by name or path. */
  type?: string | undefined;
  /** Only what is below the object at this path, however deep. */
  below?: string | undefined;
  /** Only what is directly in this directory. */
  directory?: ObjectKey | undefined;
}

export interface FindPage extends FindQuery {
  /** A field, `-field` for the reverse. */
  sort?: string | undefined;
  /** `next` of the page before. */
  cursor?: string | undefined;
  limit: number;
  withTotal?: boolean;
}

export interface FoundPage {
  items: StoredObject[];
  next: string | null;
  total: Total | null;
}

/** Objects read in one go by {@link ObjectFinder.all}. */
const batchSize = 1000;

export class ObjectFinder {
  readonly #reader: ObjectReader;
  readonly #sealer: Sealer;

  constructor(reader: ObjectReader, sealer: Sealer) {
    this.#reader = reader;
    this.#sealer = sealer;
  }

  /** A page of what is found. */
  async page(transaction: Transaction, actor: Actor, query: FindPage): Promise<FoundPage> {
    const virtual = this.#virtualIn(query);
    if (virtual !== undefined) {
      const services = { transaction, actor, reader: this.#reader };
      // They have no number; in the directory's own order no more is looked at than is needed.
      const sort = query.sort === "id" ? undefined : query.sort;
      return searchVirtual(services, virtual, { ...query, search: query.search ?? "", sort });
    }
    const search = this.#search(transaction, actor);
    const page = { ...query, ...(await this.#narrowed(transaction, actor, query)) };
    const { objects, next, total } = await search.page(page);
    const items: StoredObject[] = [];
    for (const object of objects) {
      items.push(await this.#reader.view(transaction, actor, object));
    }
    return { items, next, total };
  }

  /** All that is found, in order of path; `equal` are values that fields must have, as they are given by a program. */
  async all(
    transaction: Transaction,
    actor: Actor,
    query: FindQuery,
    equal: ReadonlyMap<string, FieldInput> = new Map(),
  ): Promise<StoredObject[]> {
    const virtual = this.#virtualIn(query);
    if (virtual !== undefined) return this.#allVirtual(transaction, actor, virtual, query, equal);
    const narrowed = await this.#narrowed(transaction, actor, query);
    const conditions = await this.#equal(transaction, actor, narrowed.type, equal);
    const search = this.#search(transaction, actor);
    const found: TreeObject[] = [];
    let cursor: string | undefined;
    do {
      const page = await search.page({
        ...narrowed,
        equal: conditions,
        sort: "id",
        limit: batchSize,
        cursor,
      });
      for (const object of page.objects) {
        const visible = await this.#reader.view(transaction, actor, object);
        if (fits(visible, conditions)) found.push(visible);
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** How the values of a field are spread over what is found; the `limit` most frequent are named. */
  async statistics(
    transaction: Transaction,
    actor: Actor,
    query: FindQuery & { field: string; limit: number },
  ): Promise<FieldStatistics> {
    const virtual = this.#virtualIn(query);
    if (virtual !== undefined) {
      const services = { transaction, actor, reader: this.#reader };
      const { search = "", field, limit } = query;
      const counted = await countedVirtual(services, virtual, search, field);
      return statisticsOf(counted.candidates, counted.field, limit);
    }
    const narrowed = await this.#narrowed(transaction, actor, query);
    return this.#figures(transaction, actor).statistics(narrowed, query.field, query.limit);
  }

  /** The values of a field that several of the found objects have, with these objects. */
  async duplicates(
    transaction: Transaction,
    actor: Actor,
    query: FindQuery & { field: string; limit: number },
  ): Promise<DuplicatePage> {
    const virtual = this.#virtualIn(query);
    if (virtual !== undefined) {
      const services = { transaction, actor, reader: this.#reader };
      const { search = "", field, limit } = query;
      const counted = await countedVirtual(services, virtual, search, field);
      return duplicatesOf(counted.candidates, counted.field, limit);
    }
    const narrowed = await this.#narrowed(transaction, actor, query);
    return this.#figures(transaction, actor).duplicates(narrowed, query.field, query.limit);
  }

  /**
   * What stands at the end of a way such as `rack.site.name`, as it is shown: null where there is nothing, or nothing that
   * the actor may read.
   */
  async valueAt(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
    way: readonly string[],
  ): Promise<Json> {
    const [name = "", ...rest] = way;
    if (!isTreeObject(object)) {
      const { content } = object;
      const fields = content.kind === "virtual" ? content.fields : {};
      if (Object.hasOwn(fields, name)) return rest.length === 0 ? (fields[name] ?? null) : null;
      return this.#systemValueAt(transaction, actor, object, way);
    }
    const { type } = object.content;
    if (type.hidden.some((field) => field.name === name)) return null;
    const field = type.field(name);
    if (field === undefined) return this.#systemValueAt(transaction, actor, object, way);
    const stored = valueOf(field, object.content.data);
    if (rest.length === 0) {
      if (field.kind === password) return stored === null ? null : secretMask;
      return showValue(field, stored, readContext(transaction, this.#sealer));
    }
    if (stored === null) return null;
    const values: Json[] = [];
    for (const id of field.kind.references?.(stored) ?? []) {
      const target = await this.#readable(transaction, actor, id);
      if (target === undefined) continue;
      const value = await this.valueAt(transaction, actor, target, rest);
      if (value !== null) values.push(value);
    }
    return field.kind.withoutReference?.(stored, 0) === null ? (values[0] ?? null) : values.flat();
  }

  async #systemValueAt(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
    [name = "", ...rest]: readonly string[],
  ): Promise<Json> {
    if (name === "parent") {
      if (object.path === "/") return null;
      if (rest.length === 0) return parentPath(object.path);
      const { content } = object;
      const parentId = content.kind === "stored" ? content.parentId : null;
      const parent =
        parentId === null ? undefined : await this.#readable(transaction, actor, parentId);
      return parent === undefined ? null : this.valueAt(transaction, actor, parent, rest);
    }
    return rest.length > 0 ? null : systemValue(transaction, object, name);
  }

  async #readable(
    transaction: Transaction,
    actor: Actor,
    id: number,
  ): Promise<TreeObject | undefined> {
    const object = await this.#reader.objects.byId(transaction, id);
    if (object === undefined) return undefined;
    const rights = await this.#reader.rights(transaction, actor, object);
    return hasRight(rights, "read") ? visibleTo(object, rights) : undefined;
  }

  /** The directory that is searched, if its objects are kept elsewhere. */
  #virtualIn({ search = "", type, below, directory }: FindQuery): VirtualDirectory | undefined {
    const { virtual } = this.#reader;
    if (typeof directory === "string") return virtual.at(resolvePath(directory));
    if (directory !== undefined) return undefined;
    if (below !== undefined && virtual.at(below) !== undefined) return virtual.at(below);
    const names =
      type === undefined
        ? typesOf(typeof search === "string" ? assertSearch(search) : search)
        : [typeName(type)];
    const [name] = names ?? [];
    const found = name === undefined ? undefined : virtual.ofType(name);
    if (found === undefined) return undefined;
    if (names?.length !== 1) throw severalPlaces(found.path);
    return below === undefined || below === "/" || found.path.startsWith(`${below}/`)
      ? found
      : undefined;
  }

  async #allVirtual(
    transaction: Transaction,
    actor: Actor,
    directory: VirtualDirectory,
    { search = "" }: FindQuery,
    equal: ReadonlyMap<string, FieldInput>,
  ): Promise<StoredObject[]> {
    const services = { transaction, actor, reader: this.#reader };
    const type = await this.#reader.objects.types.getByName(transaction, directory.type);
    for (const name of equal.keys()) {
      if (type.field(name) === undefined) throw unknownField(0, name, type.fieldNames, type.name);
    }
    const found: StoredObject[] = [];
    let cursor: string | undefined;
    do {
      const page = await searchVirtual(services, directory, { search, limit: batchSize, cursor });
      for (const object of page.items) {
        const { content } = object;
        const fields = content.kind === "virtual" ? content.fields : {};
        if ([...equal].every(([name, value]) => isSame(fields[name] ?? null, value as Json))) {
          found.push(object);
        }
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  async #narrowed(
    transaction: Transaction,
    actor: Actor,
    { search = "", type, below, directory }: FindQuery,
  ): Promise<{ search: string | Search; type?: string; parent?: number }> {
    return {
      search: below === undefined ? search : inside(below, search),
      ...(type === undefined ? {} : { type: typeName(type) }),
      ...(directory === undefined
        ? {}
        : { parent: await this.#directoryId(transaction, actor, directory) }),
    };
  }

  async #directoryId(transaction: Transaction, actor: Actor, key: ObjectKey): Promise<number> {
    const directory = await this.#reader.get(transaction, actor, key);
    if (directory.id !== null && this.#reader.virtual.at(directory.path) === undefined) {
      return directory.id;
    }
    throw new TsunagiError("SEARCH_INVALID", `${directory.path} cannot be searched`, {
      details: { path: directory.path },
      hint: "what is in it is kept elsewhere; list it instead",
    });
  }

  async #equal(
    transaction: Transaction,
    actor: Actor,
    type: string | undefined,
    given: ReadonlyMap<string, FieldInput>,
  ): Promise<{ field: Field; stored: Json }[]> {
    if (given.size === 0 || type === undefined) return [];
    const { types } = this.#reader.objects;
    const objectType = await types.getByName(transaction, type);
    const context = this.#parseContext(transaction, actor);
    const equal: { field: Field; stored: Json }[] = [];
    for (const [name, input] of given) {
      const field = objectType.field(name);
      if (field === undefined) throw unknownField(0, name, objectType.fieldNames, type);
      if (field.kind === password) {
        throw new TsunagiError("PERMISSION_DENIED", `nobody may search by the password '${name}'`);
      }
      const stored = await parseCondition(field, input, `a search for ${type}`, context);
      equal.push({ field, stored });
    }
    return equal;
  }

  #figures(transaction: Transaction, actor: Actor): FieldFigures {
    return new FieldFigures({
      transaction,
      search: this.#search(transaction, actor),
      context: readContext(transaction, this.#sealer),
    });
  }

  #search(transaction: Transaction, actor: Actor): ObjectSearch {
    const { objects } = this.#reader;
    const context = this.#parseContext(transaction, actor);
    return new ObjectSearch({ transaction, actor, objects, context });
  }

  #parseContext(transaction: Transaction, actor: Actor) {
    return parseContext(transaction, {
      actor,
      reader: this.#reader,
      sealer: this.#sealer,
      previous: undefined,
    });
  }
}

function inside(path: string, search: string | Search): Search {
  const tree = typeof search === "string" ? assertSearch(search) : search;
  return { kind: "and", of: [tree, { kind: "under", path, at: 0 }] };
}

function severalPlaces(path: string): TsunagiError {
  return new TsunagiError("SEARCH_INVALID", `what is in ${path} is searched by itself`, {
    details: { path },
    hint: "search for one type at a time",
  });
}

function typeName(nameOrPath: string): string {
  return parentPath(nameOrPath) === typesPath ? baseName(nameOrPath) : nameOrPath;
}

/** Whether the values are exactly these; of lists and dictionaries SQL tells less than that. */
function fits(
  { content }: TreeObject,
  conditions: readonly { field: Field; stored: Json }[],
): boolean {
  return conditions.every(({ field, stored }) => {
    const isHidden = content.type.field(field.name) === undefined;
    return isSame(isHidden ? null : valueOf(field, content.data), stored);
  });
}
