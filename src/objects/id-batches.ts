/**
 * Questions about many objects are asked for some hundred ids at a time: one statement for each would take a round
 * trip to the database each, and one for all would have no end. Few sizes, so that few statements are prepared.
 */
const sizes = [1, 10, 100, 500] as const;

/** Calls `ask` with the ids in parts, each with as many `?` as it has values; the last id may stand several times. */
export async function inIdBatches<Row>(
  ids: Iterable<number>,
  ask: (marks: string, batch: number[]) => Promise<Row[]>,
): Promise<Row[]> {
  const all = [...new Set(ids)];
  const found: Row[] = [];
  for (let from = 0; from < all.length;) {
    const rest = all.length - from;
    const size = sizes.find((each) => each >= rest) ?? 500;
    const batch = all.slice(from, from + size);
    from += batch.length;
    const last = batch.at(-1) ?? 0;
    while (batch.length < size) batch.push(last);
    for (const row of await ask(Array(size).fill("?").join(", "), batch)) found.push(row);
  }
  return found;
}
