import type { Json } from "#contract";
import { sequenceDiff, type Piece } from "./sequence-diff.ts";

/** Differences between values, as people read them: words of lines, elements of lists, places in JSON. */

/** A line of a text with what changed in it; `fold` stands for lines that are the same. */
export type TextLine =
  | { kind: "same"; text: string }
  | { kind: "fold"; count: number }
  | { kind: "removed" | "added"; words: Piece<string>[] };

const contextLines = 2;

/** Line by line, and word by word where a line became another one. */
export function textDiff(before: string, after: string): TextLine[] {
  const lines: TextLine[] = [];
  const pieces = sequenceDiff(linesOf(before), linesOf(after));
  pieces.forEach((piece, index) => {
    if (piece.kind === "same") {
      lines.push(...folded(piece.items, index === 0, index === pieces.length - 1));
      return;
    }
    const following = pieces[index + 1];
    if (piece.kind === "removed" && following?.kind === "added") {
      lines.push(...replaced(piece.items, following.items));
      return;
    }
    // An added piece behind a removed one was told with it.
    if (piece.kind === "added" && pieces[index - 1]?.kind === "removed") return;
    const { kind } = piece;
    lines.push(
      ...piece.items.map((text): TextLine => ({ kind, words: [{ kind: "same", items: [text] }] })),
    );
  });
  return lines;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

function folded(lines: readonly string[], isFirst: boolean, isLast: boolean): TextLine[] {
  const head = isFirst ? 0 : contextLines;
  const tail = isLast ? 0 : contextLines;
  const same = (texts: readonly string[]) =>
    texts.map((text): TextLine => ({ kind: "same", text }));
  const count = lines.length - head - tail;
  if (count < 2) return same(lines);
  return [
    ...same(lines.slice(0, head)),
    { kind: "fold", count },
    ...same(lines.slice(lines.length - tail)),
  ];
}

function replaced(before: readonly string[], after: readonly string[]): TextLine[] {
  const removed: TextLine[] = [];
  const added: TextLine[] = [];
  const pairs = Math.min(before.length, after.length);
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [old, young] = [before[index], after[index]];
    const words = index < pairs ? wordDiff(old ?? "", young ?? "") : undefined;
    if (old !== undefined)
      removed.push({
        kind: "removed",
        words: words === undefined ? whole(old) : without(words, "added"),
      });
    if (young !== undefined)
      added.push({
        kind: "added",
        words: words === undefined ? whole(young) : without(words, "removed"),
      });
  }
  return [...removed, ...added];
}

function whole(text: string): Piece<string>[] {
  return [{ kind: "same", items: [text] }];
}

function without(pieces: readonly Piece<string>[], kind: "added" | "removed"): Piece<string>[] {
  return pieces.filter((piece) => piece.kind !== kind);
}

/** The words of two texts; Japanese has no blanks between them, so that its characters count one by one. */
export function wordDiff(before: string, after: string): Piece<string>[] {
  return sequenceDiff(wordsOf(before), wordsOf(after));
}

function wordsOf(text: string): string[] {
  return (
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+|\s+|./gsu) ??
    []
  );
}

export interface ListChange {
  kind: "added" | "removed" | "moved";
  value: Json;
}

/** What a list gained and lost; what is in it at another place was moved. */
export function listDiff(before: readonly Json[], after: readonly Json[]): ListChange[] {
  const texts = (values: readonly Json[]) => values.map((value) => canonical(value));
  const pieces = sequenceDiff(texts(before), texts(after));
  const gone = pieces.flatMap(({ kind, items }) => (kind === "removed" ? items : []));
  const come = pieces.flatMap(({ kind, items }) => (kind === "added" ? items : []));
  const moved = come.filter((text) => gone.includes(text));
  const told = (kind: ListChange["kind"], list: readonly string[]) =>
    list.map((text): ListChange => ({ kind, value: JSON.parse(text) as Json }));
  return [
    ...told(
      "added",
      come.filter((text) => !moved.includes(text)),
    ),
    ...told(
      "removed",
      gone.filter((text) => !moved.includes(text)),
    ),
    ...told("moved", moved),
  ];
}

export interface PlaceChange {
  /** Such as `limits.cpu` or `hosts[2]`. */
  place: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** The places at which two JSON values differ; the order of keys is no difference. */
export function jsonDiff(before: Json, after: Json, place = ""): PlaceChange[] {
  if (isSame(before, after)) return [];
  if (isDictionary(before) && isDictionary(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => {
      const at = place === "" ? key : `${place}.${key}`;
      return partDiff(before[key], after[key], at);
    });
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      partDiff(before[index], after[index], `${place}[${index}]`),
    ).flat();
  }
  return [{ place, before, after }];
}

function partDiff(before: Json | undefined, after: Json | undefined, place: string): PlaceChange[] {
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ place, before, after }];
  }
  return jsonDiff(before, after, place);
}

export function isSame(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b);
}

export function isDictionary(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a value in which keys stand in order. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isDictionary(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Elements that have a name, such as the fields of a type: which came, which went, and what changed in the others. */
export interface NamedChange {
  name: string;
  kind: "added" | "removed" | "changed";
  before: Json | undefined;
  after: Json | undefined;
}

/** Whether each element is a dictionary with a name or id of its own, by which it is the same after a change. */
export function isNamed(value: Json): value is { [key: string]: Json }[] {
  return (
    Array.isArray(value) &&
    value.every((each) => isDictionary(each) && typeof each["name"] === "string")
  );
}

export function namedDiff(
  before: readonly { [key: string]: Json }[],
  after: readonly { [key: string]: Json }[],
): NamedChange[] {
  // Under its id an element is the same, also by another name.
  const keyOf = (each: { [key: string]: Json }) => JSON.stringify(each["id"] ?? each["name"]);
  const old = new Map(before.map((each) => [keyOf(each), each]));
  const young = new Map(after.map((each) => [keyOf(each), each]));
  const nameOf = (each: { [key: string]: Json } | undefined) => asName(each?.["name"]);
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((key): NamedChange[] => {
    const [was, is] = [old.get(key), young.get(key)];
    if (was === undefined) return [{ name: nameOf(is), kind: "added", before: was, after: is }];
    if (is === undefined) return [{ name: nameOf(was), kind: "removed", before: was, after: is }];
    if (isSame(was, is)) return [];
    return [{ name: nameOf(is), kind: "changed", before: was, after: is }];
  });
}

function asName(name: Json | undefined): string {
  return typeof name === "string" ? name : "";
}
