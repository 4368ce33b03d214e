import type { Sql } from "#database";
import { allOf, always, anyOf, joined, raw, sql } from "./sql.ts";

/** What a part of a search means in SQL, for the objects of one name of the table `object`. */
export interface Condition {
  /** Holds for the objects that are meant. */
  test: Sql;
  /** Queries that give the `id` of all objects that are meant, found by an index, perhaps with others. */
  sources: readonly Sql[];
  /** What holds for the ids of all objects that are meant, and is known without reading the objects. */
  known: readonly KnownTest[];
  /** Fields for which every candidate has to be read, as no index knows them. */
  unindexed: readonly string[];
}

/** A test that asks an index for one id. */
export interface KnownTest {
  holds(id: Sql): Sql;
  /** Gives exactly the ids for which it holds. */
  source: Sql;
}

export const everything: Condition = { test: always, sources: [], known: [], unindexed: [] };

export function condition(
  test: Sql,
  { source, unindexed }: { source?: Sql | undefined; unindexed?: string } = {},
): Condition {
  return {
    test,
    sources: source === undefined ? [] : [source],
    known: [],
    unindexed: unindexed === undefined ? [] : [unindexed],
  };
}

/** What an index tells of one id as well as of all. */
export function knownCondition(alias: string, known: KnownTest): Condition {
  return {
    test: known.holds(raw(`${alias}.id`)),
    sources: [known.source],
    known: [known],
    unindexed: [],
  };
}

export function both(parts: readonly Condition[]): Condition {
  return {
    test: allOf(parts.map((part) => part.test)),
    sources: parts.flatMap((part) => part.sources),
    known: parts.flatMap((part) => part.known),
    unindexed: parts.flatMap((part) => part.unindexed),
  };
}

export function either(parts: readonly Condition[]): Condition {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const firsts = parts.map((part) => part.sources[0]).filter((source) => source !== undefined);
  const isCovered = firsts.length === parts.length && firsts.length > 0;
  const union = sql`${joined(
    firsts.map((source) => sql`select id from (${source}) u`),
    " union ",
  )}`;
  return {
    test: anyOf(parts.map((part) => part.test)),
    sources: isCovered ? [union] : [],
    known: [],
    unindexed: parts.flatMap((part) => part.unindexed),
  };
}

export function negated({ test, unindexed }: Condition): Condition {
  // What has no value makes a comparison neither true nor false; here it is false, and so its contrary true.
  return { test: sql`(${test}) is not true`, sources: [], known: [], unindexed };
}

/** Guards a condition that is about objects of one type only. */
export function ofType(alias: string, typeId: number, inner: Condition): Condition {
  return { ...inner, test: allOf([sql`${raw(alias)}.type_id = ${typeId}`, inner.test]) };
}
