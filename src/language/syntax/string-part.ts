import { isNameStart, namePartLength } from "./character.ts";

export interface StringStyle {
  /** The code of the quotation mark. */
  quote: number;
  isTriple: boolean;
  /** Null: a string, else a pattern. */
  dialect: "r" | "g" | "i" | null;
}

/** A piece of a string: `expression` is the `${` only, `unclosed` stands where the string should have ended. */
export type Part =
  | { kind: "text"; start: number; end: number; text: string }
  | { kind: "variable"; start: number; end: number; word: string }
  | { kind: "expression"; start: number; end: number }
  | { kind: "close"; start: number; end: number }
  | { kind: "unclosed"; start: number; end: number };

/** Reads the part of a string that begins at that offset; a text reaches to whatever is no text. */
export function readPart(source: string, start: number, style: StringStyle): Part {
  const part = markAt(source, start, style);
  if (part) return part;
  let text = "";
  let copied = start;
  let offset = start;
  while (offset === start || !markAt(source, offset, style)) {
    const escape = escapeAt(source, offset, style);
    if (!escape) {
      offset++;
      continue;
    }
    if (escape.text !== null) {
      text += source.slice(copied, offset) + escape.text;
      copied = offset + escape.length;
    }
    offset += escape.length;
  }
  return { kind: "text", start, end: offset, text: text + source.slice(copied, offset) };
}

/** What stands there if it is no text. */
function markAt(source: string, start: number, style: StringStyle): Part | null {
  const code = source.charCodeAt(start);
  if (code === style.quote) {
    if (!style.isTriple) return { kind: "close", start, end: start + 1 };
    const isClosed = source.charCodeAt(start + 1) === code && source.charCodeAt(start + 2) === code;
    return isClosed ? { kind: "close", start, end: start + 3 } : null;
  }
  if (start >= source.length || (code === lineFeed && !style.isTriple))
    return { kind: "unclosed", start, end: start };
  if (code !== dollar || style.dialect === "r") return null;
  if (source.charCodeAt(start + 1) === openBrace)
    return { kind: "expression", start, end: start + 2 };
  if (!isNameStart(source, start + 1)) return null;
  let end = start + 1;
  for (let length = 1; length > 0; end += length) length = namePartLength(source, end);
  return { kind: "variable", start, end, word: source.slice(start + 1, end) };
}

/** The escape that stands there; its text is null if it stays as it is written. */
function escapeAt(
  source: string,
  offset: number,
  style: StringStyle,
): { text: string | null; length: number } | null {
  if (source.charCodeAt(offset) !== backslash) return null;
  const code = source.charCodeAt(offset + 1);
  if (code === dollar && style.dialect !== "r") return { text: "$", length: 2 };
  // A line, or the file, never ends within an escape.
  if (style.isTriple || code === lineFeed || Number.isNaN(code)) return null;
  if (style.dialect === "r") return { text: null, length: 2 };
  if (code === letterN) return { text: "\n", length: 2 };
  if (code === letterT) return { text: "\t", length: 2 };
  if (code === backslash || code === singleQuote || code === doubleQuote)
    return { text: source.charAt(offset + 1), length: 2 };
  const digits = source.slice(offset + 2, offset + 6);
  if (code === letterU && /^[0-9a-fA-F]{4}$/.test(digits))
    return { text: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
  return { text: null, length: 2 };
}

const lineFeed = 10;
const doubleQuote = 34;
const dollar = 36;
const singleQuote = 39;
const backslash = 92;
const letterN = 110;
const letterT = 116;
const letterU = 117;
const openBrace = 123;
