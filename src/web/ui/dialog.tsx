import { CloseButton, MantineThemeProvider } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { t } from "./text.ts";
import styles from "./dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  /** `side` stands at the edge, beside what it is about. */
  shape?: "middle" | "wide" | "side" | "top";
  /** Without a line of its own for the title. */
  isBare?: boolean;
  children: ReactNode;
}

/** A layer over the page: the browser keeps the focus in it, gives it back, and closes it with Escape. */
export function Dialog({ title, onClose, shape = "middle", isBare = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Lists that open in the layer have to stand in it: what is in the page itself lies below.
  const [layer, setLayer] = useState<HTMLDivElement | null>(null);
  const theme = useMemo(
    () => ({
      components: {
        Portal: { defaultProps: { target: layer ?? undefined } },
        Popover: { defaultProps: { floatingStrategy: "fixed", shadow: "md" } },
      },
    }),
    [layer],
  );
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${styles[shape]}`}
      aria-label={title}
      onClose={onClose}
      onKeyDown={keepForList}
      onMouseDown={(event) => {
        // A press beside it; one that began inside and ended outside is none.
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className={styles.inside}>
        {!isBare && (
          <header className={styles.head}>
            <h2>{title}</h2>
            <CloseButton aria-label={t("app.close")} onClick={() => dialog.current?.close()} />
          </header>
        )}
        <MantineThemeProvider inherit theme={theme}>
          {layer !== null && children}
        </MantineThemeProvider>
      </div>
      <div ref={setLayer} />
    </dialog>
  );
}

/** Escape closes one layer: an open list before the dialog in which it is. */
function keepForList(event: KeyboardEvent<HTMLDialogElement>): void {
  const { target, key } = event;
  if (key !== "Escape" || !(target instanceof HTMLElement)) return;
  const isList = target.getAttribute("aria-haspopup") === "listbox";
  if (isList && target.getAttribute("aria-expanded") === "true") event.preventDefault();
}
