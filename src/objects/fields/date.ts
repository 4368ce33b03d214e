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
    if (typeof input !== "string") throw new ValueFault(expected);
    const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(input);
    const [year, month, day] = (parts ?? []).slice(1).map(Number);
    if (day === undefined || day < 1 || day > daysOf(Number(year), Number(month))) {
      throw new ValueFault(expected);
    }
    return input;
  },
  compare: compareText,
  index: String,
};

/** How many days a month has; none, where there is no such month. */
function daysOf(year: number, month: number): number {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeapYear ? 29 : 28;
  return [0, 31, 0, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] ?? 0;
}
