import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeletedDocument } from "#contract";
import { useAddress } from "../../client/navigation.ts";
import { forgetObjects, restore } from "../../client/objects.ts";
import { requestObject } from "../../client/request.ts";
import { Author } from "../../diff/delta.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { toastChange } from "../../ui/undo-toast.ts";

type Deleted = DeletedDocument["items"][number];

/** What was deleted and is not there again; each can be put back with what was deleted from below it. */
export function DeletedList() {
  const below = useAddress().params.get("below") ?? "/";
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ["deleted", below],
    queryFn: ({ pageParam, signal }) =>
      requestObject<DeletedDocument>(
        below,
        { deleted: "true", limit: 100, after: pageParam ?? undefined },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const [restored, setRestored] = useState<number>();
  const mutation = useMutation({
    mutationFn: ({ id }: Deleted) => {
      setRestored(id);
      return restore({ object: id });
    },
    onSuccess: async ({ change }, { path }) => {
      toastChange(queries, t("deleted.restored", { path }), change);
      await forgetObjects(queries);
    },
    onSettled: () => setRestored(undefined),
  });
  const failure = failureToShow(query);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={t("app.deleted")} says={t("deleted.says")} />
      {failure !== undefined && (
        <ProblemNotice error={failure} onRetry={() => void query.refetch()} />
      )}
      {mutation.isError && <ProblemNotice error={mutation.error} />}
      {query.isPending && <Loading />}
      {query.data !== undefined && rows.length === 0 && <Empty says={t("deleted.none")} />}
      {rows.length > 0 && (
        <DataTable
          label={t("app.deleted")}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { title: t("way.path"), cell: ({ path }) => path },
            { title: t("way.type"), cell: ({ type }) => type },
            {
              title: t("deleted.when", { zone: zoneName() }),
              cell: ({ at }) => <time dateTime={at}>{timeText(at)}</time>,
            },
            {
              title: t("deleted.who"),
              cell: ({ author, cause }) => <Author author={author} cause={cause} />,
            },
            {
              title: t("deleted.change"),
              cell: ({ change }) => <ObjectLink path={`/.changes/${change}`}>{change}</ObjectLink>,
            },
            {
              title: t("deleted.act"),
              cell: (row) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={restored === row.id}
                  aria-label={t("deleted.restoreNamed", { path: row.path })}
                  onClick={() => mutation.mutate(row)}
                >
                  {t("deleted.restore")}
                </Button>
              ),
            },
          ]}
        />
      )}
      <MoreButton query={query} />
    </>
  );
}
