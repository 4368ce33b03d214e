/** What one may be permitted to do with an object. */
export const rights = ["read", "write", "execute", "delete", "manage"] as const;
export type Right = (typeof rights)[number];

/** Several rights, as bits. Stored: a right keeps its bit. */
export type RightSet = number;

const bit: Readonly<Record<Right, number>> = {
  read: 1,
  write: 2,
  execute: 4,
  delete: 8,
  manage: 16,
};

export const noRights: RightSet = 0;
export const allRights: RightSet = 31;

/** Who may manage an object could grant himself the rest, so that manage holds all rights. */
export function toRightSet(list: Iterable<Right>): RightSet {
  let set = noRights;
  for (const right of list) set |= right === "manage" ? allRights : bit[right];
  return set;
}

export function fromRightSet(set: RightSet): Right[] {
  return rights.filter((right) => hasRight(set, right));
}

export function hasRight(set: RightSet, right: Right): boolean {
  return (set & bit[right]) !== 0;
}

/** A set after rights were given or taken. Who loses one of them cannot keep *manage*, by which he would have it again. */
export function changedRights(
  before: RightSet,
  given: readonly Right[],
  mode: "set" | "add" | "remove",
): RightSet {
  const set = toRightSet(given);
  if (mode === "set") return set;
  if (mode === "add") return before | set;
  const removed = given.reduce((sum, right) => sum | bit[right], noRights);
  return removed === noRights ? before : before & ~(removed | bit.manage);
}

/** The bit by which a right is known in the database. */
export function rightBit(right: Right): number {
  return bit[right];
}
