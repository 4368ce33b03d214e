import { TsunagiError } from "#kernel";
import type { Json } from "#contract";

/**
 * Reads the body of a request as JSON. Never throws anything but BODY_INVALID, which says where the text is
 * wrong. Integers beyond 2^53 stay exact, as text (LANGUAGE section 2).
 */

// Deeper than any document of ours; code that walks values may recurse.
const depthMax = 100;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value of the body; undefined if it is empty. */
export function parseJsonBody(bytes: Uint8Array): Json | undefined {
  const text = decode(bytes);
  if (/^\s*$/u.test(text)) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text, longIntegersAsText) as Json;
  } catch (error) {
    if (error instanceof TsunagiError) throw error;
    const { offset, expected } = faultOf(text);
    const position = positionOf(text, offset);
    const got =
      offset < text.length ? `'${String.fromCodePoint(text.codePointAt(offset)!)}'` : "its end";
    throw invalid(
      `expected ${expected}, got ${got} at line ${position.line}, column ${position.column}`,
      { ...position, offset, expected },
    );
  }
  if (depthOf(value) > depthMax) {
    throw invalid(`it is nested deeper than ${depthMax} levels`, { depthMax });
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid("it is not UTF-8", {}, "Send JSON in UTF-8, whatever the charset of its source.");
  }
}

function longIntegersAsText(key: string, value: Json, context?: { source?: string }): Json {
  const source = context?.source;
  // Half of all code that copies objects would lose it, or worse; nothing of ours has such a name.
  if (key === "__proto__") throw invalid("nothing may have the name '__proto__'", {});
  if (value === Infinity || value === -Infinity) {
    throw invalid(
      `the number ${source?.slice(0, 50)} is beyond what a number can hold`,
      {},
      "Send it as a text.",
    );
  }
  const isInexact =
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

function depthOf(value: Json): number {
  let depth = 0;
  let level: Json[] = [value];
  while (level.length > 0 && depth <= depthMax) {
    const next: Json[] = [];
    for (const element of level) {
      if (typeof element === "object" && element !== null) {
        for (const child of Object.values(element)) next.push(child);
      }
    }
    level = next.filter((element) => typeof element === "object" && element !== null);
    depth += 1;
  }
  return depth;
}

const blank = /[ \t\n\r]*/y;
const string = String.raw`"(?:[ !#-\[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`;
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?`;
const key = new RegExp(string, "y");
const scalar = new RegExp(`${string}|${number}|true|false|null`, "y");

/**
 * Finds where a text stops being JSON. V8's own message names no position for most faults.
 * Walks the tokens with a stack of open brackets; `next` is what may stand at the offset.
 */
function faultOf(text: string): { offset: number; expected: string } {
  const open: ("]" | "}")[] = [];
  let next: "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" = "value";
  let offset = skip(blank, text, 0);
  for (;;) {
    const character = text[offset];
    const closing = open.at(-1);
    if (next === "comma" && closing === undefined)
      return { offset, expected: "nothing after the value" };
    if (next === "colon") {
      if (character !== ":") return { offset, expected: "':' after a key" };
      next = "value";
      offset += 1;
    } else if (next === "comma") {
      if (character === closing) open.pop();
      else if (character === ",") next = closing === "]" ? "value" : "key";
      else return { offset, expected: `',' or '${closing}'` };
      offset += 1;
    } else if (next === "key" || next === "key or }") {
      const end = skip(key, text, offset);
      if (next === "key or }" && character === "}") {
        open.pop();
        next = "comma";
        offset += 1;
      } else if (end === offset) {
        return {
          offset,
          expected: next === "key" ? "a key in double quotes" : "a key in double quotes or '}'",
        };
      } else {
        next = "colon";
        offset = end;
      }
    } else if (next === "value or ]" && character === "]") {
      open.pop();
      next = "comma";
      offset += 1;
    } else if (character === "[" || character === "{") {
      open.push(character === "[" ? "]" : "}");
      next = character === "[" ? "value or ]" : "key or }";
      offset += 1;
    } else {
      const end = skip(scalar, text, offset);
      if (end === offset)
        return { offset, expected: next === "value" ? "a value" : "a value or ']'" };
      next = "comma";
      offset = end;
    }
    offset = skip(blank, text, offset);
  }
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

function invalid(message: string, details: Record<string, unknown>, hint?: string): TsunagiError {
  return new TsunagiError("BODY_INVALID", `the body is no valid JSON: ${message}`, {
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}
