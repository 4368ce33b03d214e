import type { FieldOptions } from "./field-kind.ts";
import { ValueFault } from "./field-value.ts";

/**
 * Checks a number, or how many there are of something, against a field's `min` and `max`. `say` makes the
 * message of the limit: `(limit) => \`a list of ${limit} elements\``.
 */
export function assertWithinLimits(
  value: number,
  { min, max }: FieldOptions,
  say: (limit: string) => string,
): void {
  if (typeof min === "number" && value < min) throw new ValueFault(say(`at least ${min}`));
  if (typeof max === "number" && value > max) throw new ValueFault(say(`at most ${max}`));
}
