import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useEffectEvent, useMemo, useState } from "react";
import type { Json, ListDocument, ObjectDocument } from "#contract";
import { useLive } from "../client/use-live.ts";
import { queryText, request, requestObject } from "../client/request.ts";
import { freshen } from "./freshen.ts";

/** What a list shows: objects in a directory, or whatever a search finds, page by page behind a cursor. */

export interface RowsQuery {
  /** Directly in this directory; absent: everywhere. */
  directory?: string | undefined;
  q: string;
  type: string | undefined;
  sort: string;
  columns: readonly string[];
  /** A moment of the past. */
  asOf: string | undefined;
}

export interface ObjectRow {
  path: string;
  type: string;
  values: Readonly<Record<string, Json>>;
}

export interface RowPage {
  items: ObjectRow[];
  next: string | null;
  total: { count: number; isExact: boolean } | null;
}

/** What is kept elsewhere is listed and not searched; the past, too. */
export function isSearchable({ directory, asOf }: Pick<RowsQuery, "directory" | "asOf">): boolean {
  const isVirtual =
    directory !== undefined && /^\/(process|system\/(users|groups|job-managers))$/.test(directory);
  return !isVirtual && asOf === undefined;
}

const firstPageRows = 200;
// Who scrolls on wants to get further.
const pageRows = 1000;

export async function fetchRows(
  query: RowsQuery,
  after: string | null,
  signal?: AbortSignal,
  limit = after === null ? firstPageRows : pageRows,
): Promise<RowPage> {
  const options = signal === undefined ? {} : { signal };
  const { directory, q, type, sort, columns, asOf } = query;
  if (!isSearchable(query)) {
    const page = await requestObject<ListDocument>(
      directory ?? "/",
      { list: "true", limit: Math.min(limit, 500), after: after ?? undefined, "as-of": asOf },
      options,
    );
    return { items: page.items.map(rowOf), next: page.next, total: null };
  }
  const address = queryText({
    directory,
    q: q === "" ? undefined : q,
    type,
    sort,
    limit,
    cursor: after ?? undefined,
    select: [...new Set(["name", "updated", ...columns])].join(","),
    total: after === null ? "true" : undefined,
  });
  return request<RowPage>(`/.api/v1/search${address}`, options);
}

function rowOf({
  path,
  name,
  type,
  owner,
  fields,
  createdAt,
  updatedAt,
}: ObjectDocument): ObjectRow {
  const every = { path, name, type, owner, created: createdAt, updated: updatedAt };
  return { path, type, values: { ...every, ...fields } };
}

export interface ObjectRows {
  rows: readonly ObjectRow[];
  /** How many there are, as far as that is known. */
  count: number;
  total: RowPage["total"];
  /** Rows that came while the list was open, and stand nowhere yet. */
  newCount: number;
  /** Whether a row is not in the list any more. */
  isGone: (row: ObjectRow) => boolean;
  showNew: () => void;
  /** Asks for rows up to that one. */
  need: (end: number) => void;
  isPending: boolean;
  error: Error | null;
  data: unknown;
  refetch: () => void;
}

export function useObjectRows(query: RowsQuery): ObjectRows {
  const queries = useQueryClient();
  const queryKey = useMemo(() => ["rows", query] as const, [query]);
  const result = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchRows(query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: RowPage) => page.next,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = result;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const [news, setNews] = useState<{ of: readonly unknown[]; count: number; gone: Set<string> }>();
  const current = news?.of === queryKey ? news : undefined;

  /** Puts new values in place; what came and what went moves nothing until it is asked for. */
  const freshenRows = useEffectEvent(async () => {
    if (rows.length === 0) return void result.refetch();
    const fresh = await queries.fetchQuery({
      queryKey: ["fresh", query],
      queryFn: ({ signal }) => fetchRows(query, null, signal, Math.min(1000, rows.length)),
      gcTime: 0,
    });
    const { pages, added, gone } = freshen(data?.pages ?? [], fresh);
    queries.setQueryData<InfiniteData<RowPage, string | null>>(queryKey, (before) =>
      before === undefined ? before : { ...before, pages },
    );
    setNews({ of: queryKey, count: added, gone });
  });
  useLive(`objects${query.directory ?? "/"}`, () => {
    if (query.asOf === undefined) void freshenRows().catch(() => undefined);
  });

  const total = data?.pages[0]?.total ?? null;
  const more = hasNextPage ? Math.max(rows.length + 50, total?.count ?? 0) : rows.length;
  return {
    rows,
    count: more,
    total,
    newCount: current?.count ?? 0,
    isGone: ({ path }) => current?.gone.has(path) ?? false,
    showNew: () => {
      setNews(undefined);
      void queries.resetQueries({ queryKey });
    },
    need: (end) => {
      if (end > rows.length && hasNextPage && !isFetching) void fetchNextPage();
    },
    isPending: result.isPending,
    error: result.error,
    data,
    refetch: () => void result.refetch(),
  };
}
