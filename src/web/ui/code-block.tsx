import styles from "./code-block.module.css";

/** Text as it is, in a fixed width. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    // Scrolls, so the keyboard has to reach it.
    <pre className={styles.block} tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </pre>
  );
}
