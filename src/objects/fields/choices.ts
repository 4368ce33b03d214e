import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { assertWithinLimits } from "../limits.ts";
import { isCount } from "../option-checks.ts";
import { choiceValues, isChoices } from "./choice.ts";

/** Several of the texts that the type names, each once, kept in the order of the type, so that order is no difference. */
export const choices: FieldKind = {
  name: "choices",
  widget: "choices",
  options: { choices: isChoices, min: isCount, max: isCount },
  takesDefault: true,
  parse(input, options) {
    const known = choiceValues(options);
    const expected = `a list of ${known.join(", ") || "no choices"}`;
    if (!Array.isArray(input)) throw new ValueFault(expected);
    assertWithinLimits(input.length, options, (limit) => `${limit} choices`);
    const stranger = input.findIndex((element) => !known.some((value) => value === element));
    if (stranger >= 0) throw new ValueFault(`one of ${known.join(", ")}`, `[${stranger}]`);
    if (new Set(input).size < input.length)
      throw new ValueFault("a list that names no choice twice");
    return known.filter((value) => input.includes(value));
  },
};
