import { useQuery } from "@tanstack/react-query";
import { DataTable, type Column } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { historyQuery, type Change } from "./api.ts";

const columns: Column<Change>[] = [
  {
    title: t("history.when", { zone: zoneName() }),
    cell: ({ at }) => <time dateTime={at}>{timeText(at)}</time>,
  },
  { title: t("history.who"), cell: ({ author }) => author },
  {
    title: t("history.cause"),
    cell: ({ cause, reason }) => (reason === null ? cause : `${cause}: ${reason}`),
  },
  {
    title: t("history.before"),
    cell: ({ before }) =>
      Object.entries(before)
        .map(
          ([name, value]) =>
            `${name}: ${value === null ? t("object.unset") : JSON.stringify(value)}`,
        )
        .join(", ")
        .slice(0, 500),
  },
];

/** Who changed an object, when and why; one row a change. */
export function HistoryTable({ path }: { path: string }) {
  const query = useQuery(historyQuery(path));
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const { changes } = query.data;
  if (changes.length === 0) return <Empty says={t("history.empty")} />;
  return (
    <DataTable
      label={t("object.history")}
      columns={columns}
      rows={changes}
      keyOf={({ change, revision }) => `${change}/${revision}`}
    />
  );
}
