import { queryOptions } from "@tanstack/react-query";
import type { DuplicatesDocument, StatisticsDocument } from "#contract";
import { queryText, request } from "../client/request.ts";

/** How the values of a field are spread over all that a list holds, as the server counts it. */

export interface StatisticsScope {
  directory?: string | undefined;
  q?: string | undefined;
  type: string;
}

export const statisticsQuery = (scope: StatisticsScope, field: string, limit: number) =>
  queryOptions({
    queryKey: ["statistics", scope, field, limit],
    queryFn: ({ signal }) =>
      request<StatisticsDocument>(
        `/.api/v1/search/statistics${queryText({ ...scope, q: scope.q || undefined, field, limit })}`,
        { signal },
      ),
    staleTime: 10_000,
  });

export const duplicatesQuery = (scope: StatisticsScope, field: string) =>
  queryOptions({
    queryKey: ["duplicates", scope, field],
    queryFn: ({ signal }) =>
      request<DuplicatesDocument>(
        `/.api/v1/search/duplicates${queryText({ ...scope, q: scope.q || undefined, field, limit: 20 })}`,
        { signal },
      ),
    staleTime: 10_000,
  });
