import type { FieldKind, FieldOptions } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { assertWithinLimits } from "../limits.ts";
import { isNumber } from "../option-checks.ts";

/** The limits of kinds that hold a number. */
export const numberOptions = { min: isNumber, max: isNumber };

/** Checks a number against the field's limits. */
export function assertNumber(value: number, options: FieldOptions): number {
  assertWithinLimits(value, options, (limit) => `a number of ${limit}`);
  // Minus zero would come back as zero.
  return value + 0;
}

/** A whole number, exact to 2^53-1. */
export const integer: FieldKind = {
  name: "integer",
  widget: "number",
  options: numberOptions,
  takesDefault: true,
  parse(input, options) {
    if (!Number.isSafeInteger(input)) throw new ValueFault("a whole number");
    return assertNumber(Number(input), options);
  },
  compare: (a, b) => Number(a) - Number(b),
  index: Number,
};
