import { Button, Group, Text } from "@mantine/core";
import { useMemo, useRef, useState, type ReactNode } from "react";
import type { Json } from "#contract";
import { open, setParams, useAddress } from "../client/navigation.ts";
import { useTypes } from "../fields/definition.ts";
import { useActions, type Action } from "../ui/action.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { IconColumns } from "../ui/icons.ts";
import { Loading } from "../ui/loading.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { failureToShow } from "../ui/query-failure.ts";
import { numberText, t } from "../ui/text.ts";
import { VirtualTable } from "../ui/virtual-table.tsx";
import { ColumnDialog } from "./column-dialog.tsx";
import { defaultColumns, waysFrom, wayOf, type Way } from "./columns.ts";
import { chipsOf, textOf, type Chip, type ConditionChip } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { NothingFound } from "./nothing-found.tsx";
import styles from "./object-grid.module.css";
import { isSearchable, useObjectRows, type ObjectRow, type RowsQuery } from "./object-rows.ts";
import { isChosen, isEmpty, nothing, range, toggle, type Selection } from "./selection.ts";
import { StatisticsPanel } from "./statistics-panel.tsx";
import { tableColumn } from "./table-column.tsx";

/** What is chosen in a list, for those who do something with it. */
export interface Chosen {
  selection: Selection;
  /** How many objects; of more than are counted, undefined. */
  count: number | undefined;
  /** The search that finds all of them. */
  query: RowsQuery;
  rows: readonly ObjectRow[];
  clear: () => void;
}

interface Props {
  label: string;
  /** Absent: everywhere. */
  directory?: string | undefined;
  /** The type that all objects are of, where the address names none. */
  type?: string | undefined;
  /** What can be done with what is chosen; without it nothing can be. */
  actionsOf?: (chosen: Chosen) => readonly Action[];
  /** Where nothing is, and no filter is the reason. */
  empty: ReactNode;
  /** The counted noun, such as "Server". */
  above?: ReactNode;
  defaultSort?: string;
  /** Columns at first, in place of those of the type. */
  first?: readonly string[];
}

