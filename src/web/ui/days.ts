/** What happened, day by day, in its order. */
export function byDay<Entry>(
  entries: readonly Entry[],
  dayOf: (entry: Entry) => string,
): [day: string, entries: Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = dayOf(entry);
    const others = days.get(day);
    if (others === undefined) days.set(day, [entry]);
    else others.push(entry);
  }
  return [...days];
}
