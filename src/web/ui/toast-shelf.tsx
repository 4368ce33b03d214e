import { Button, CloseButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { t } from "./text.ts";
import { dropToast, useToasts, type Toast } from "./toasts.ts";
import styles from "./toast-shelf.module.css";

// As long as reading and reaching for it takes; it waits while the pointer or the focus is on it.
const shownMs = 10_000;

/** Where the short news stand; screen readers tell them when they have a pause. */
export function ToastShelf() {
  const toasts = useToasts();
  return (
    <div className={styles.shelf} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <Slip key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Slip({ toast }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dropToast(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [isHeld, toast.id]);
  const { undo } = toast;
  return (
    <div
      className={styles.slip}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {undo !== undefined && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            dropToast(toast.id);
            undo();
          }}
        >
          {t("toast.undo")}
        </Button>
      )}
      <CloseButton size="sm" aria-label={t("app.close")} onClick={() => dropToast(toast.id)} />
    </div>
  );
}
