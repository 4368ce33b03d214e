/**
 * Searches of the past: the language of searches, over objects as they were at a moment, where no index can be asked. All that
 * may be meant is worked out backwards and looked at one by one, so there is a limit of how much that may be.
 */
import { baseName, nearest, parentPath, TsunagiError, type Search } from "#kernel";
import type { Transaction } from "#database";
import type { ObjectDocument } from "./document.ts";
import { password } from "./fields/password.ts";
import { secretMask } from "./field-value.ts";
import type { Json } from "./json.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";
import type { PastReader } from "./past-reader.ts";
import { sortedPage } from "./search/candidate-page.ts";
import { literalContext } from "./search/literal-context.ts";
import { assertSearch, typesOf, type Total } from "./search/object-search.ts";
import { PredicateCompiler, type Candidate, type CandidateWorld } from "./search/predicate.ts";
import type { TreeObject } from "./stored-object.ts";
import { systemValue } from "./system-value.ts";
import { typesPath } from "./system-tree.ts";

export interface PastQuery {
  search?: string | Search | undefined;
  /** Only objects of this type, by the name or path of then. */
  type?: string | undefined;
  /** Only what was below the object at this path, however deep. */
  below?: string | undefined;
  /** Only what was directly in this directory. */
  directory?: string | undefined;
  /** A field, `-field` for the reverse. */
  sort?: string | undefined;
  cursor?: string | undefined;
  limit: number;
  withTotal?: boolean;
}

/** Objects of the past that are worked out for one answer. */
export const pastObjectsMax = 100_000;

interface PastCandidate extends Candidate {
  readonly object: TreeObject;
}

export class PastSearch {
  readonly #then: PastReader;
  readonly #transaction: Transaction;
  readonly #world: PastWorld;

  constructor(transaction: Transaction, then: PastReader) {
    this.#transaction = transaction;
    this.#then = then;
    this.#world = new PastWorld(transaction, then);
  }

  /** A page of what would have been found then. */
  async page({
    search = "",
    type,
    below,
    directory,
    ...query
  }: PastQuery): Promise<{ items: TreeObject[]; next: string | null; total: Total | null }> {
    const tree = typeof search === "string" ? assertSearch(search) : search;
    const compiler = new PredicateCompiler(this.#world);
    const names = type === undefined ? typesOf(tree) : [typeName(type)];
    const scope = await compiler.scopeOf(names);
    if (!scope.isAll)
      for (const one of scope.types) this.#then.assertKept(this.#then.elsewhere(one));
    const holds = await compiler.compile(tree, scope);
    const found: PastCandidate[] = [];
    for (const object of await this.#objects(scope.isAll ? undefined : scope.types, {
      below,
      directory,
    })) {
      const candidate = toCandidate(object);
      const isMeant = scope.isAll || scope.types.some(({ id }) => id === candidate.type.id);
      if (isMeant && (await holds(candidate))) found.push(candidate);
    }
    const sort = query.sort ?? (scope.types.length === 1 ? "name" : "id");
    const page = sortedPage(found, scope, { ...query, sort });
    return { ...page, items: page.found.map(({ object }) => object) };
  }

  /** A value as it was shown then. */
  show(field: Field, stored: Json): Promise<Json> {
    return this.#then.show(field, stored);
  }

  toDocument(object: TreeObject): Promise<ObjectDocument> {
    return this.#then.toDocument(object);
  }

  /** What stood at the end of a way such as `rack.site.name`, as it is shown; null where there was nothing to read. */
  async valueAt(object: TreeObject, [name = "", ...rest]: readonly string[]): Promise<Json> {
    const { type, data } = object.content;
    if (type.hidden.some((field) => field.name === name)) return null;
    const field = type.field(name);
    if (field === undefined) return this.#systemValueAt(object, name, rest);
    const stored = valueOf(field, data);
    if (rest.length === 0) {
      if (field.kind === password) return stored === null ? null : secretMask;
      return this.#then.show(field, stored);
    }
    const values: Json[] = [];
    for (const target of await this.#world.targets(toCandidate(object), field)) {
      const value = await this.valueAt(target.object, rest);
      if (value !== null) values.push(value);
    }
    const isOne = field.kind.withoutReference?.(stored, 0) === null;
    return isOne || values.length === 0 ? (values[0] ?? null) : values.flat();
  }

  async #systemValueAt(object: TreeObject, name: string, rest: readonly string[]): Promise<Json> {
    if (name === "parent" && rest.length > 0) {
      const parent = await this.#world.parent(toCandidate(object));
      return parent === undefined ? null : this.valueAt(parent.object, rest);
    }
    if (rest.length > 0) return null;
    if (name === "parent") return object.path === "/" ? null : parentPath(object.path);
    return systemValue(this.#transaction, object, name);
  }

  async #objects(
    types: readonly ObjectType[] | undefined,
    { below, directory }: { below: string | undefined; directory: string | undefined },
  ): Promise<TreeObject[]> {
    if (directory !== undefined) {
      const found: TreeObject[] = [];
      for (let after: string | null = ""; after !== null;) {
        const page = await this.#then.children(directory, { after, limit: 1000 });
        found.push(...page.items);
        after = found.length > pastObjectsMax ? null : page.next;
      }
      return found;
    }
    if (below !== undefined) return (await this.#then.subtree(below, pastObjectsMax)).slice(1);
    return this.#then.all(pastObjectsMax, types);
  }
}

