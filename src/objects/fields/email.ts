import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { compareText, parseText, textOptions } from "./string.ts";

/** One mail address. Whether it exists only sending tells, so that only its form is checked. */
export const email: FieldKind = {
  name: "email",
  widget: "email",
  options: textOptions,
  takesDefault: true,
  isText: true,
  parse(input, options) {
    const expected = "a mail address such as ops@example.com";
    const text = parseText(input, options, expected);
    if (!/^[^\s@<>(),;:"\p{Cc}]+@[^\s@<>(),;:"\p{Cc}]+$/u.test(text))
      throw new ValueFault(expected);
    return text;
  },
  compare: compareText,
  index: String,
};
