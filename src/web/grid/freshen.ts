import type { RowPage } from "./object-rows.ts";

/**
 * Puts the values of a later reading into the rows that are shown. Nothing moves: a row that is no longer there stays
 * where it was, and one that came is only counted.
 */
export function freshen(
  pages: readonly RowPage[],
  fresh: RowPage,
): { pages: RowPage[]; added: number; gone: Set<string> } {
  const byPath = new Map(fresh.items.map((row) => [row.path, row]));
  const shown = pages.flatMap((page) => page.items);
  const known = new Set(shown.map(({ path }) => path));
  // What lies behind the reading's end is not known to be gone.
  const isWhole = fresh.next === null;
  const compared = isWhole ? shown : shown.slice(0, fresh.items.length);
  const cameBefore = fresh.items.filter(({ path }) => !known.has(path)).length;
  const gone = compared.filter(({ path }) => !byPath.has(path)).map(({ path }) => path);
  // As many as came have pushed others behind the reading's end.
  const isPushedOut = !isWhole && gone.length <= cameBefore;
  return {
    pages: pages.map((page, index) => ({
      ...page,
      ...(index === 0 && fresh.total !== null ? { total: fresh.total } : {}),
      items: page.items.map((row) => byPath.get(row.path) ?? row),
    })),
    added: cameBefore,
    gone: new Set(isPushedOut ? [] : gone),
  };
}
