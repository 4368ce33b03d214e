import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./empty.module.css";

/** What stands where nothing is: what it means, and how to change it. */
export function Empty({ says, children }: { says: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <Text>{says}</Text>
      {children}
    </div>
  );
}
