import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { compareText } from "./string.ts";

const withZone = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** An instant, kept in UTC to the millisecond: `2026-04-01T00:00:00.000Z`. */
export const datetime: FieldKind = {
  name: "datetime",
  widget: "datetime",
  options: {},
  takesDefault: true,
  parse(input) {
    const expected = "a time with its zone such as 2026-04-01T09:30:00+09:00";
    const match = typeof input === "string" ? withZone.exec(input) : null;
    if (match === null) throw new ValueFault(expected);
    const day = new Date(`${match[1]}T00:00:00.000Z`);
    const time = new Date(match[0]);
    const isDay = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === match[1];
    if (!isDay || Number.isNaN(time.getTime())) throw new ValueFault(expected);
    return time.toISOString();
  },
  compare: compareText,
  index: String,
};