/** Objects as they were, as what a search looks at. */
class PastWorld implements CandidateWorld {
  readonly context;
  readonly #then: PastReader;
  readonly #known = new Map<number, PastCandidate | undefined>();
  readonly #referrers = new Map<string, Promise<Map<number, PastCandidate[]>>>();
  #types: Promise<ObjectType[]> | undefined;

  constructor(transaction: Transaction, then: PastReader) {
    this.context = literalContext(transaction);
    this.#then = then;
  }

  types(): Promise<ObjectType[]> {
    this.#types ??= this.#then.types();
    return this.#types;
  }

  async type(name: string): Promise<ObjectType> {
    const all = await this.types();
    const found = all.find((type) => type.name === name);
    if (found !== undefined) return found;
    const guess = nearest(
      name,
      all.map((type) => type.name),
    );
    throw new TsunagiError("TYPE_UNKNOWN", `there was no type '${name.slice(0, 200)}' then`, {
      details: { type: name },
      hint: guess === undefined ? "look at /system/types as it was" : `did you mean ${guess}?`,
    });
  }

  async targets(candidate: Candidate, field: Field): Promise<PastCandidate[]> {
    const stored = candidate.value(field);
    const ids = stored === null ? [] : (field.kind.references?.(stored) ?? []);
    const found: PastCandidate[] = [];
    for (const id of ids) {
      const target = await this.#byId(id);
      if (target !== undefined) found.push(target);
    }
    return found;
  }

  async parent(candidate: Candidate): Promise<PastCandidate | undefined> {
    const { object } = candidate as PastCandidate;
    const { parentId } = object.content;
    return parentId === null ? undefined : this.#byId(parentId);
  }

  async referrers(
    { id }: Candidate,
    type: ObjectType,
    field: Field,
  ): Promise<readonly PastCandidate[]> {
    const key = `${type.id} ${field.id}`;
    let known = this.#referrers.get(key);
    if (known === undefined) {
      known = this.#findReferrers(type, field);
      this.#referrers.set(key, known);
    }
    return (await known).get(id ?? 0) ?? [];
  }

  async at(path: string): Promise<PastCandidate | undefined> {
    if (!path.startsWith("/")) return undefined;
    try {
      const object = await this.#then.find(path);
      return object && toCandidate(object);
    } catch (error) {
      // What may not be read is for who asks as if it were not there.
      if (error instanceof TsunagiError && error.code === "PERMISSION_DENIED") return undefined;
      throw error;
    }
  }

  async #findReferrers(type: ObjectType, field: Field): Promise<Map<number, PastCandidate[]>> {
    const found = new Map<number, PastCandidate[]>();
    for (const object of await this.#then.all(pastObjectsMax, [type])) {
      const candidate = toCandidate(object);
      const stored = candidate.value(field);
      for (const id of stored === null ? [] : (field.kind.references?.(stored) ?? [])) {
        const others = found.get(id);
        if (others === undefined) found.set(id, [candidate]);
        else others.push(candidate);
      }
    }
    return found;
  }

  async #byId(id: number): Promise<PastCandidate | undefined> {
    if (this.#known.has(id)) return this.#known.get(id);
    const [object] = await this.#then.readable([id]);
    const candidate = object && toCandidate(object);
    this.#known.set(id, candidate);
    return candidate;
  }
}

function toCandidate(object: TreeObject): PastCandidate {
  const { id, path, name, ownerId, createdAt, updatedAt, content } = object;
  const { type, data } = content;
  const value = (field: Field): Json => valueOf(field, data);
  return { id, path, name, ownerId, createdAt, updatedAt, type, value, object };
}

function typeName(nameOrPath: string): string {
  return parentPath(nameOrPath) === typesPath ? baseName(nameOrPath) : nameOrPath;
}
