import type { Problem } from "../../client/request.ts";
import { t } from "../../ui/text.ts";

/** What is wrong with which field, to be said beside it. */
export type FieldFaults = ReadonlyMap<string, string>;

interface Fault {
  path?: unknown;
  field?: unknown;
  expected?: unknown;
  got?: unknown;
}

/** The faults of a refused change that are about fields of that object; a place inside of a value belongs to its field. */
export function faultsIn({ document }: Problem, path: string): FieldFaults {
  if (document.code !== "VALUE_INVALID") return new Map();
  const { faults, ...first } = document.details as { faults?: Fault[] } & Fault;
  const found = new Map<string, string>();
  for (const fault of Array.isArray(faults) ? faults : [first]) {
    if (typeof fault.field !== "string") continue;
    if (typeof fault.path === "string" && fault.path !== path) continue;
    const [name = fault.field, ...place] = fault.field.split(/(?=[.[])/);
    const text = t("form.expected", {
      expected: textOf(fault.expected),
      got: textOf(fault.got),
    });
    found.set(name, place.length === 0 ? text : `${place.join("")}: ${text}`);
  }
  return found;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
