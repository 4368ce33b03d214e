import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { open } from "../client/navigation.ts";
import { lookupQuery } from "../fields/object-lookup.ts";
import { actionBook } from "../ui/action.ts";
import { Dialog } from "../ui/dialog.tsx";
import { preferences } from "../ui/preferences.ts";
import { isComposing } from "../ui/shortcut.ts";
import { t } from "../ui/text.ts";
import { matchActions, readPalette } from "./palette-entries.ts";
import styles from "./palette.module.css";

interface Entry {
  id: string;
  group: string;
  label: string;
  note?: string | undefined;
  shortcut?: string | undefined;
  isOff?: boolean;
  perform: () => void;
}

/** One field for everything: actions of this page, places, objects. `>` actions only, `/` paths, `#` a process. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDivElement>(null);
  const id = useId();
  const [actions] = useState(() => actionBook.all().filter((each) => each.id !== "palette"));
  // Enter performs what stands there for what was typed last; only what the server finds may lag behind.
  const wanted = readPalette(text);
  const asked = useDeferredValue(wanted.objects ?? "");
  const found = useQuery({
    ...lookupQuery([], asked),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  const entries = useMemo(() => {
    const listed: Entry[] = [];
    if (wanted.process !== undefined) {
      const path = `/process/${wanted.process}`;
      listed.push({ id: path, group: t("palette.goTo"), label: path, perform: () => open(path) });
    }
    if (wanted.path !== undefined) {
      const path = wanted.path;
      listed.push({
        id: `path ${path}`,
        group: t("palette.goTo"),
        label: path,
        perform: () => open(path),
      });
    }
    if (wanted.actions !== undefined) {
      for (const action of matchActions(actions, wanted.actions)) {
        const { id, label, whyNot, shortcut, perform } = action;
        const isOff = whyNot !== undefined;
        listed.push({
          id,
          group: t("palette.actions"),
          label,
          note: whyNot,
          shortcut,
          isOff,
          perform,
        });
      }
    }
    if (wanted.objects === "") {
      for (const path of preferences().recent.slice(1, 6)) {
        listed.push({
          id: `recent ${path}`,
          group: t("app.recent"),
          label: path,
          perform: () => open(path),
        });
      }
    }
    // What the server finds comes below what stands already, and moves nothing.
    if (wanted.objects !== undefined && wanted.objects !== "") {
      for (const { path, type } of found.data ?? []) {
        listed.push({
          id: `object ${path}`,
          group: t("palette.objects"),
          label: path,
          note: type,
          perform: () => open(path),
        });
      }
      const q = wanted.objects;
      listed.push({
        id: "search",
        group: t("palette.objects"),
        label: t("palette.searchAll", { text: q }),
        perform: () =>
          open("/.search", { q: `'${q.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'` }),
      });
    }
    return listed;
  }, [actions, wanted.process, wanted.path, wanted.actions, wanted.objects, found.data]);
  const active = Math.min(at, entries.length - 1);

  const perform = (entry: Entry | undefined) => {
    if (entry === undefined || entry.isOff === true) return;
    // The layer goes first, so that it gives the focus back before the action takes it.
    dialog.current?.closest("dialog")?.close();
    entry.perform();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "ArrowDown") setAt(Math.min(entries.length - 1, active + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, active - 1));
    else if (event.key === "Enter") perform(entries[active]);
    else return;
    event.preventDefault();
    requestAnimationFrame(() =>
      dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
    );
  };
  return (
    <Dialog title={t("palette.open")} shape="top" isBare onClose={onClose}>
      <div ref={dialog} className={styles.palette}>
        <input
          className={styles.input}
          value={text}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-label={t("palette.open")}
          placeholder={t("palette.placeholder")}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t("palette.open")}
          className={styles.list}
        >
          {entries.map((entry, index) => (
            <div key={entry.id}>
              {entry.group !== entries[index - 1]?.group && (
                <div className={styles.group} role="presentation">
                  {entry.group}
                </div>
              )}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                aria-disabled={entry.isOff === true}
                className={styles.option}
                onPointerMove={() => setAt(index)}
                onClick={() => perform(entry)}
              >
                <span className={styles.label}>{entry.label}</span>
                {entry.note !== undefined && <small>{entry.note}</small>}
                {entry.shortcut !== undefined && <kbd className="key">{entry.shortcut}</kbd>}
              </div>
            </div>
          ))}
          {entries.length === 0 && <p className={styles.none}>{t("palette.none")}</p>}
        </div>
        <p className={styles.hint}>{t("palette.hint")}</p>
      </div>
    </Dialog>
  );
}
