/**
 * A search as it is written, in the API, on the command line, in jobflows and in the browser:
 *
 *     type = Server and rack.site.name = 'Tokyo' and (cores >= 8 or not status in (down, spare))
 *     '東京' and updated > 2026-11-01 and under /nodes
 *     <-Server.rack.status = 'down'
 *
 * A condition begins with a way from the object that is searched: names of fields, followed where they refer to other
 * objects, and `<-Type.field` for the objects of that type that refer to it in that field. If a way leads to
 * several values, the condition holds if it does for one of them. `!=` and `!~` are `not` of `=` and `~`.
 */
export type Search =
  /** Every object; an empty text. */
  | { kind: "all" }
  | { kind: "and" | "or"; of: readonly Search[] }
  | { kind: "not"; of: Search }
  /** A text by itself: some searched field contains it. */
  | { kind: "text"; text: string; at: number }
  /** The object is below that one, however deep. */
  | { kind: "under"; path: string; at: number }
  | SearchCondition;

export interface SearchCondition {
  kind: "condition";
  way: readonly Step[];
  test: Test;
  /** Where it begins in the text. */
  at: number;
}

/** A step on the way from an object to a value. */
export type Step =
  | { kind: "field"; name: string; at: number }
  | { kind: "referrers"; type: string; field: string; at: number };

export type Test =
  | { kind: "compare"; operator: Comparison; value: Literal; at: number }
  | { kind: "in"; values: readonly Literal[]; at: number }
  | { kind: "empty" | "exists" }
  | { kind: "under"; path: string; at: number };

export const comparisons = ["=", "!=", "<=", "<", ">=", ">", "~", "!~"] as const;
export type Comparison = (typeof comparisons)[number];

/** Words of the grammar; a field of such a name stands in backquotes. */
export const reserved: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "in",
  "empty",
  "exists",
  "under",
]);

/** A value as it is written. Days and times are told from texts by their form alone; a text in quotes may be one, too. */
export type Literal =
  | { kind: "text" | "date" | "time" | "path"; value: string }
  | { kind: "number"; value: number }
  /** In seconds. */
  | { kind: "duration"; value: number }
  | { kind: "boolean"; value: boolean }
  | { kind: "null"; value: null };

/** What is wrong with the text of a search. */
export interface SearchFault {
  /** Where, as an offset into the text. */
  at: number;
  message: string;
}
