import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { rowWindow, scrollTo } from "./row-window.ts";
import { isComposing } from "./shortcut.ts";
import { t } from "./text.ts";
import { useIsPhone } from "./use-media.ts";
import { usePreferences } from "./preferences.ts";
import styles from "./virtual-table.module.css";

export interface TableColumn<Row> {
  id: string;
  /** Its name, for screen readers and the cards of a phone. */
  title: string;
  /** What stands in the head; else the name. */
  head?: ReactNode;
  /** Such as `minmax(160px, 2fr)`. */
  width: string;
  isNumeric?: boolean;
  sort?: "ascending" | "descending" | undefined;
  cell: (row: Row) => ReactNode;
}

export interface TableSelection<Row> {
  has: (row: Row) => boolean;
  hasAll: boolean;
  hasSome: boolean;
  toggle: (index: number, isRange: boolean) => void;
  toggleAll: () => void;
}

interface Props<Row> {
  label: string;
  columns: readonly TableColumn<Row>[];
  /** How many rows there are, also those that are not loaded yet. */
  count: number;
  /** A row, if it is loaded. */
  rowAt: (index: number) => Row | undefined;
  keyOf: (row: Row) => string;
  /** That rows up to this one are about to be seen. */
  onNeed: (end: number) => void;
  onOpen?: (row: Row) => void;
  selection?: TableSelection<Row> | undefined;
  isFaded?: (row: Row) => boolean;
}

/**
 * A table of any length: only what is in view is drawn, in rows of one height. Arrow keys and `j`, `k` walk, Enter
 * opens, `x` selects, Shift with it a range.
 */
export function VirtualTable<Row>(props: Props<Row>) {
  const { label, columns, count, rowAt, keyOf, onNeed, onOpen, selection, isFaded } = props;
  const box = useRef<HTMLDivElement>(null);
  const { density } = usePreferences();
  const isPhone = useIsPhone();
  const rowHeight = isPhone ? 68 : density === "compact" ? 32 : 40;
  const [view, setView] = useState({ scrollTop: 0, height: 600 });
  const [active, setActive] = useState<number>();
  const id = useId();
  const { first, end } = rowWindow({ ...view, rowHeight, count });

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setView({ scrollTop: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => onNeed(end));

  const walk = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setActive(next);
    const element = box.current;
    if (element === null) return;
    const top = scrollTo(next, {
      scrollTop: element.scrollTop,
      height: element.clientHeight,
      rowHeight,
    });
    if (top !== undefined) element.scrollTop = top;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const { target, key, nativeEvent } = event;
    const isElsewhere =
      target instanceof HTMLElement && target.closest("input, button, [role=menu]");
    if (isElsewhere || isComposing(nativeEvent) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const now = active ?? -1;
    const moves: Record<string, number> = {
      ArrowDown: now + 1,
      j: now + 1,
      ArrowUp: now - 1,
      k: now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[key];
    const row = active === undefined ? undefined : rowAt(active);
    if (to !== undefined) walk(to);
    else if (key === "Enter" && row !== undefined && target === box.current) onOpen?.(row);
    else if (key.toLowerCase() === "x" && active !== undefined)
      selection?.toggle(active, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const template = [
    ...(selection === undefined ? [] : ["40px"]),
    ...columns.map(({ width }) => width),
  ].join(" ");
  return (
    <div
      ref={box}
      className={styles.frame}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-multiselectable={selection !== undefined}
      {...(active === undefined ? {} : { "aria-activedescendant": `${id}-${active}` })}
      tabIndex={0}
      style={{ "--template": template, "--row": `${rowHeight}px` } as React.CSSProperties}
      onScroll={({ currentTarget }) =>
        setView({ scrollTop: currentTarget.scrollTop, height: currentTarget.clientHeight })
      }
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.row}>
          {selection !== undefined && (
            <span role="columnheader" className={styles.check}>
              <input
                type="checkbox"
                aria-label={t("list.selectAll")}
                checked={selection.hasAll}
                ref={(input) => {
                  if (input !== null) input.indeterminate = selection.hasSome && !selection.hasAll;
                }}
                onChange={selection.toggleAll}
              />
            </span>
          )}
          {columns.map(({ id, title, head, sort, isNumeric }) => (
            <span
              key={id}
              role="columnheader"
              className={isNumeric === true ? styles.number : styles.cell}
              {...(sort === undefined ? {} : { "aria-sort": sort })}
            >
              {head ?? title}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: count * rowHeight }}>
        {Array.from({ length: end - first }, (_, offset) => {
          const index = first + offset;
          const row = rowAt(index);
          const isSelected = row !== undefined && (selection?.has(row) ?? false);
          return (
            <div
              key={row === undefined ? `#${index}` : keyOf(row)}
              id={`${id}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={selection === undefined ? undefined : isSelected}
              data-active={index === active || undefined}
              data-selected={isSelected || undefined}
              data-faded={(row !== undefined && isFaded?.(row)) || undefined}
              className={styles.row}
              style={{ transform: `translateY(${index * rowHeight}px)` }}
              onClick={() => setActive(index)}
              onDoubleClick={() => row !== undefined && onOpen?.(row)}
            >
              {selection !== undefined && (
                <span role="gridcell" className={styles.check}>
                  {row !== undefined && (
                    <input
                      type="checkbox"
                      aria-label={t("list.select", { name: keyOf(row) })}
                      checked={isSelected}
                      onChange={({ nativeEvent }) =>
                        selection.toggle(
                          index,
                          (nativeEvent as Partial<PointerEvent>).shiftKey ?? false,
                        )
                      }
                    />
                  )}
                </span>
              )}
              {columns.map(({ id, title, cell, isNumeric }) => (
                <span
                  key={id}
                  role="gridcell"
                  data-title={title}
                  className={isNumeric === true ? styles.number : styles.cell}
                >
                  {row === undefined ? <span className={styles.ghost} /> : cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
