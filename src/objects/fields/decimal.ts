import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { assertNumber, numberOptions } from "./integer.ts";

/** A number with or without a fraction. */
export const decimal: FieldKind = {
  name: "decimal",
  widget: "number",
  options: numberOptions,
  takesDefault: true,
  parse(input, options) {
    if (typeof input !== "number" || !Number.isFinite(input)) throw new ValueFault("a number");
    return assertNumber(input, options);
  },
  compare: (a, b) => Number(a) - Number(b),
  index: Number,
};
