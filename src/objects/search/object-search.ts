/**
 * Finds objects: what a search means (search-compiler.ts) as one statement, with the way to them that touches the fewest.
 *
 * Where a condition leads to few objects by an index, these are looked at, and put in order. Else the objects are
 * gone through in the order that is wanted: a few of them tell how many it takes to fill a page. Where the conditions seldom
 * meet, and that would be too many, the first way is taken after all.
 */
import { TsunagiError, parseSearch, type Search } from "#kernel";
import type { Sql, Transaction } from "#database";
import type { Actor } from "../actor.ts";
import { writeHeld } from "../derived-batch.ts";
import type { ParseContext } from "../field-kind.ts";
import type { Json } from "../json.ts";
import type { ObjectTable } from "../object-table.ts";
import type { Field } from "../object-type.ts";
import type { TreeObject } from "../stored-object.ts";
import { both, type Condition, type KnownTest } from "./condition.ts";
import { compileEqual } from "./field-test.ts";
import { SearchCompiler, type Scope } from "./search-compiler.ts";
import { searchInvalid } from "./search-fault.ts";
import { behind, decodeCursor, encodeCursor, parseSort, type Position, type Sort } from "./sort.ts";
import { allOf, always, raw, sql } from "./sql.ts";

export interface ObjectQuery {
  /** The text of a search, or its tree. */
  search: string | Search;
  /** Only objects of this type, by name. */
  type?: string | undefined;
  /** Fields of that type that must have these stored values; of lists and dictionaries the caller makes sure. */
  equal?: readonly { field: Field; stored: Json }[];
  /** Only what is directly in this directory, by id. */
  parent?: number | undefined;
}

export interface PageQuery extends ObjectQuery {
  /** A field, `-field` for the reverse. By name where a type is given, else by id. */
  sort?: string | undefined;
  cursor?: string | undefined;
  limit: number;
  /** Whether to count all that is found. */
  withTotal?: boolean;
}

export interface SearchPage {
  objects: TreeObject[];
  /** Where the next page begins, or null at the end. */
  next: string | null;
  total: Total | null;
}

/** Counted to its end, or `isExact: false` if there are more than that. */
export interface Total {
  count: number;
  isExact: boolean;
}

/** What a search means, ready to be asked. */
export interface PreparedSearch {
  scope: Scope;
  /** Holds for what is found, of `object o`, once it is of one of the scope's types. */
  test: Sql;
  condition: Condition;
  /** The index that leads to the fewest candidates, if there is any. */
  source: Source | undefined;
  /** All that lead to candidates. */
  sources: readonly Sql[];
}

/** A part of the objects in their order: behind a position, without the first so many, at most so many. */
interface Window {
  from: Position | undefined;
  skip: number;
  size: number;
  /** How many that fit are wanted. */
  limit: number;
  /** Which ids there may be, listed once instead of asked for one by one. */
  listed?: Source | undefined;
}

interface Source {
  ids: Sql;
  /** How many it gives, or more than {@link sourceCountMax}. */
  count: number;
}

/** More is not counted: `more than 10,000` is all that anybody needs to know. */
export const totalMax = 10_000;
/** How far sources are counted at first. */
const sourceCountMax = 5000;
/** Candidates that are read and sorted at once, in a millisecond or two. */
const fewCandidates = 300;
/** Objects gone through in order before the other way is taken. */
const windowMax = 100_000;
/** After so many of them it is seen how many it takes to fill the page. */
const firstWindow = 2000;
/** How far sources are counted where all have more than {@link sourceCountMax}. */
const fallbackCountMax = 60_000;

/** Microseconds, as measured on SQLite with a million objects; what counts is how they relate to each other. */
const cost = {
  /** To look at a candidate: at an index for another condition, and at the rows of those that are left; or else at its row. */
  candidate: 1,
  row: 4,
  /** To go on to the next object in order, and to look whether it is listed; or else whether the indexes know it. */
  inList: 0.3,
  inIndex: 1.2,
  /** To list an id. */
  listing: 0.1,
  /** To find the smallest source. */
  counting: 10_000,
};
/** Objects that a search may read one by one for a field that no index knows. */
export const unindexedMax = 50_000;

