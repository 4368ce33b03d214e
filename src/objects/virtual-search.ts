/**
 * Searches among objects that are kept elsewhere (`/process`, `/system/users` …), in the same language. Their directory gives
 * them in its own order, perhaps only those of some simple conditions; the rest is looked at one by one.
 */
import { TsunagiError, type Search } from "#kernel";
import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import type { Json } from "./json.ts";
import type { ObjectReader } from "./object-reader.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";
import { sortedPage, totalOf } from "./search/candidate-page.ts";
import { literalContext } from "./search/literal-context.ts";
import { assertSearch, unindexedMax, type Total } from "./search/object-search.ts";
import {
  PredicateCompiler,
  type Candidate,
  type CandidateWorld,
  type Holds,
} from "./search/predicate.ts";
import { unknownField } from "./search/search-fault.ts";
import { badCursor } from "./search/sort.ts";
import { isTreeObject, type StoredObject, type TreeObject } from "./stored-object.ts";
import type { VirtualDirectory } from "./virtual-directory.ts";

export interface VirtualQuery {
  search: string | Search;
  sort?: string | undefined;
  cursor?: string | undefined;
  limit: number;
  withTotal?: boolean;
}

interface VirtualCandidate extends Candidate {
  readonly object: StoredObject;
}

/** Objects asked of a directory in one go. */
const batchSize = 1000;

interface Services {
  transaction: Transaction;
  actor: Actor;
  reader: ObjectReader;
}

/** All that a search finds in a directory, to be counted by a field of its type. */
export async function countedVirtual(
  services: Services,
  directory: VirtualDirectory,
  search: string | Search,
  fieldName: string,
): Promise<{ candidates: Candidate[]; field: Field }> {
  const { found, type } = await prepare(services, directory, search);
  const field = type.field(fieldName);
  if (field === undefined) throw unknownField(0, fieldName, type.fieldNames, type.name);
  return { candidates: await Array.fromAsync(found.after("")), field };
}

/** A page of what a search finds in a directory: without `sort` in the directory's own order. */
export async function searchVirtual(
  services: Services,
  directory: VirtualDirectory,
  { search, sort, cursor, limit, withTotal = false }: VirtualQuery,
): Promise<{ items: StoredObject[]; next: string | null; total: Total | null }> {
  const { found, type } = await prepare(services, directory, search);
  const scope = { types: [type], isAll: false };
  if (sort !== undefined) {
    const all = await Array.fromAsync(found.after(""));
    const page = sortedPage(all, scope, { sort, cursor, limit, withTotal });
    return { ...page, items: page.found.map(({ object }) => object) };
  }
  const items: StoredObject[] = [];
  let isMore = false;
  for await (const { object } of found.after(cursor === undefined ? "" : nameIn(cursor))) {
    if (items.length === limit) {
      isMore = true;
      break;
    }
    items.push(object);
  }
  const last = items.at(-1);
  return {
    items,
    next: isMore && last !== undefined ? cursorAfter(last.name) : null,
    total: withTotal ? totalOf((await Array.fromAsync(found.after(""))).length) : null,
  };
}

async function prepare(
  services: Services,
  directory: VirtualDirectory,
  search: string | Search,
): Promise<{ found: Found; type: ObjectType }> {
  const tree = typeof search === "string" ? assertSearch(search) : search;
  const world = new VirtualWorld(services);
  const type = await world.type(directory.type);
  const compiler = new PredicateCompiler(world);
  const holds = await compiler.compile(tree, { types: [type], isAll: false });
  const found = new Found(services, directory, { type, holds, equal: equalIn(tree) });
  return { found, type };
}

/** What fits, in the order of the directory, as far as it is asked for. */
class Found {
  readonly #services: Services;
  readonly #directory: VirtualDirectory;
  readonly #type: ObjectType;
  readonly #holds: Holds;
  readonly #equal: ReadonlyMap<string, Json>;

  constructor(
    services: Services,
    directory: VirtualDirectory,
    wanted: { type: ObjectType; holds: Holds; equal: ReadonlyMap<string, Json> },
  ) {
    this.#services = services;
    this.#directory = directory;
    this.#type = wanted.type;
    this.#holds = wanted.holds;
    this.#equal = wanted.equal;
  }

