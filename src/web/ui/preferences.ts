import { useSyncExternalStore } from "react";

/** What somebody prefers in this browser; kept here and nowhere else. */

export interface Preferences {
  density: "normal" | "compact";
  /** Whether a letter alone is a shortcut. */
  hasSingleKeys: boolean;
  isRailFolded: boolean;
  /** Paths, in their order. */
  pinned: readonly string[];
  /** Paths, the last first. */
  recent: readonly string[];
}

const storedUnder = "tsunagi.preferences";
const defaults: Preferences = {
  density: "normal",
  hasSingleKeys: true,
  isRailFolded: false,
  pinned: [],
  recent: [],
};

const listeners = new Set<() => void>();
let current: Preferences = { ...defaults, ...readStored() };

export function preferences(): Preferences {
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

export function prefer(changes: Partial<Preferences>): void {
  current = { ...current, ...changes };
  try {
    window.localStorage.setItem(storedUnder, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing for us forgets it with the page.
  }
  for (const listener of listeners) listener();
}

const recentMax = 10;

export function noteVisit(path: string): void {
  if (current.recent[0] === path) return;
  const others = current.recent.filter((each) => each !== path);
  prefer({ recent: [path, ...others].slice(0, recentMax) });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readStored(): Partial<Preferences> {
  try {
    return JSON.parse(window.localStorage.getItem(storedUnder) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}