export class ObjectSearch {
  readonly #transaction: Transaction;
  readonly #objects: ObjectTable;
  readonly compiler: SearchCompiler;

  constructor(options: {
    transaction: Transaction;
    actor: Actor;
    objects: ObjectTable;
    context: ParseContext;
  }) {
    this.#transaction = options.transaction;
    this.#objects = options.objects;
    this.compiler = new SearchCompiler({ ...options, types: options.objects.types });
  }

  async page(query: PageQuery): Promise<SearchPage> {
    const prepared = await this.prepare(query);
    const key = query.sort ?? (prepared.scope.types.length === 1 ? "name" : "id");
    const sort = parseSort(key, prepared.scope, this.compiler);
    await this.assertNarrow(prepared, sort.unindexed === undefined ? [] : [sort.unindexed]);
    const from = query.cursor === undefined ? undefined : decodeCursor(sort, query.cursor);
    const rows = await this.#rows(prepared, sort, from, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const isMore = rows.length > query.limit && last !== undefined;
    return {
      objects: await this.#objects.inOrder(
        this.#transaction,
        shown.map((row) => row.id),
      ),
      next: isMore ? encodeCursor(sort, last) : null,
      total: query.withTotal === true ? await this.#total(prepared) : null,
    };
  }

  /** Makes a search ready, or throws SEARCH_INVALID. */
  async prepare({ search, type, equal = [], parent }: ObjectQuery): Promise<PreparedSearch> {
    await writeHeld(this.#transaction);
    const tree = typeof search === "string" ? assertSearch(search) : search;
    const scope = await this.compiler.scopeOf(type === undefined ? typesOf(tree) : [type]);
    const condition = both([
      await this.compiler.compile(tree, "o", scope),
      ...this.#equal(equal, scope),
    ]);
    const sources = [...condition.sources];
    const tests = [this.compiler.readable("o"), condition.test];
    if (parent !== undefined) {
      // The sign keeps the database from an index: where this is the best one, it is the source.
      tests.push(sql`+o.parent_id = ${parent}`);
      sources.push(sql`select c.id from object c where c.parent_id = ${parent}`);
    }
    return {
      scope,
      test: allOf(tests),
      condition,
      sources,
      source: await this.#fewest(sources, sourceCountMax),
    };
  }

  /** Throws SEARCH_TOO_WIDE if too many objects would have to be read for the sake of a field without index. */
  async assertNarrow(
    { scope, condition, source }: PreparedSearch,
    others: readonly string[] = [],
  ): Promise<void> {
    const unindexed = [...condition.unindexed, ...others];
    const [field] = unindexed;
    if (field === undefined || source !== undefined) return;
    const all = sql`select count(*) as n from (select 1 from object o
      where ${this.compiler.inScope("o", scope)} limit ${unindexedMax + 1}) c`;
    if ((await this.#number(all)) <= unindexedMax) return;
    const names = [...new Set(unindexed)].map((name) => `'${name}'`).join(", ");
    throw new TsunagiError(
      "SEARCH_TOO_WIDE",
      `this search would read more than ${unindexedMax} objects one by one, as ${names} has no index`,
      {
        details: { fields: unindexed, limit: unindexedMax },
        hint:
          field === "path"
            ? "sort by name, or add a condition on a field that is indexed"
            : `mark the field '${field}' as indexed in its type, or add a condition on a field that is`,
      },
    );
  }

  /** Holds for what is found; looks at what the source gives, if there is one. */
  candidates({ scope, test, condition: { known }, source }: PreparedSearch): Sql {
    if (source === undefined) return allOf([this.compiler.inScope("o", scope), test]);
    const others = known.filter((each) => each.source !== source.ids);
    const ids = sql`select s.id from (${source.ids}) s where ${knownOf(others, "s.id")}`;
    // A database that knows no figures would rather go through all objects of the type.
    return allOf([sql`o.id in (${ids})`, this.compiler.inScope("+o", scope), test]);
  }

  async #rows(
    prepared: PreparedSearch,
    sort: Sort,
    from: Position | undefined,
    limit: number,
  ): Promise<Position[]> {
    const { source } = prepared;
    const isOrdered = sort.isNative || sort.index !== undefined;
    if (!isOrdered || (source !== undefined && source.count <= fewCandidates)) {
      return this.#sorted(prepared, sort, from, limit);
    }
    const found: Position[] = [];
    const isPastValues = from?.value === null;
    const end = isPastValues ? "end" : await this.#inOrder(prepared, sort, from, limit, found);
    if (end === "full") return found;
    if (end !== "end") return this.#sorted({ ...prepared, source: end.source }, sort, from, limit);
    if (sort.missing === undefined) return found;
    // What has no value is in no index row.
    const isAfter = isPastValues ? sql` and o.id > ${from.id}` : raw("");
    const query = sql`select o.id as id, null as value from object o
      where ${this.compiler.inScope("o", prepared.scope)} and ${prepared.test}
        and ${sort.missing}${isAfter}
      order by o.id limit ${limit - found.length}`;
    found.push(...(await this.#transaction.all<Position>(query.sql, query.parameters)));
    return found;
  }

  /** Looks at all candidates and sorts what fits. */
  #sorted(
    prepared: PreparedSearch,
    sort: Sort,
    from: Position | undefined,
    limit: number,
  ): Promise<Position[]> {
    const { value, missing } = sort;
    const direction = raw(sort.isDescending ? " desc" : "");
    const last = missing === undefined ? raw("") : sql`${missing}, `;
    const index = needsIndex(sort)
      ? sql` left join ${sort.index?.table ?? raw("")} i on i.object_id = o.id and ${sort.index?.condition ?? raw("")}`
      : raw("");
    const query = sql`select o.id as id, ${value} as value
      from object o join object_type t on t.id = o.type_id${index}
      where ${allOf([this.candidates(prepared), ...given(behind(sort, from))])}
      order by ${last}${value}${direction}, o.id limit ${limit}`;
    return this.#transaction.all<Position>(query.sql, query.parameters);
  }

  /** Goes through the objects in order; if that would take too long, gives the source to be looked at instead. */
  async #inOrder(
    prepared: PreparedSearch,
    sort: Sort,
    from: Position | undefined,
    limit: number,
    found: Position[],
  ): Promise<"full" | "end" | { source: Source | undefined }> {
    let skip = 0;
    const goOn = async (size: number, listed?: Source): Promise<"full" | "cut" | "end"> => {
      const window = { from, limit: limit - found.length, skip, size, listed };
      skip += size;
      return this.#window(prepared, sort, window, found);
    };
    // What was not found at all may be there once in twice as many.
    const needed = (): number =>
      Math.ceil(((limit - found.length) * skip) / Math.max(found.length, 0.5));
    const counted = (prepared.source?.count ?? 0) > sourceCountMax ? undefined : prepared.source;
    let end = await goOn(firstWindow, counted);
    if (end === "cut" && counted === undefined && cost.inIndex * needed() < cost.counting) {
      end = await goOn(3 * needed());
    }
    if (end !== "cut") return end;
    // Now it pays to know which of the large sources is the smallest.
    const source = counted ?? (await this.#fewest(prepared.sources, fallbackCountMax));
    const isListed = source !== undefined && source.count <= fallbackCountMax;
    const inOrder = isListed
      ? cost.inList * needed() + cost.listing * source.count
      : cost.inIndex * needed();
    const areSifted = prepared.condition.known.some((each) => each.source !== source?.ids);
    const each = areSifted ? cost.candidate : cost.row;
    if (source !== undefined && inOrder > each * source.count) return { source };
    end = await goOn(windowMax, isListed ? source : undefined);
    return end === "cut" ? { source } : end;
  }

  async #window(
    { scope, test, condition: { known } }: PreparedSearch,
    sort: Sort,
    { from, limit, size, skip, listed }: Window,
    found: Position[],
  ): Promise<"full" | "cut" | "end"> {
    const later = raw(sort.isDescending ? "<" : ">");
    const direction = raw(sort.isDescending ? " desc" : "");
    const { index } = sort;
    const value = index === undefined ? raw(`w.${sort.value.sql.slice(2)}`) : raw("i.value");
    const id = raw(index === undefined ? "w.id" : "i.object_id");
    const position =
      from === undefined
        ? raw("1 = 1")
        : sql`(${value} ${later} ${from.value} or (${value} = ${from.value} and ${id} > ${from.id}))
            and ${value} ${later}= ${from.value}`;
    const range =
      index === undefined
        ? sql`object w where ${this.compiler.inScope("w", scope)} and ${position}`
        : sql`${index.table} i where ${index.condition} and ${position}`;
    const window = sql`select ${id} as id, ${value} as value from ${range}
      order by ${value}${direction}, ${id} limit ${size} offset ${skip}`;
    const isListed = listed === undefined ? always : sql`w.id in (${listed.ids})`;
    const others = known.filter((each) => each.source !== listed?.ids);
    const query = sql`select w.id as id, w.value as value
      from (${window}) w cross join object o
      where ${isListed} and ${knownOf(others, "w.id")} and o.id = w.id and ${this.compiler.inScope("+o", scope)} and ${test}
      order by w.value${direction}, w.id limit ${limit}`;
    const rows = await this.#transaction.all<Position>(query.sql, query.parameters);
    found.push(...rows);
    if (rows.length >= limit) return "full";
    const count = await this.#number(sql`select count(*) as n from (${window}) w`);
    return count === size ? "cut" : "end";
  }

  async #total(prepared: PreparedSearch): Promise<Total> {
    const counted = await this.#number(sql`select count(*) as n from (
      select 1 from object o where ${this.candidates(prepared)} limit ${totalMax + 1}) c`);
    return { count: Math.min(counted, totalMax), isExact: counted <= totalMax };
  }

  /** The source that gives the fewest; each is counted only so far as it may be the best. */
  async #fewest(sources: readonly Sql[], countMax: number): Promise<Source | undefined> {
    let best: Source | undefined;
    for (const ids of sources) {
      const most = best === undefined ? countMax : Math.min(best.count, countMax);
      const count = await this.#number(sql`select count(*) as n from (${ids} limit ${most + 1}) c`);
      if (best === undefined || count < best.count) best = { ids, count };
      if (count < 50) break;
    }
    return best;
  }

  #equal(equal: readonly { field: Field; stored: Json }[], { types }: Scope): Condition[] {
    const [type] = types;
    if (type === undefined) return [];
    return equal.map(({ field, stored }) =>
      compileEqual(this.compiler, { type, field, alias: "o", at: 0 }, stored),
    );
  }

  async #number(query: Sql): Promise<number> {
    const row = await this.#transaction.get<{ n: number }>(query.sql, query.parameters);
    return row?.n ?? 0;
  }
}

/** What indexes know of an id; where it does not hold, the object is not even read. */
function knownOf(tests: readonly KnownTest[], id: "s.id" | "w.id"): Sql {
  return allOf(tests.map((test) => test.holds(raw(id))));
}

/** The tree of a search, or SEARCH_INVALID. */
export function assertSearch(text: string): Search {
  const parsed = parseSearch(text);
  if ("fault" in parsed) throw searchInvalid(parsed.fault);
  return parsed.tree;
}

/** The types that a search asks for by itself: `type = Server and …`. */
export function typesOf(tree: Search): string[] | undefined {
  const parts = tree.kind === "and" ? tree.of : [tree];
  for (const part of parts) {
    if (part.kind !== "condition" || part.way.length !== 1) continue;
    const [step] = part.way;
    if (step?.kind !== "field" || step.name !== "type") continue;
    const { test } = part;
    const values =
      test.kind === "in"
        ? test.values
        : test.kind === "compare" && test.operator === "="
          ? [test.value]
          : [];
    const names = values.map(({ value }) => String(value).replace(/^\/system\/types\//, ""));
    if (names.length > 0) return names;
  }
  return undefined;
}

/** Whether the values are known to the index only. */
function needsIndex({ value, index }: Sort): boolean {
  return index !== undefined && value.sql === "i.value";
}

function given(part: Sql | undefined): Sql[] {
  return part === undefined ? [] : [part];
}
