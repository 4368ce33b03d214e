/**
 * What stands in the rows that are derived from an object's values (derived-rows.ts).
 *
 * I1  An index row holds the value that counts: a default stands in it for whoever has no value of his own. Of
 *     unique fields only what is stored is there, as a default may be shared.
 */
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "./json.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";
import { wordsOf } from "./search/text-words.ts";

/** What rows are derived from. */
export interface Derivable {
  id: number;
  name: string;
  data: JsonObject;
}

/** What stands in a field's index row for these values (I1); null if there is none. */
export function valueInIndex(field: Field, data: JsonObject): string | number | null {
  const stored = data[field.id];
  const value = stored === undefined ? indexedDefault(field) : stored;
  return value === null ? null : indexValue(field, value);
}

/** The default as far as it is indexed (I1). */
export function indexedDefault(field: Field): Json {
  return field.isUnique ? null : field.default;
}

/** Longer texts are kept in the index by their beginning and what makes them unlike others: databases limit index rows. */
const indexedTextMax = 400;

/** What the index keeps of a value. */
export function indexValue(field: Field, stored: Json): string | number {
  const value = field.kind.index?.(stored) ?? JSON.stringify(stored);
  if (typeof value === "number" || value.length <= indexedTextMax) return value;
  const rest = createHash("sha256").update(value).digest("base64url");
  return `${value.slice(0, indexedTextMax).toWellFormed()}${rest}`;
}

/** In which table a value is indexed. */
export function indexTable(value: string | number): string {
  return typeof value === "number" ? "object_number_index" : "object_text_index";
}

/** The words by which an object is found, with blanks between them. */
export function wordsIn(type: ObjectType, { name, data }: Derivable): string {
  const texts = [name];
  for (const field of type.derived) {
    if (!field.isSearched) continue;
    const value = valueOf(field, data);
    if (typeof value === "string") texts.push(value);
  }
  return wordsOf(texts);
}
