import type { FieldKind } from "../field-kind.ts";
import { ValueFault, type FieldInput } from "../field-value.ts";
import { assertNumber, numberOptions } from "./integer.ts";

const seconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** A length of time, kept as seconds; `1h30m` may be given for 5400. */
export const duration: FieldKind = {
  name: "duration",
  widget: "duration",
  options: numberOptions,
  takesDefault: true,
  parse(input, options) {
    const value = toSeconds(input);
    if (value === undefined) throw new ValueFault("a number of seconds, or a text such as 1h30m");
    return assertNumber(value, options);
  },
  compare: (a, b) => Number(a) - Number(b),
  index: Number,
};

function toSeconds(input: FieldInput): number | undefined {
  if (typeof input === "number") return Number.isFinite(input) && input >= 0 ? input : undefined;
  if (typeof input !== "string" || !/^(\d{1,9}[dhms])+$/.test(input)) return undefined;
  let sum = 0;
  for (const [, count, unit] of input.matchAll(/(\d+)([dhms])/g)) {
    sum += Number(count) * seconds[unit as keyof typeof seconds];
  }
  return sum;
}
