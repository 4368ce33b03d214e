import { queryOptions } from "@tanstack/react-query";
import { request } from "../../client/request.ts";

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

export function signIn(body: { name: string; password: string }): Promise<{ user: string }> {
  return request("/.login", { method: "POST", body });
}

export function signOut(): Promise<null> {
  return request("/.logout", { method: "POST" });
}
