import { useEffect, useRef, type ComponentType } from "react";

/**
 * What one can do, as an object: it feeds buttons, menus, the palette, the shortcuts and their help, so that the same
 * act has the same name everywhere. What cannot be done says why, and stays where it is.
 */
export interface Action {
  id: string;
  label: string;
  icon?: ComponentType<{ size?: number | string; stroke?: number }>;
  /** Such as `e`, `g p`, `Ctrl+S`. */
  shortcut?: string;
  /** Other words by which the palette finds it; in both languages. */
  keywords?: string;
  /** Why it cannot be done now, and who could help. */
  whyNot?: string | undefined;
  isDanger?: boolean;
  perform: () => void;
}

/** The actions of what is shown now; later ones (a dialog, a list) stand before those of the frame. */
class ActionBook {
  readonly #groups = new Map<object, readonly Action[]>();

  set(owner: object, actions: readonly Action[]): void {
    this.#groups.set(owner, actions);
  }

  delete(owner: object): void {
    this.#groups.delete(owner);
  }

  all(): Action[] {
    const seen = new Set<string>();
    return [...this.#groups.values()]
      .reverse()
      .flat()
      .filter(({ id }) => !seen.has(id) && seen.add(id));
  }
}

export const actionBook = new ActionBook();

/** Offers actions to the palette and the keyboard while the component is there. */
export function useActions(actions: readonly Action[]): void {
  const owner = useRef({});
  useEffect(() => actionBook.set(owner.current, actions));
  useEffect(() => {
    const key = owner.current;
    return () => actionBook.delete(key);
  }, []);
}
