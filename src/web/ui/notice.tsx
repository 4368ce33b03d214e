import type { ReactNode } from "react";
import styles from "./notice.module.css";

/** Something the reader has to know at once; read out by screen readers. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: "fail" | "warn";
  title: string;
  children?: ReactNode;
}) {
  return (
    <div role="alert" className={`${styles.notice} ${styles[tone]}`}>
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}
