import { RE2JS } from "re2js";
import type { FieldKind, FieldOptions, OptionCheck } from "../field-kind.ts";
import { ValueFault, type FieldInput } from "../field-value.ts";
import { assertWithinLimits } from "../limits.ts";
import { isCount } from "../option-checks.ts";

const isPattern: OptionCheck = (value) => {
  if (typeof value !== "string") return "a regular expression";
  try {
    RE2JS.compile(value);
    return undefined;
  } catch (error) {
    return `a regular expression (${(error as Error).message})`;
  }
};

/** The options of all kinds that hold text: limits count characters, the pattern fits the whole text. */
export const textOptions = { min: isCount, max: isCount, pattern: isPattern };

/** Checks that the input is a text within the field's limits. */
export function parseText(input: FieldInput, options: FieldOptions, expected = "a text"): string {
  if (typeof input !== "string") throw new ValueFault(expected);
  // A half of a character pair would come back as another character.
  if (!input.isWellFormed()) throw new ValueFault("a text of whole characters");
  const { min, max, pattern } = options;
  if (min !== undefined || max !== undefined) {
    const characters = Array.from(input).length;
    assertWithinLimits(characters, options, (limit) => `a text of ${limit} characters`);
  }
  if (typeof pattern === "string" && !RE2JS.compile(pattern).matches(input)) {
    throw new ValueFault(`a text that fits the pattern ${pattern}`);
  }
  return input;
}

/** By code point, as the database orders: so do the bytes of UTF-8. */
export function compareText(a: unknown, b: unknown): number {
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** One line of text. */
export const string: FieldKind = {
  name: "string",
  widget: "line",
  options: textOptions,
  takesDefault: true,
  isText: true,
  parse(input, options) {
    const text = parseText(input, options);
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) {
      throw new ValueFault("a text of one line, without control characters");
    }
    return text;
  },
  compare: compareText,
  index: String,
};
