import { Menu } from "@mantine/core";
import { baseName } from "#kernel";
import { kindOf } from "../fields/field-kinds.ts";
import { FieldCell } from "../fields/field-value.tsx";
import { IconChartBar } from "../ui/icons.ts";
import { ObjectLink } from "../ui/object-link.tsx";
import { t } from "../ui/text.ts";
import { zoneName } from "../ui/time.ts";
import type { TableColumn } from "../ui/virtual-table.tsx";
import { isSortable, widthOf, type Way } from "./columns.ts";
import styles from "./object-grid.module.css";
import type { ObjectRow } from "./object-rows.ts";

interface HeadOptions {
  sort: string;
  canFilter: boolean;
  onSort: (key: string) => void;
  onStatistics: (() => void) | undefined;
  onFilterEmpty: () => void;
}

/** A column of a list: its cells, and a menu in its head. */
export function tableColumn(column: Way, options: HeadOptions): TableColumn<ObjectRow> {
  const { way, field, label } = column;
  const { sort, onSort, onStatistics, canFilter, onFilterEmpty } = options;
  const isSorted = sort.replace(/^-/, "") === way;
  const isDescending = sort === `-${way}`;
  const title = field.kind === "datetime" ? `${label} (${zoneName()})` : label;
  return {
    id: way,
    title,
    width: widthOf(way, field),
    isNumeric: kindOf(field).isNumeric === true,
    sort: isSorted ? (isDescending ? "descending" : "ascending") : undefined,
    head: (
      <Menu position="bottom-start" shadow="md" withinPortal>
        <Menu.Target>
          <button type="button" className={styles.column} title={title}>
            {title}
            <span aria-hidden="true">{isSorted ? (isDescending ? " ↓" : " ↑") : ""}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {isSortable(column) && (
            <>
              <Menu.Item onClick={() => onSort(way)}>{t("list.ascending")}</Menu.Item>
              <Menu.Item onClick={() => onSort(`-${way}`)}>{t("list.descending")}</Menu.Item>
            </>
          )}
          {onStatistics !== undefined && !way.includes(".") && (
            <Menu.Item leftSection={<IconChartBar size={16} stroke={1.5} />} onClick={onStatistics}>
              {t("list.statistics")}
            </Menu.Item>
          )}
          {canFilter && <Menu.Item onClick={onFilterEmpty}>{t("list.filterEmpty")}</Menu.Item>}
          <Menu.Item onClick={() => void navigator.clipboard.writeText(way)}>
            {t("list.copyWay")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    ),
    cell: (row) =>
      way === "name" ? (
        <ObjectLink path={row.path}>{baseName(row.path) || "/"}</ObjectLink>
      ) : way === "path" ? (
        <ObjectLink path={row.path}>{row.path}</ObjectLink>
      ) : (
        <FieldCell field={field} value={row.values[way]} path={row.path} />
      ),
  };
}
