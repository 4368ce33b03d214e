/**
 * A loop over a directory: it takes the objects in it page by page, so that a snapshot holds a page of 100,000 and not all.
 *
 * Of the three slots of a loop, the first holds the objects of the page, the second the place in it, and the third where the
 * page is: a dictionary of the directory (`of`), the name that the page ends with (`next`), the `mark` of what was there when
 * the loop began, and how many were `before` it.
 */
import type { Pause } from "./effect.ts";
import type { Frame } from "./state.ts";
import type { Turn } from "./turn.ts";
import { isDictionary, type Dictionary, type ObjectValue, type Value } from "./value.ts";

type Slots = (Value | undefined)[];

export function beginDirectory(turn: Turn, of: ObjectValue, slot: number): Pause {
  const { slots } = turn.frame;
  slots[slot] = [];
  slots[slot + 1] = 0;
  slots[slot + 2] = new Map<string, Value>([
    ["of", of],
    ["next", null],
    ["mark", null],
    ["before", 0],
  ]);
  return askPage(turn, slot);
}

/** Whether there may be more where the elements at hand have ended. */
export function hasNextPage(slots: Slots, slot: number): boolean {
  const page = slots[slot + 2];
  return page !== undefined && isDictionary(page) && page.get("next") !== null;
}

/** Asks for the objects behind those at hand. */
export function askPage(turn: Turn, slot: number): Pause {
  const page = turn.frame.slots[slot + 2] as Dictionary;
  const [of, after] = [page.get("of") as ObjectValue, page.get("next") as string | null];
  return turn.ask(
    { kind: "children", of, page: { after, mark: page.get("mark") ?? null } },
    { kind: "page", slot },
  );
}

export function takePage({ slots }: Frame, slot: number, answer: Dictionary): null {
  const page = slots[slot + 2] as Dictionary;
  const passed = (slots[slot] as readonly Value[]).length;
  slots[slot] = answer.get("items") ?? [];
  slots[slot + 1] = 0;
  slots[slot + 2] = new Map<string, Value>([
    ["of", page.get("of") ?? null],
    ["next", answer.get("next") ?? null],
    ["mark", answer.get("mark") ?? null],
    ["before", (page.get("before") as number) + passed],
  ]);
  return null;
}

/** How many objects the pages before this one held; 0 in other loops. */
export function passedBefore(slots: Slots, slot: number): number {
  const page = slots[slot + 2];
  return page !== undefined && isDictionary(page) ? (page.get("before") as number) : 0;
}
