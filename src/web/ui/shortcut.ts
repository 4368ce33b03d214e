/**
 * Shortcuts as text: `e`, `?`, `g p` (one after the other), `Ctrl+K`, `Ctrl+Enter`. Ctrl is also the command key
 * of a Mac. Keys that an input method is composing with are nobody's shortcut.
 */

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing?: boolean;
  keyCode?: number;
}

/** Whether an input method is at work; 229 is what browsers tell where they do not say so. */
export function isComposing(event: Key): boolean {
  return event.isComposing === true || event.keyCode === 229;
}

/** The text of a pressed key, as shortcuts write it; empty for modifiers alone. */
export function keyText(event: Key): string {
  if (["Control", "Shift", "Alt", "Meta", "Dead", "Process"].includes(event.key)) return "";
  const isCtrl = event.ctrlKey || event.metaKey;
  const key = event.key === " " ? "Space" : event.key;
  const name = key.length === 1 && (isCtrl || event.altKey) ? key.toUpperCase() : key;
  const hasShift = event.shiftKey && (key.length > 1 || isCtrl);
  return [isCtrl ? "Ctrl" : "", event.altKey ? "Alt" : "", hasShift ? "Shift" : "", name]
    .filter(Boolean)
    .join("+");
}

/** Follows keys, and says which shortcut they make; a sequence may take that long. */
export class ShortcutReader {
  readonly #pauseMs: number;
  #first = "";
  #at = 0;

  constructor(pauseMs = 1200) {
    this.#pauseMs = pauseMs;
  }

  /** The shortcuts that are complete with this key: alone, and with the one before. */
  read(key: string, now: number): string[] {
    const sequence = this.#first !== "" && now - this.#at < this.#pauseMs;
    const found = sequence ? [`${this.#first} ${key}`, key] : [key];
    this.#first = key.includes("+") ? "" : key;
    this.#at = now;
    return found;
  }

  forget(): void {
    this.#first = "";
  }
}
