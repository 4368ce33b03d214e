import { Group, Text } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import styles from "./page-head.module.css";

interface Props {
  title: string;
  /** A mark before the title. */
  mark?: ReactNode;
  /** Small facts beside the title. */
  meta?: ReactNode;
  /** One sentence: what this is and what it does now. */
  says?: ReactNode;
  actions?: ReactNode;
}

/** The head of every page: its one `h1`, the answer in a sentence, and what can be done. */
export function PageHead({ title, mark, meta, says, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · ${document.documentElement.dataset.instance ?? "Tsunagi"}`;
  }, [title]);
  return (
    <header className={styles.head}>
      <Group gap="sm" align="baseline">
        {mark}
        <h1 className={styles.title}>{title}</h1>
        <Text component="div" c="dimmed" size="xs">
          {meta}
        </Text>
        <Group gap="xs" ml="auto">
          {actions}
        </Group>
      </Group>
      {says !== undefined && <p className={styles.says}>{says}</p>}
    </header>
  );
}
