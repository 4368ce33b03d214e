import { foldText } from "#kernel";
import type { Action } from "../ui/action.ts";

/** What a text in the palette asks for. */
export interface Wanted {
  actions?: string;
  path?: string;
  process?: number;
  objects?: string;
}

export function readPalette(text: string): Wanted {
  const plain = text.trim();
  if (plain.startsWith(">")) return { actions: plain.slice(1).trim() };
  const process = /^#(\d{1,15})$/.exec(plain)?.[1];
  if (process !== undefined) return { process: Number(process) };
  if (plain.startsWith("/")) {
    return { path: plain, objects: plain.slice(plain.lastIndexOf("/") + 1) };
  }
  return { actions: plain, objects: plain };
}

/** Actions in whose words all that was typed stands; those whose name begins so come first. */
export function matchActions(actions: readonly Action[], text: string): Action[] {
  const words = foldText(text).split(/\s+/).filter(Boolean);
  const rank = ({ label, keywords = "" }: Action): number => {
    const name = foldText(label);
    const all = `${name} ${foldText(keywords)}`;
    if (!words.every((word) => all.includes(word))) return -1;
    return words.every((word) => name.includes(word))
      ? name.startsWith(words[0] ?? "")
        ? 2
        : 1
      : 0;
  };
  return actions
    .map((action) => ({ action, rank: rank(action) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ action }) => action);
}
