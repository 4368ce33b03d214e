import { useState, type ReactNode } from "react";
import { queryText } from "../client/request.ts";
import type { Action } from "../ui/action.ts";
import { IconArrowsMove, IconDownload, IconEdit, IconTrash } from "../ui/icons.ts";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { numberText, t } from "../ui/text.ts";
import { BulkEdit } from "./bulk-edit.tsx";
import { textOf } from "./filter.ts";
import { ObjectGrid, type Chosen } from "./object-grid.tsx";
import { PlaceDialog } from "./place-dialog.tsx";
import { useTransaction } from "./use-transaction.ts";

interface Props {
  directory?: string | undefined;
  type?: string | undefined;
  empty: ReactNode;
  first?: readonly string[];
  label?: string;
}

/** A list of objects with what can be done with those that are chosen. */
export function SelectableGrid({ directory, type, empty, first, label }: Props) {
  const [edited, setEdited] = useState<{ chosen: Chosen; type: string }>();
  const [moved, setMoved] = useState<Chosen>();
  const remove = useTransaction();
  const actionsOf = (chosen: Chosen): Action[] => {
    const { selection, query, rows } = chosen;
    const types = new Set(rows.map((row) => row.type));
    const [onlyType] = types;
    const paths = selection.kind === "some" ? [...selection.paths] : [];
    const someOnly = selection.kind === "all" ? t("bulk.someOnly") : undefined;
    const mixed = types.size > 1 ? t("bulk.mixed") : undefined;
    return [
      {
        id: "bulk-edit",
        label: t("bulk.edit"),
        icon: IconEdit,
        whyNot: mixed,
        perform: () => setEdited({ chosen, type: onlyType ?? "" }),
      },
      {
        id: "bulk-move",
        label: t("object.moveTo"),
        icon: IconArrowsMove,
        whyNot: someOnly,
        perform: () => setMoved(chosen),
      },
      ...(["csv", "xlsx"] as const).map((format) => ({
        id: `bulk-export-${format}`,
        label: t(`bulk.${format}`),
        icon: IconDownload,
        perform: () => {
          const q = selection.kind === "all" ? query.q : searchOfPaths(paths);
          window.location.assign(
            `/.api/v1/export${queryText({
              format,
              directory,
              type: query.type ?? onlyType,
              q: q || undefined,
              select: [
                "path",
                "type",
                ...query.columns.filter(
                  (way) => !["name", "path", "type", "updated", "created", "owner"].includes(way),
                ),
              ].join(","),
              bom: format === "csv" ? "true" : undefined,
            })}`,
          );
        },
      })),
      {
        id: "bulk-delete",
        label: t("object.delete"),
        icon: IconTrash,
        isDanger: true,
        whyNot: someOnly,
        perform: () =>
          remove.mutate({
            operations: paths.map((path) => ({ op: "delete", path, recursive: true })),
            says: t("bulk.deleted", { count: numberText(paths.length) }),
            after: chosen.clear,
          }),
      },
    ];
  };
  return (
    <>
      {remove.isError && <ProblemNotice error={remove.error} />}
      <ObjectGrid
        label={label ?? t("object.children")}
        directory={directory}
        type={type}
        actionsOf={actionsOf}
        empty={empty}
        {...(first === undefined ? {} : { first })}
      />
      {edited !== undefined && (
        <BulkEdit chosen={edited.chosen} type={edited.type} onClose={() => setEdited(undefined)} />
      )}
      {moved !== undefined && moved.selection.kind === "some" && (
        <PlaceDialog
          kind="move"
          paths={[...moved.selection.paths]}
          onClose={() => setMoved(undefined)}
          onDone={moved.clear}
        />
      )}
    </>
  );
}

function searchOfPaths(paths: readonly string[]): string {
  return textOf([
    { kind: "condition", condition: { way: "path", operator: "in", values: [...paths] } },
  ]);
}
