import { useSyncExternalStore } from "react";

/** Short news at the edge: what was done, and how to take it back. Errors that have to be read stand in their place instead. */
export interface Toast {
  id: number;
  text: string;
  undo?: (() => void) | undefined;
}

const shownMax = 3;
const listeners = new Set<() => void>();
let current: readonly Toast[] = [];
let next = 1;

export function toast(text: string, undo?: () => void): void {
  set([...current, { id: next++, text, undo }].slice(-shownMax));
}

export function dropToast(id: number): void {
  set(current.filter((each) => each.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

function set(toasts: readonly Toast[]): void {
  current = toasts;
  for (const listener of listeners) listener();
}
