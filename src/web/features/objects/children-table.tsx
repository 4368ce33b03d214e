import { Code, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ObjectDocument } from "#contract";
import { useLive } from "../../client/use-live.ts";
import { DataTable, type Column } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { childrenQuery } from "./api.ts";

const columns: Column<ObjectDocument>[] = [
  {
    title: t("object.name"),
    cell: ({ path, name }) => <ObjectLink path={path}>{name}</ObjectLink>,
  },
  { title: t("object.type"), cell: ({ type }) => type },
  {
    title: t("object.updated", { zone: zoneName() }),
    cell: ({ updatedAt }) => <time dateTime={updatedAt}>{timeText(updatedAt)}</time>,
  },
];

/** What a directory holds, page by page. */
export function ChildrenTable({ path }: { path: string }) {
  const query = useInfiniteQuery(childrenQuery(path));
  useLive(`objects${path}`, () => void query.refetch());
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <Empty says={t("object.empty")}>
        <Text>{t("object.emptyHint")}</Text>
        <Code block>{`bin/tsunagi object put ${path === "/" ? "" : path}/NAME --help`}</Code>
      </Empty>
    );
  }
  return (
    <>
      <DataTable
        label={t("object.children")}
        columns={columns}
        rows={rows}
        keyOf={(row) => row.path}
      />
      <MoreButton query={query} />
    </>
  );
}
