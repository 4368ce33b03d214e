import { queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "./request.ts";

export interface Me {
  user: string;
  isAdministrator: boolean;
  /** As the user has set it. */
  language: string | null;
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => request<Me>("/.api/v1/me", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in; pages are drawn only for people who are. */
export function useMe(): Me {
  return useQuery(meQuery).data ?? { user: "", isAdministrator: false, language: null };
}
