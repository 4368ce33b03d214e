import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { assertWithinLimits } from "../limits.ts";
import { isCount } from "../option-checks.ts";
import { parseJson } from "./json.ts";

/** A list of any JSON values. */
export const list: FieldKind = {
  name: "list",
  widget: "list",
  options: { min: isCount, max: isCount },
  takesDefault: true,
  parse(input, options) {
    if (!Array.isArray(input)) throw new ValueFault("a list");
    assertWithinLimits(input.length, options, (limit) => `a list of ${limit} elements`);
    return parseJson(input);
  },
};
