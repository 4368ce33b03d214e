import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { isJsonObject } from "../json.ts";
import { parseJson } from "./json.ts";

/** JSON values by key, in the order given. */
export const dictionary: FieldKind = {
  name: "dictionary",
  widget: "dictionary",
  options: {},
  takesDefault: true,
  parse(input) {
    if (!isJsonObject(input)) throw new ValueFault("a dictionary");
    return parseJson(input);
  },
};
