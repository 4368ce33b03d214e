import type { FieldKind, FieldOptions, OptionCheck } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { isJsonObject } from "../json.ts";
import { isLabel } from "../option-checks.ts";
import { compareText } from "./string.ts";

export const isChoices: OptionCheck = (value) => {
  const expected = "a list of texts, or of {value, label}";
  if (!Array.isArray(value) || value.length === 0) return expected;
  const isRight = value.every(
    (choice) =>
      typeof choice === "string" ||
      (isJsonObject(choice) &&
        typeof choice["value"] === "string" &&
        (choice["label"] === undefined || isLabel(choice["label"]) === undefined)),
  );
  return isRight ? undefined : expected;
};

/** One of the texts that the type names. */
export const choice: FieldKind = {
  name: "choice",
  widget: "choice",
  options: { choices: isChoices },
  takesDefault: true,
  isText: true,
  parse(input, options) {
    const values = choiceValues(options);
    const found = values.find((value) => value === input);
    if (found === undefined) throw new ValueFault(`one of ${values.join(", ") || "no choices"}`);
    return found;
  },
  compare: compareText,
  index: String,
};

/** The texts that a field of the kind choice or choices may hold. */
export function choiceValues({ choices }: FieldOptions): string[] {
  if (!Array.isArray(choices)) return [];
  return choices
    .map((entry) => (isJsonObject(entry) ? entry["value"] : entry))
    .filter((value) => typeof value === "string");
}
