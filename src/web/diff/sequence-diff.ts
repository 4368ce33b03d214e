/** What is the same, gone and new between two sequences, as few as possible; what is too long for that counts as replaced. */
export interface Piece<Item> {
  kind: "same" | "removed" | "added";
  items: Item[];
}

// The table of a comparison; a million cells take some milliseconds.
const cellsMax = 2_000_000;

export function sequenceDiff<Item>(before: readonly Item[], after: readonly Item[]): Piece<Item>[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const pieces = new Pieces<Item>();
  pieces.add("same", ...before.slice(0, head));
  middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail), pieces);
  pieces.add("same", ...before.slice(before.length - tail));
  return pieces.all;
}

class Pieces<Item> {
  readonly all: Piece<Item>[] = [];

  add(kind: Piece<Item>["kind"], ...items: Item[]): void {
    if (items.length === 0) return;
    const last = this.all.at(-1);
    if (last?.kind === kind) last.items.push(...items);
    else this.all.push({ kind, items });
  }
}

function middle<Item>(before: Item[], after: Item[], pieces: Pieces<Item>): void {
  if (before.length * after.length > cellsMax) {
    pieces.add("removed", ...before);
    pieces.add("added", ...after);
    return;
  }
  // common[i][j]: how much the rests from i and j have in common.
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      common[at] =
        before[i] === after[j]
          ? (common[at + width + 1] ?? 0) + 1
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    const at = i * width + j;
    if (before[i] === after[j]) {
      pieces.add("same", before[i++] as Item);
      j += 1;
    } else if ((common[at + width] ?? 0) >= (common[at + 1] ?? 0)) {
      pieces.add("removed", before[i++] as Item);
    } else {
      pieces.add("added", after[j++] as Item);
    }
  }
  pieces.add("removed", ...before.slice(i));
  pieces.add("added", ...after.slice(j));
}
