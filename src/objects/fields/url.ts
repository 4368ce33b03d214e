import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { compareText, parseText, textOptions } from "./string.ts";

/** An address with its scheme, kept as it was written. */
export const url: FieldKind = {
  name: "url",
  widget: "url",
  options: textOptions,
  takesDefault: true,
  isText: true,
  parse(input, options) {
    const expected = "a URL such as https://example.com/";
    const text = parseText(input, options, expected);
    if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) throw new ValueFault(expected);
    return text;
  },
  compare: compareText,
  index: String,
};
