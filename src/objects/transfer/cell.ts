/**
 * A value as a cell of a table, and back. What is exported and imported again is the same value:
 *
 *   nothing                an empty cell
 *   a text                 itself, with an apostrophe before it where it is empty or a spreadsheet would run it (`'=1+1`),
 *                          or where it would be taken for such a one
 *   a number, true, false  itself
 *   a list of texts        a line each, else JSON; also several references and choices
 *   any other value        JSON
 */
import type { FieldInput } from "../field-value.ts";
import type { Json } from "../json.ts";
import type { Field } from "../object-type.ts";

/** What a table holds: spreadsheets know numbers and truth values, other tables only texts. */
export type Cell = string | number | boolean | null;

/** What spreadsheets take for the begin of a formula, in either width; a tab or line break may stand before it. */
const formula = String.raw`[=+\-@\t\r\n＝＋－＠]`;
const needsApostrophe = new RegExp(`^'*(?:$|${formula})`);
const hasApostrophe = new RegExp(`^'+(?:$|${formula})`);

/** A text that no spreadsheet runs, and that is not empty. */
export function quoteText(text: string): string {
  return needsApostrophe.test(text) ? `'${text}` : text;
}

/** The text that {@link quoteText} was given; a text of other origin stays as it is, unless it looks like one of ours. */
export function unquoteText(text: string): string {
  return hasApostrophe.test(text) ? text.slice(1) : text;
}

/** The cell for a value as the API shows it; a text of the kind json has its quotation marks. */
export function toCell(value: Json, kind?: string): Cell {
  if (kind === "json" && typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return quoteText(value);
  if (kind !== "json" && Array.isArray(value) && value.length > 0 && value.every(isPlainLine)) {
    return quoteText(value.join("\n"));
  }
  return JSON.stringify(value);
}

/** The value that a cell holds for a field; what does not fit stays a text, which the field then refuses by its own words. */
export function fromCell(cell: Cell, { kind }: Field): FieldInput {
  if (cell === null || cell === "") return null;
  switch (kind.name) {
    case "integer":
    case "decimal":
      return typeof cell === "string" ? numberIn(cell) : cell;
    case "duration":
      return typeof cell === "string" ? numberIn(unquoteText(cell)) : cell;
    case "boolean":
      return typeof cell === "string" ? booleanIn(cell) : cell;
    case "list":
    case "choices":
    case "objects":
      return listIn(String(cell));
    case "dictionary":
    case "fields":
    case "file":
      return typeof cell === "string" ? jsonIn(cell) : cell;
    case "json":
      return typeof cell === "string" ? anyJsonIn(cell) : cell;
    default:
      return unquoteText(String(cell));
  }
}

/** A text that stands in a line of its own and is no JSON. */
function isPlainLine(element: Json): element is string {
  return (
    typeof element === "string" && /^[^\s[{"][^\r\n]*$/u.test(element) && element === element.trim()
  );
}

function numberIn(text: string): FieldInput {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text.trim()) ? Number(text) : text;
}

/** Spreadsheets write truth in capital letters. */
function booleanIn(text: string): FieldInput {
  if (/^true$/i.test(text.trim())) return true;
  return /^false$/i.test(text.trim()) ? false : text;
}

function listIn(text: string): FieldInput {
  if (text.startsWith("[")) return jsonIn(text);
  return unquoteText(text)
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

function jsonIn(text: string): FieldInput {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A JSON value may be a text; one without its quotation marks is taken for a text, too. */
function anyJsonIn(text: string): FieldInput {
  const value = jsonIn(text);
  return value === text ? unquoteText(text) : value;
}
