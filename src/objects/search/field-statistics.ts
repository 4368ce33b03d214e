/**
 * What the values of a field are, over all that a search finds: how often each occurs, how many have none, the least
 * and the greatest. Every figure is of objects that the actor may read, as the search itself is.
 */
import { TsunagiError } from "#kernel";
import type { Sql, Transaction } from "#database";
import { showValue } from "../document.ts";
import { password } from "../fields/password.ts";
import type { ShowContext } from "../field-kind.ts";
import type { Json, JsonObject } from "../json.ts";
import { valueOf, type Field, type ObjectType } from "../object-type.ts";
import type { ObjectSearch, ObjectQuery, PreparedSearch } from "./object-search.ts";
import { unknownField } from "./search-fault.ts";
import { raw, sql } from "./sql.ts";
import { isNumeric } from "./value-sql.ts";

export interface FieldStatistics {
  /** Objects found, and how many of them have no value. */
  count: number;
  empty: number;
  distinct: number;
  /** The most frequent values, as they are shown. */
  values: { value: Json; count: number }[];
  /** Of fields that hold numbers. */
  min: number | null;
  max: number | null;
  average: number | null;
}

export interface DuplicatePage {
  duplicates: { value: Json; count: number; paths: string[] }[];
  /** Whether there are more values that occur several times. */
  isMore: boolean;
}

/** Objects listed for a value; the count says how many there are. */
export const listedMax = 20;

export class FieldFigures {
  readonly #transaction: Transaction;
  readonly #search: ObjectSearch;
  readonly #context: ShowContext;
  readonly #pathOf: (id: number) => Promise<string | null>;

  constructor(options: { transaction: Transaction; search: ObjectSearch; context: ShowContext }) {
    this.#transaction = options.transaction;
    this.#search = options.search;
    this.#context = options.context;
    this.#pathOf = (id) => options.context.pathOf(id);
  }

  async statistics(query: ObjectQuery, name: string, limit: number): Promise<FieldStatistics> {
    const { field, values } = await this.#values(query, name);
    const numbers = isNumeric(field) && field.kind.references === undefined;
    const figures = numbers
      ? sql`min(v.value) as min, max(v.value) as max, avg(v.value) as average`
      : sql`null as min, null as max, null as average`;
    const whole = await this.#get<{
      count: number;
      filled: number;
      distinct: number;
      min: number | null;
      max: number | null;
      average: number | null;
    }>(sql`select count(*) as count, count(v.value) as filled, count(distinct v.value) as "distinct",
      ${figures} from (${values}) v`);
    const groups = await this.#groups(values, sql`count(*) >= ${1}`, limit);
    const { count, filled, distinct, min, max, average } = whole;
    return {
      count,
      empty: count - filled,
      distinct,
      values: await this.#shown(field, groups),
      min,
      max,
      average,
    };
  }

  async duplicates(query: ObjectQuery, name: string, limit: number): Promise<DuplicatePage> {
    const { field, values } = await this.#values(query, name);
    const groups = await this.#groups(values, sql`count(*) > ${1}`, limit + 1);
    const shown = await this.#shown(field, groups.slice(0, limit));
    const duplicates: DuplicatePage["duplicates"] = [];
    for (const [index, { value, count }] of shown.entries()) {
      const rows = await this.#all<{ id: number }>(
        sql`select v.id as id from (${values}) v where v.value = ${groups[index]?.value ?? null}
          order by v.id limit ${listedMax}`,
      );
      const paths: string[] = [];
      for (const { id } of rows) paths.push((await this.#pathOf(id)) ?? "");
      duplicates.push({ value, count, paths });
    }
    return { duplicates, isMore: groups.length > limit };
  }

  /** The ids and values of what is found. */
  async #values(query: ObjectQuery, name: string): Promise<{ field: Field; values: Sql }> {
    const prepared = await this.#search.prepare(query);
    const { field } = fieldOf(prepared, name);
    await this.#search.assertNarrow(prepared, field.isIndexed ? [] : [field.name]);
    const value = this.#search.compiler.visibleValue(field, "o");
    const values = sql`select o.id as id, ${value} as value from object o
      where ${this.#search.candidates(prepared)}`;
    return { field, values };
  }

  /** The values that are there so often, the most frequent first; `id` is an object that has the value. */
  #groups(values: Sql, condition: Sql, limit: number): Promise<Group[]> {
    return this.#all<Group>(sql`select v.value as value, count(*) as count, min(v.id) as id
      from (${values}) v where v.value is not null group by v.value having ${condition}
      order by ${raw("count(*)")} desc, v.value limit ${limit}`);
  }

  async #shown(field: Field, groups: readonly Group[]): Promise<{ value: Json; count: number }[]> {
    const shown: { value: Json; count: number }[] = [];
    for (const { id, count } of groups) {
      const row = await this.#get<{ data: string }>(sql`select data from object where id = ${id}`);
      const stored = valueOf(field, JSON.parse(row.data) as JsonObject);
      shown.push({ value: await showValue(field, stored, this.#context), count });
    }
    return shown;
  }

  #all<Row>(query: Sql): Promise<Row[]> {
    return this.#transaction.all<Row>(query.sql, query.parameters);
  }

  async #get<Row>(query: Sql): Promise<Row> {
    const [row] = await this.#all<Row>(query);
    if (row === undefined) throw new TsunagiError("INTERNAL", "a figure was not answered");
    return row;
  }
}

interface Group {
  value: string | number;
  count: number;
  id: number;
}

function fieldOf({ scope }: PreparedSearch, name: string): { type: ObjectType; field: Field } {
  const [type] = scope.types;
  if (type === undefined || scope.types.length !== 1) {
    throw new TsunagiError("SEARCH_INVALID", "figures are of a field of one type", {
      hint: "give the type, such as type=Server",
    });
  }
  const field = type.field(name);
  if (field === undefined) throw unknownField(0, name, type.fieldNames, type.name);
  if (field.kind === password) {
    throw new TsunagiError("PERMISSION_DENIED", `nobody may count the values of '${name}'`);
  }
  return { type, field };
}
