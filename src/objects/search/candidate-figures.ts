/** What the values of a field are, over objects that are looked at one by one; says the same as field-statistics.ts. */
import type { Json } from "../json.ts";
import type { Field } from "../object-type.ts";
import type { Candidate } from "./predicate.ts";
import { listedMax, type DuplicatePage, type FieldStatistics } from "./field-statistics.ts";
import { isNumeric } from "./value-sql.ts";

interface Group {
  value: Json;
  count: number;
  paths: string[];
}

export function statisticsOf(
  candidates: readonly Candidate[],
  field: Field,
  limit: number,
): FieldStatistics {
  const groups = groupsOf(candidates, field);
  const filled = groups.reduce((sum, { count }) => sum + count, 0);
  const numbers = isNumeric(field) && field.kind.references === undefined ? groups : [];
  const total = numbers.reduce((sum, { value, count }) => sum + Number(value) * count, 0);
  const values = numbers.map(({ value }) => Number(value));
  return {
    count: candidates.length,
    empty: candidates.length - filled,
    distinct: groups.length,
    values: groups.slice(0, limit).map(({ value, count }) => ({ value, count })),
    min: values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b)),
    max: values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b)),
    average: values.length === 0 ? null : total / filled,
  };
}

export function duplicatesOf(
  candidates: readonly Candidate[],
  field: Field,
  limit: number,
): DuplicatePage {
  const several = groupsOf(candidates, field).filter(({ count }) => count > 1);
  return { duplicates: several.slice(0, limit), isMore: several.length > limit };
}

/** The values that there are, the most frequent first. */
function groupsOf(candidates: readonly Candidate[], field: Field): Group[] {
  const groups = new Map<string, Group>();
  for (const candidate of candidates) {
    const value = candidate.value(field);
    if (value === null) continue;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, count: 0, paths: [] };
    groups.set(key, group);
    group.count += 1;
    if (group.paths.length < listedMax) group.paths.push(candidate.path);
  }
  return [...groups]
    .sort(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1))
    .map(([, group]) => group);
}
