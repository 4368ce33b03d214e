import { useEffect } from "react";
import { actionBook } from "../ui/action.ts";
import { preferences } from "../ui/preferences.ts";
import { isComposing, keyText, ShortcutReader } from "../ui/shortcut.ts";

/** Performs the action whose shortcut was pressed. Letters alone do nothing in inputs, in layers, or where they are off. */
export function useShortcuts(): void {
  useEffect(() => {
    const reader = new ShortcutReader();
    const onKey = (event: KeyboardEvent) => {
      const key = keyText(event);
      if (key === "" || isComposing(event) || event.defaultPrevented) return;
      const isChord = key.startsWith("Ctrl+");
      if (!isChord && (!preferences().hasSingleKeys || isTyping(event.target))) {
        reader.forget();
        return;
      }
      const pressed = reader.read(key, event.timeStamp);
      const actions = actionBook.all();
      for (const shortcut of pressed) {
        const action = actions.find((each) => each.shortcut === shortcut);
        if (action === undefined || action.whyNot !== undefined) continue;
        event.preventDefault();
        reader.forget();
        action.perform();
        return;
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isInput = target.closest("textarea, select, [contenteditable], [role=menu]") !== null;
  const isText = target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type);
  return isInput || isText || document.querySelector("dialog[open]") !== null;
}
