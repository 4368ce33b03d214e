import type { FieldKind } from "../field-kind.ts";
import { isText } from "../option-checks.ts";
import { parseText, textOptions } from "./string.ts";

/** Source text; `language` says which, for the editor. */
export const code: FieldKind = {
  name: "code",
  widget: "code",
  options: { ...textOptions, language: isText },
  takesDefault: true,
  isText: true,
  parse: (input, options) => parseText(input, options),
};
