/** Answers searches; the objects' finder knows how. */
import type {
  ObjectDocument,
  SearchDocument,
  StatisticsDocument,
  DuplicatesDocument,
} from "#contract";
import type { Transaction } from "#database";
import type { Actor, Json, ObjectStorage, PastQuery } from "#objects";
import type { ArgumentOf } from "./operations.ts";

const pageDefault = 100;
const pageMax = 1000;
const valuesDefault = 20;

export async function search(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { asOf, sort, cursor, limit, total, select, ...query }: ArgumentOf<"objects.search">,
): Promise<SearchDocument> {
  const page = {
    ...asQuery(query),
    sort,
    cursor,
    limit: Math.min(limit ?? pageDefault, pageMax),
    withTotal: total === true,
  };
  if (asOf !== undefined) return searchAsOf(objects, tx, actor, asOf, page, select);
  const { items, next, total: counted } = await objects.finder.page(tx, actor, page);
  if (select === undefined) {
    const documents: ObjectDocument[] = [];
    for (const item of items) documents.push(await objects.toDocument(tx, item));
    return { items: documents, next, total: counted };
  }
  const rows: { path: string; type: string; values: Record<string, Json> }[] = [];
  for (const item of items) {
    const values: [string, Json][] = [];
    for (const way of select) {
      values.push([way, await objects.finder.valueAt(tx, actor, item, way.split("."))]);
    }
    rows.push({ path: item.path, type: item.type, values: Object.fromEntries(values) });
  }
  return { items: rows, next, total: counted };
}

async function searchAsOf(
  { past }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  asOf: string,
  query: PastQuery,
  select: readonly string[] | undefined,
): Promise<SearchDocument> {
  const then = await past.search(tx, actor, asOf);
  const { items, next, total } = await then.page(query);
  if (select === undefined) {
    const documents: ObjectDocument[] = [];
    for (const item of items) documents.push(await then.toDocument(item));
    return { items: documents, next, total };
  }
  const rows: { path: string; type: string; values: Record<string, Json> }[] = [];
  for (const item of items) {
    const values: [string, Json][] = [];
    for (const way of select) values.push([way, await then.valueAt(item, way.split("."))]);
    rows.push({ path: item.path, type: item.type, values: Object.fromEntries(values) });
  }
  return { items: rows, next, total };
}

export function statistics(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { field, limit, ...query }: ArgumentOf<"objects.statistics">,
): Promise<StatisticsDocument> {
  const page = { field, limit: Math.min(limit ?? valuesDefault, pageMax) };
  return objects.finder.statistics(tx, actor, { ...asQuery(query), ...page });
}

export function duplicates(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { field, limit, ...query }: ArgumentOf<"objects.duplicates">,
): Promise<DuplicatesDocument> {
  const page = { field, limit: Math.min(limit ?? pageDefault, pageMax) };
  return objects.finder.duplicates(tx, actor, { ...asQuery(query), ...page });
}

function asQuery({ q, type, directory }: { q?: string; type?: string; directory?: string }): {
  search?: string | undefined;
  type?: string | undefined;
  directory?: string | undefined;
} {
  return { search: q, type, directory };
}
