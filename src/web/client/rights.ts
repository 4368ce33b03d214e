import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ExplanationDocument } from "#contract";
import { t } from "../ui/text.ts";
import { useMe } from "./me.ts";
import { queryText, request } from "./request.ts";

export type Right = ExplanationDocument["right"];

const allRights: readonly Right[] = ["read", "write", "execute", "delete", "manage"];

export const explanationQuery = (user: string, path: string, right: Right) =>
  queryOptions({
    queryKey: ["rights", "why", user, path, right],
    queryFn: ({ signal }) =>
      request<ExplanationDocument>(`/.api/v1/rights${queryText({ user, path, right })}`, {
        signal,
      }),
    staleTime: 30_000,
    retry: false,
  });

/** Whether I may do something with an object; what is not known yet is not refused. */
export interface MyRights {
  may: (right: Right) => boolean;
  /** Why I may not, and who could help; undefined if I may. */
  whyNot: (right: Right) => string | undefined;
}

/** What I may do with an object: one question tells all, since what one has instead of `manage` is in the answer. */
export function useMyRights(path: string): MyRights {
  const { user } = useMe();
  const { data } = useQuery({ ...explanationQuery(user, path, "manage"), enabled: user !== "" });
  const held = data === undefined || data.isAllowed ? new Set(allRights) : rightsIn(data);
  const may = (right: Right) => held.has(right);
  return {
    may,
    whyNot: (right) =>
      may(right) ? undefined : t("rights.whyNot", { right: t(`right.${right}`), path }),
  };
}

function rightsIn({ through }: ExplanationDocument): Set<Right> {
  return new Set(
    through.flatMap((origin) => (origin.kind === "grant" ? origin.rights : allRights)),
  );
}
