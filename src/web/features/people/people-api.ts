import type { Json, ObjectDocument, UserRightsDocument } from "#contract";
import { queryText, request } from "../../client/request.ts";

export type Kind = "users" | "groups";

export interface PersonChange {
  name: string;
  fields: Record<string, Json>;
  password?: string;
  add?: string[];
  remove?: string[];
}

export function savePerson(
  kind: Kind,
  change: PersonChange,
  isNew: boolean,
): Promise<ObjectDocument> {
  return request(`/.api/v1/${kind}`, { method: isNew ? "POST" : "PATCH", body: change });
}

export const userRightsQuery = (user: string) => ({
  queryKey: ["rights", "of", user],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request<UserRightsDocument>(`/.api/v1/rights${queryText({ user })}`, { signal }),
  retry: false,
});