  async *after(name: string): AsyncGenerator<VirtualCandidate> {
    const { transaction, actor, reader } = this.#services;
    const { path } = this.#directory;
    let seen = 0;
    for (let after: string | null = name; after !== null;) {
      const page = await reader.children(transaction, actor, path, {
        limit: batchSize,
        equal: this.#equal,
        ...(after === "" ? {} : { after }),
      });
      for (const object of page.items) {
        const candidate = virtualCandidate(object, this.#type);
        if (await this.#holds(candidate)) yield candidate;
      }
      seen += page.items.length;
      if (seen > unindexedMax && page.next !== null) throw tooWide(path);
      after = page.next;
    }
  }
}

/** Objects that are kept elsewhere refer to nothing by a number; what is around them stands in the tree. */
class VirtualWorld implements CandidateWorld {
  readonly context;
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  readonly #reader: ObjectReader;

  constructor(services: Services) {
    this.context = literalContext(services.transaction);
    this.#transaction = services.transaction;
    this.#actor = services.actor;
    this.#reader = services.reader;
  }

  types(): Promise<ObjectType[]> {
    return this.#reader.objects.types.all(this.#transaction);
  }

  type(name: string): Promise<ObjectType> {
    return this.#reader.objects.types.getByName(this.#transaction, name);
  }

  async targets(): Promise<Candidate[]> {
    return [];
  }

  async referrers(): Promise<Candidate[]> {
    return [];
  }

  async parent({ path }: Candidate): Promise<Candidate | undefined> {
    return this.at(path.slice(0, Math.max(1, path.lastIndexOf("/"))));
  }

  async at(path: string): Promise<Candidate | undefined> {
    if (!path.startsWith("/")) return undefined;
    try {
      const object = await this.#reader.find(this.#transaction, this.#actor, path);
      if (object === undefined) return undefined;
      if (isTreeObject(object)) return treeCandidate(object);
      return virtualCandidate(object, await this.type(object.type));
    } catch (error) {
      if (error instanceof TsunagiError && error.code === "PERMISSION_DENIED") return undefined;
      throw error;
    }
  }
}

function virtualCandidate(object: StoredObject, type: ObjectType): VirtualCandidate {
  const { id, path, name, ownerId, createdAt, updatedAt, content } = object;
  const fields = content.kind === "virtual" ? content.fields : {};
  const value = (field: Field): Json => fields[field.name] ?? null;
  return { id, path, name, ownerId, createdAt, updatedAt, type, value, object };
}

function treeCandidate(object: TreeObject): Candidate {
  const { id, path, name, ownerId, createdAt, updatedAt, content } = object;
  const value = (field: Field): Json => valueOf(field, content.data);
  return { id, path, name, ownerId, createdAt, updatedAt, type: content.type, value };
}

/** Fields that must have a value wherever the search holds, for a directory that finds by them. */
function equalIn(tree: Search): Map<string, Json> {
  const equal = new Map<string, Json>();
  for (const part of tree.kind === "and" ? tree.of : [tree]) {
    if (part.kind === "and") for (const [name, value] of equalIn(part)) equal.set(name, value);
    if (part.kind !== "condition" || part.way.length !== 1) continue;
    const [step] = part.way;
    const { test } = part;
    if (step?.kind !== "field" || test.kind !== "compare" || test.operator !== "=") continue;
    equal.set(step.name, test.value.value);
  }
  return equal;
}

function cursorAfter(name: string): string {
  return Buffer.from(JSON.stringify([name])).toString("base64url");
}

function nameIn(cursor: string): string {
  try {
    const parts = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown;
    if (Array.isArray(parts) && parts.length === 1 && typeof parts[0] === "string") return parts[0];
  } catch {
    // What cannot be read is no cursor either.
  }
  throw badCursor();
}

function tooWide(path: string): TsunagiError {
  return new TsunagiError(
    "SEARCH_TOO_WIDE",
    `this search would read more than ${unindexedMax} objects of ${path} one by one`,
    {
      details: { path, limit: unindexedMax },
      hint:
        path === "/process"
          ? "add the state, such as state = running, or leave out the order: the newest come first"
          : "leave out the order, or ask for fewer at once",
    },
  );
}
