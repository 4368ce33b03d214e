import type { FieldKind } from "../field-kind.ts";
import { compareText, parseText, textOptions } from "./string.ts";

/** Text of many lines. */
export const text: FieldKind = {
  name: "text",
  widget: "lines",
  options: textOptions,
  takesDefault: true,
  isText: true,
  parse: (input, options) => parseText(input, options),
  compare: compareText,
};