/** A list of objects: columns, order and filter stand in the address, so that what is seen can be sent. */
export function ObjectGrid(props: Props) {
  const { label, directory, actionsOf, empty, defaultSort = "name" } = props;
  const { params } = useAddress();
  const { types } = useTypes();
  const typeInAddress = params.get("type") ?? undefined;
  const type = typeInAddress ?? props.type;
  const asOf = params.get("as-of") ?? undefined;
  const q = params.get("q") ?? "";
  const sort = params.get("sort") ?? defaultSort;
  const named = params.get("columns");
  const columnNames = useMemo(
    () => named?.split(",").filter(Boolean) ?? props.first ?? defaultColumns(types.get(type ?? "")),
    [named, types, type, props.first],
  );
  const needsType = q !== "" || !["name", "updated", "created", "type"].includes(bare(sort));
  const query = useMemo(
    (): RowsQuery => ({
      directory,
      q,
      // Without a condition on its fields, what is of another type is shown, too.
      type: typeInAddress ?? (needsType ? props.type : undefined),
      sort,
      columns: columnNames,
      asOf,
    }),
    [directory, q, typeInAddress, needsType, props.type, sort, columnNames, asOf],
  );
  const list = useObjectRows(query);
  const { rows } = list;
  const [selection, setSelection] = useState<Selection>(nothing);
  const anchor = useRef(0);
  const [counted, setCounted] = useState<Way>();
  const [isChoosingColumns, setChoosingColumns] = useState(false);

  const columns = columnNames.map((way) => wayOf(types, type, way));
  const ways = useMemo(() => waysFrom(types, type), [types, type]);
  const canSearch = isSearchable(query);
  const scope = type === undefined || !canSearch ? undefined : { directory, q, type };

  const setFilter = (next: string) => {
    setParams({ q: next === "" ? undefined : next });
    setSelection(nothing);
  };
  const addCondition = (condition: ConditionChip) => {
    const read = chipsOf(q);
    const chips = "chips" in read ? read.chips : [];
    const chip: Chip = { kind: "condition", condition };
    const isThere = chips.some((each) => JSON.stringify(each) === JSON.stringify(chip));
    if (!isThere) setFilter(textOf([...chips, chip]));
  };
  const filterBy = ({ way }: Way, value: Json) =>
    addCondition(
      value === null || value === undefined
        ? { way, operator: "empty", values: [] }
        : {
            way,
            operator: "=",
            values: [typeof value === "string" ? value : JSON.stringify(value)],
          },
    );

  const chosen: Chosen = {
    selection,
    count:
      selection.kind === "some"
        ? selection.paths.size
        : list.total?.isExact === true
          ? list.total.count
          : undefined,
    query,
    rows: rows.filter(({ path }) => isChosen(selection, path)),
    clear: () => setSelection(nothing),
  };
  const actions = isEmpty(selection) ? [] : (actionsOf?.(chosen) ?? []);
  useActions(actions);

  const failure = failureToShow(list);
  const isNarrowed = q !== "" || typeInAddress !== undefined;
  return (
    <div className={styles.grid}>
      <Group gap="sm" justify="space-between" wrap="wrap">
        {canSearch ? (
          <FilterBar
            q={q}
            onChange={setFilter}
            ways={ways}
            labelOfWay={(way) => wayOf(types, type, way).label}
            scope={scope}
            fixed={
              typeInAddress === undefined
                ? undefined
                : {
                    text: `${t("way.type")} = ${typeInAddress}`,
                    onRemove: () => setParams({ type: undefined }),
                  }
            }
          />
        ) : (
          <span />
        )}
        <Group gap="xs">
          <Text c="dimmed" size="sm">
            {countText(list)}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconColumns size={16} stroke={1.5} />}
            onClick={() => setChoosingColumns(true)}
          >
            {t("columns.title")}
          </Button>
        </Group>
      </Group>
      {failure !== undefined && <ProblemNotice error={failure} onRetry={list.refetch} />}
      {failure === undefined && list.isPending && <Loading rows={12} />}
      {failure === undefined && !list.isPending && list.newCount > 0 && (
        <button type="button" className={styles.news} onClick={list.showNew}>
          {t("list.new", { count: list.newCount })}
        </button>
      )}
      {failure === undefined &&
        !list.isPending &&
        rows.length === 0 &&
        (isNarrowed ? <NothingFound q={q} onChange={setFilter} /> : empty)}
      {failure === undefined && rows.length > 0 && (
        <VirtualTable
          label={label}
          columns={columns.map((column) =>
            tableColumn(column, {
              sort,
              canFilter: canSearch && type !== undefined,
              onSort: (key) => setParams({ sort: key === defaultSort ? undefined : key }),
              onStatistics: scope === undefined ? undefined : () => setCounted(column),
              onFilterEmpty: () => filterBy(column, null),
            }),
          )}
          count={list.count}
          rowAt={(index) => rows[index]}
          keyOf={({ path }) => path}
          onNeed={list.need}
          onOpen={({ path }) => open(path)}
          isFaded={list.isGone}
          selection={
            actionsOf === undefined || asOf !== undefined
              ? undefined
              : {
                  has: ({ path }) => isChosen(selection, path),
                  hasAll:
                    selection.kind === "all" ||
                    (rows.length > 0 && selection.paths.size === rows.length),
                  hasSome: !isEmpty(selection),
                  toggle: (index, isRange) => {
                    const paths = rows.map(({ path }) => path);
                    const [from, to] = [anchor.current, index].toSorted((a, b) => a - b);
                    anchor.current = index;
                    setSelection(
                      isRange
                        ? range(selection, paths.slice(from, (to ?? index) + 1))
                        : toggle(selection, paths[index] ?? "", paths),
                    );
                  },
                  toggleAll: () =>
                    setSelection(
                      isEmpty(selection)
                        ? { kind: "some", paths: new Set(rows.map(({ path }) => path)) }
                        : nothing,
                    ),
                }
          }
        />
      )}
      {!isEmpty(selection) && (
        <div className={styles.chosen} role="region" aria-label={t("list.selection")}>
          <span>
            {chosen.count === undefined
              ? t("list.selectedAll")
              : t("list.selected", { count: numberText(chosen.count) })}
          </span>
          {selection.kind === "some" && list.count > selection.paths.size && canSearch && (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setSelection({ kind: "all" })}
            >
              {t("list.selectFound", { count: totalText(list) })}
            </Button>
          )}
          {actions.map((action) => (
            <ActionButton key={action.id} action={action} size="xs" />
          ))}
          <Button size="compact-sm" variant="subtle" onClick={() => setSelection(nothing)}>
            {t("list.clear")}
          </Button>
        </div>
      )}
      {counted !== undefined && scope !== undefined && (
        <StatisticsPanel
          way={counted}
          scope={scope}
          onClose={() => setCounted(undefined)}
          onFilter={(value) => {
            setCounted(undefined);
            filterBy(counted, value);
          }}
        />
      )}
      {isChoosingColumns && (
        <ColumnDialog
          ways={ways}
          columns={columns}
          onClose={() => setChoosingColumns(false)}
          onChange={(next) => {
            setChoosingColumns(false);
            setParams({ columns: next?.join(",") });
          }}
        />
      )}
    </div>
  );
}

function bare(sort: string): string {
  return sort.replace(/^-/, "");
}

function totalText({
  total,
  rows,
  count,
}: {
  count: number;
  total: { count: number; isExact: boolean } | null;
  rows: readonly unknown[];
}): string {
  if (total === null) return numberText(rows.length) + (count > rows.length ? "+" : "");
  return numberText(total.count) + (total.isExact ? "" : "+");
}

function countText(list: ReturnType<typeof useObjectRows>): string {
  if (list.isPending) return "";
  return t("list.count", { count: totalText(list) });
}
