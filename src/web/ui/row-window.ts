/** Which rows of a long list are drawn: those in view and some around, so that scrolling meets no gap. */
export interface RowWindow {
  first: number;
  /** Behind the last one. */
  end: number;
}

const around = 12;

export function rowWindow(o: {
  scrollTop: number;
  height: number;
  rowHeight: number;
  count: number;
}): RowWindow {
  const first = Math.max(0, Math.floor(o.scrollTop / o.rowHeight) - around);
  const end = Math.min(o.count, Math.ceil((o.scrollTop + o.height) / o.rowHeight) + around);
  return { first: Math.min(first, end), end };
}

/** How far to scroll so that a row is whole in view; undefined if it is. */
export function scrollTo(
  row: number,
  o: { scrollTop: number; height: number; rowHeight: number },
): number | undefined {
  const top = row * o.rowHeight;
  if (top < o.scrollTop) return top;
  // The head of the table stands over the first row's height.
  const bottom = top + 2 * o.rowHeight;
  return bottom > o.scrollTop + o.height ? bottom - o.height : undefined;
}
