import { useState } from "react";
import { actionBook } from "../ui/action.ts";
import { Dialog } from "../ui/dialog.tsx";
import { t } from "../ui/text.ts";
import styles from "./key-help.module.css";

/** All shortcuts that count on this page. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const [actions] = useState(() =>
    actionBook.all().filter(({ shortcut }) => shortcut !== undefined),
  );
  const lists = [
    ["j k ↑ ↓", t("keys.walk")],
    ["Enter", t("keys.open")],
    ["x Shift+x", t("keys.select")],
    ["Esc", t("keys.close")],
  ] as const;
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className={styles.keys}>
        {actions.map(({ id, label, shortcut, whyNot }) => (
          <div key={id} data-off={whyNot !== undefined || undefined}>
            <dt>{label}</dt>
            <dd>
              <kbd className="key">{shortcut}</kbd>
            </dd>
          </div>
        ))}
        {lists.map(([keys, label]) => (
          <div key={keys}>
            <dt>{label}</dt>
            <dd>
              <kbd className="key">{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
