import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { compareText } from "./string.ts";

/** A day of the calendar, without a time or a zone: `2026-04-01`. */
export const date: FieldKind = {
  name: "date",
  widget: "date",
  options: {},
  takesDefault: true,
  parse(input) {
    const expected = "a date such as 2026-04-01";
    if (typeof input !== "string" || !/^\d{4}-\d\d-\d\d$/.test(input))
      throw new ValueFault(expected);
    const time = new Date(`${input}T00:00:00.000Z`);
    // JavaScript takes the 30th of February for the 2nd of March.
    if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== input) {
      throw new ValueFault(expected);
    }
    return input;
  },
  compare: compareText,
  index: String,
};
