import { ActionIcon, Button, CloseButton, Group, Select, Stack } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { t } from "../ui/text.ts";
import type { Way } from "./columns.ts";
import styles from "./column-dialog.module.css";

interface Props {
  ways: readonly Way[];
  columns: readonly Way[];
  onClose: () => void;
  /** Undefined: as the type has it. */
  onChange: (columns: readonly string[] | undefined) => void;
}

/** Which columns a list has, and in which order; also fields of what is referred to. */
export function ColumnDialog({ ways, columns, onClose, onChange }: Props) {
  const [chosen, setChosen] = useState(() => columns.map(({ way }) => way));
  const labelOf = (way: string) => [...ways, ...columns].find((each) => each.way === way)?.label;
  const move = (index: number, by: number) => {
    const way = chosen[index];
    if (way === undefined) return;
    const rest = chosen.toSpliced(index, 1);
    setChosen(rest.toSpliced(index + by, 0, way));
  };
  return (
    <Dialog title={t("columns.title")} onClose={onClose}>
      <Stack gap="sm">
        <ol className={styles.list}>
          {chosen.map((way, index) => (
            <li key={way} className={styles.item}>
              <span>{labelOf(way) ?? way}</span>
              <ActionIcon
                variant="subtle"
                aria-label={t("columns.up", { column: labelOf(way) ?? way })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                ↑
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                aria-label={t("columns.down", { column: labelOf(way) ?? way })}
                disabled={index === chosen.length - 1}
                onClick={() => move(index, 1)}
              >
                ↓
              </ActionIcon>
              <CloseButton
                aria-label={t("columns.remove", { column: labelOf(way) ?? way })}
                disabled={chosen.length === 1}
                onClick={() => setChosen(chosen.toSpliced(index, 1))}
              />
            </li>
          ))}
        </ol>
        <Select
          label={t("columns.add")}
          data={ways
            .filter(({ way }) => !chosen.includes(way))
            .map(({ way, label }) => ({ value: way, label }))}
          value={null}
          onChange={(way) => way !== null && setChosen([...chosen, way])}
          searchable
          maxDropdownHeight={240}
        />
        <Group justify="space-between">
          <Button variant="default" onClick={() => onChange(undefined)}>
            {t("columns.reset")}
          </Button>
          <Button onClick={() => onChange(chosen)}>{t("columns.apply")}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
