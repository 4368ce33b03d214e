import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useAddress } from "../../client/navigation.ts";
import type { Action } from "../../ui/action.ts";
import { ActionButton } from "../../ui/action-button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { t } from "../../ui/text.ts";
import { fetchRows } from "../../grid/object-rows.ts";
import { SelectableGrid } from "../../grid/selectable-grid.tsx";

const sampleRows = 50;

/** What a directory holds. Where all is of one type, its fields are the columns. */
export function DirectoryList({
  path,
  actions,
}: {
  path: string;
  actions: Record<string, Action>;
}) {
  const asOf = useAddress().params.get("as-of") ?? undefined;
  const sample = useQuery({
    queryKey: ["rows", "sample", path, asOf ?? null],
    queryFn: ({ signal }) =>
      fetchRows(
        { directory: path, q: "", type: undefined, sort: "name", columns: [], asOf },
        null,
        signal,
        sampleRows,
      ),
    staleTime: 60_000,
  });
  const kinds = new Set(
    sample.data?.items.map(({ type }) => type).filter((type) => type !== "Directory"),
  );
  const [only] = kinds.size === 1 ? kinds : [];
  if (sample.isPending) return null;
  return (
    <SelectableGrid
      key={path}
      directory={path}
      type={only}
      empty={
        <Empty says={t("object.empty")}>
          <Text mb="sm">{t("object.emptyHint")}</Text>
          <Group gap="sm">
            {[actions.new, actions.import].map(
              (action) => action !== undefined && <ActionButton key={action.id} action={action} />,
            )}
          </Group>
        </Empty>
      }
    />
  );
}
