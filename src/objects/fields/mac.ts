import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { compareText } from "./string.ts";

/** A hardware address of 48 or 64 bits, in any of the usual ways to write one; kept as `00:1b:21:3c:9d:f8`. */
export const mac: FieldKind = {
  name: "mac",
  widget: "mac",
  options: {},
  takesDefault: true,
  isText: true,
  parse(input) {
    const digits = typeof input === "string" ? macDigits(input) : undefined;
    if (digits === undefined) throw new ValueFault("a hardware address such as 00:1b:21:3c:9d:f8");
    return (digits.match(/../g) ?? []).join(":");
  },
  compare: compareText,
  index: String,
};

/** Pairs with `:` or `-`, groups of four with `.` as network devices print them, or no separator at all. */
const spellings = [
  /^[0-9a-f]{2}(?:(:[0-9a-f]{2}){5}|(-[0-9a-f]{2}){5}|(:[0-9a-f]{2}){7}|(-[0-9a-f]{2}){7})$/,
  /^[0-9a-f]{4}(?:(\.[0-9a-f]{4}){2}|(\.[0-9a-f]{4}){3})$/,
  /^(?:[0-9a-f]{12}|[0-9a-f]{16})$/,
];

function macDigits(text: string): string | undefined {
  const lower = text.toLowerCase();
  return spellings.some((spelling) => spelling.test(lower))
    ? lower.replaceAll(/[:.-]/g, "")
    : undefined;
}
