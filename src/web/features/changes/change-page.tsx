import { useInfiniteQuery } from "@tanstack/react-query";
import type { OneChangeDocument } from "#contract";
import { open, setParams, useAddress } from "../../client/navigation.ts";
import { queryText, request } from "../../client/request.ts";
import { Author, Delta } from "../../diff/delta.tsx";
import { UndoDialog } from "../../diff/undo-dialog.tsx";
import { useActions, type Action } from "../../ui/action.ts";
import { ActionButton } from "../../ui/action-button.tsx";
import { IconArrowBackUp, IconHistory } from "../../ui/icons.ts";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { numberText, t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import styles from "./changes.module.css";

/** One change: who, when, why, and what it did to which objects; taken back from here. */
export function ChangePage({ id }: { id: number }) {
  const isUndoing = useAddress().params.get("view") === "undo";
  const query = useInfiniteQuery({
    queryKey: ["changes", "one", id],
    queryFn: ({ pageParam, signal }) =>
      request<OneChangeDocument>(
        `/.api/v1/changes/${id}${queryText({ limit: 100, after: pageParam ?? undefined })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const title = t("change.number", { number: id });
  const actions: Action[] = [
    {
      id: "undo-change",
      label: t("change.undo"),
      icon: IconArrowBackUp,
      keywords: "revert 元に戻す",
      perform: () => setParams({ view: "undo" }),
    },
    {
      id: "look-then",
      label: t("change.lookThen"),
      icon: IconHistory,
      perform: () => open("/", { "as-of": id }),
    },
  ];
  useActions(actions);
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  const head = query.data?.pages[0];
  if (head === undefined) return <Loading />;
  return (
    <>
      <PageHead
        title={title}
        meta={`${timeText(head.at)} ${zoneName(new Date(head.at))}`}
        says={
          <>
            <Author author={head.author} cause={head.cause} />
            {head.reason !== null && (
              <>
                {": "}
                <q>{head.reason}</q>
              </>
            )}
            {" · "}
            {t("change.objects", { count: numberText(head.total) })}
          </>
        }
        actions={actions.map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
      />
      <ol className={styles.objects}>
        {query.data?.pages
          .flatMap((page) => page.objects)
          .map((change) => (
            <li key={change.object}>
              {t(`history.${change.operation}`)}{" "}
              <ObjectLink path={change.objectPath}>{change.objectPath}</ObjectLink>
              <Delta delta={change} path={change.objectPath} />
            </li>
          ))}
      </ol>
      <MoreButton query={query} />
      {isUndoing && (
        <UndoDialog
          title={t("undo.ofChange", { change: id })}
          request={{ change: id }}
          onClose={() => setParams({ view: undefined }, { replace: true })}
        />
      )}
    </>
  );
}
