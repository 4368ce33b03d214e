import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";

export const boolean: FieldKind = {
  name: "boolean",
  widget: "switch",
  options: {},
  takesDefault: true,
  parse(input) {
    if (typeof input !== "boolean") throw new ValueFault("true or false");
    return input;
  },
  compare: (a, b) => Number(a) - Number(b),
  index: Number,
};
