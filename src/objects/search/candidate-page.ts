/** A page of what a predicate finds: in the order that is wanted, behind the place where the last page ended. */
import { TsunagiError } from "#kernel";
import { password } from "../fields/password.ts";
import { compareText } from "../fields/string.ts";
import type { Json } from "../json.ts";
import type { Total } from "./object-search.ts";
import { totalMax } from "./object-search.ts";
import type { Candidate, CandidateScope } from "./predicate.ts";
import { unknownField } from "./search-fault.ts";
import { badCursor } from "./sort.ts";

export interface CandidatePage<C extends Candidate> {
  found: C[];
  next: string | null;
  total: Total | null;
}

interface CandidateSort {
  key: string;
  isDescending: boolean;
  value(candidate: Candidate): Json;
  compare(a: Json, b: Json): number;
}

/** Puts all that was found in order, and gives the page of it that begins behind the cursor. */
export function sortedPage<C extends Candidate>(
  all: readonly C[],
  scope: CandidateScope,
  query: { sort: string; cursor?: string | undefined; limit: number; withTotal?: boolean },
): CandidatePage<C> {
  const sort = sortOf(query.sort, scope);
  const from = query.cursor === undefined ? undefined : decode(sort, query.cursor);
  const places = all
    .map((candidate) => ({ candidate, place: placeOf(sort, candidate) }))
    .sort((a, b) => comparePlaces(sort, a.place, b.place));
  const behind =
    from === undefined
      ? places
      : places.filter(({ place }) => comparePlaces(sort, place, from) > 0);
  const shown = behind.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    found: shown.map(({ candidate }) => candidate),
    next: behind.length > shown.length && last !== undefined ? encode(sort, last.place) : null,
    total: query.withTotal === true ? totalOf(all.length) : null,
  };
}

export function totalOf(count: number): Total {
  return { count: Math.min(count, totalMax), isExact: count <= totalMax };
}

function sortOf(key: string, { types }: CandidateScope): CandidateSort {
  const isDescending = key.startsWith("-");
  const name = isDescending ? key.slice(1) : key;
  const type = types.length === 1 ? types[0] : undefined;
  const field = type?.field(name);
  if (field !== undefined) {
    const { kind } = field;
    if (kind === password || kind.compare === undefined) {
      throw new TsunagiError("SEARCH_INVALID", `objects cannot be sorted by '${name}'`, {
        details: { field: name, kind: kind.name },
        hint: `a field of kind ${kind.name} has no order`,
      });
    }
    const value = (candidate: Candidate): Json => {
      const own = candidate.type.field(name);
      return own === undefined ? null : candidate.value(own);
    };
    return { key, isDescending, value, compare: (a, b) => kind.compare?.(a, b) ?? 0 };
  }
  const value = Object.hasOwn(columns, name) ? columns[name as keyof typeof columns] : undefined;
  if (value === undefined) {
    const known = [...(type?.fieldNames ?? []), ...Object.keys(columns)];
    throw unknownField(0, name, known, type?.name ?? "an object of any type");
  }
  return { key, isDescending, value, compare: compareColumns };
}

const columns = {
  name: ({ name }: Candidate): Json => name,
  path: ({ path }: Candidate): Json => path,
  id: ({ id }: Candidate): Json => id,
  created: ({ createdAt }: Candidate): Json => createdAt,
  updated: ({ updatedAt }: Candidate): Json => updatedAt,
  type: ({ type }: Candidate): Json => type.name,
};

function compareColumns(a: Json, b: Json): number {
  return typeof a === "number" && typeof b === "number" ? a - b : compareText(a, b);
}

/** Where a candidate stands: by its value, and among those of one value by what is its own. */
interface Place {
  value: Json;
  own: string | number;
}

function placeOf(sort: CandidateSort, candidate: Candidate): Place {
  return { value: sort.value(candidate), own: candidate.id ?? candidate.name };
}

/** What has no value comes last, in either direction. */
function comparePlaces(sort: CandidateSort, a: Place, b: Place): number {
  const byOwn = (): number => compareColumns(a.own, b.own);
  if (a.value === null && b.value === null) return byOwn();
  if (a.value === null) return 1;
  if (b.value === null) return -1;
  const order = sort.compare(a.value, b.value);
  return order === 0 ? byOwn() : sort.isDescending ? -order : order;
}

function encode({ key }: CandidateSort, { value, own }: Place): string {
  return Buffer.from(JSON.stringify([key, value, own])).toString("base64url");
}

function decode({ key }: CandidateSort, text: string): Place {
  try {
    const parts = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown;
    if (Array.isArray(parts) && parts.length === 3 && parts[0] === key) {
      const [, value, own] = parts as [string, Json, string | number];
      if (typeof own === "string" || typeof own === "number") return { value, own };
    }
  } catch {
    // What cannot be read is no cursor either.
  }
  throw badCursor();
}
