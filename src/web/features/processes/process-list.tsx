import { Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useLive } from "../../client/use-live.ts";
import { DataTable, type Column } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t, told, toldWaits } from "../../ui/text.ts";
import { durationText, timeText, zoneName } from "../../ui/time.ts";
import { processesQuery, processStates, type Process, type ProcessState } from "./api.ts";
import styles from "./process-list.module.css";
import { StateMark } from "./state-mark.tsx";

const columns: Column<Process>[] = [
  {
    title: t("process.process"),
    cell: ({ path, id }) => <ObjectLink path={path}>{id}</ObjectLink>,
  },
  { title: t("process.state"), cell: ({ state }) => <StateMark state={state} /> },
  {
    title: t("process.jobflow"),
    cell: ({ jobflow }) => <ObjectLink path={jobflow}>{jobflow}</ObjectLink>,
  },
  {
    title: t("process.at"),
    cell: ({ error, waitsFor }) =>
      (error === null ? toldWaits(waitsFor ?? "") : told(error)).slice(0, 200),
  },
  {
    title: t("process.started", { zone: zoneName() }),
    cell: ({ startedAt }) => <time dateTime={startedAt}>{timeText(startedAt)}</time>,
  },
  { title: t("process.by"), cell: ({ startedBy }) => startedBy },
  {
    title: t("process.took"),
    cell: ({ startedAt, endedAt }) => (endedAt === null ? "" : durationText(startedAt, endedAt)),
  },
];

/** Processes, the newest first; of one state, if it is chosen. */
export function ProcessList({ state }: { state: ProcessState | undefined }) {
  const query = useInfiniteQuery({ ...processesQuery(state), placeholderData: keepPreviousData });
  useLive("processes", () => void query.refetch());
  const failure = failureToShow(query);
  return (
    <>
      <PageHead title={t("process.list")} />
      <nav aria-label={t("process.state")} className={styles.states}>
        <ObjectLink path="/process" isCurrent={state === undefined}>
          {t("process.all")}
        </ObjectLink>
        {processStates.map((other) => (
          <ObjectLink
            key={other}
            path="/process"
            params={{ state: other }}
            isCurrent={state === other}
          >
            {t(`state.${other}`)}
          </ObjectLink>
        ))}
      </nav>
      {query.isPending && <Loading />}
      {failure !== undefined && (
        <ProblemNotice error={failure} onRetry={() => void query.refetch()} />
      )}
      {failure === undefined && query.data !== undefined && (
        <Rows rows={query.data.pages.flatMap((page) => page.items)} />
      )}
      <MoreButton query={query} />
    </>
  );
}

function Rows({ rows }: { rows: readonly Process[] }) {
  if (rows.length === 0) {
    return (
      <Empty says={t("process.empty")}>
        <Text>{t("process.emptyHint")}</Text>
      </Empty>
    );
  }
  return (
    <DataTable label={t("process.list")} columns={columns} rows={rows} keyOf={({ id }) => id} />
  );
}
