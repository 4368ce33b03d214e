import type { FieldKind } from "../field-kind.ts";
import { Reference, ValueFault } from "../field-value.ts";
import type { Json } from "../json.ts";
import { assertWithinLimits } from "../limits.ts";
import { isCount } from "../option-checks.ts";
import { parseReference, referenceOptions } from "./object.ts";

/** References to several objects, in the order given; none twice. */
export const objects: FieldKind = {
  name: "objects",
  widget: "objects",
  options: { ...referenceOptions, min: isCount, max: isCount },
  takesDefault: false,

  async parse(input, options, context) {
    if (!Array.isArray(input)) throw new ValueFault("a list of paths of objects");
    assertWithinLimits(input.length, options, (limit) => `${limit} objects`);
    const ids = new Set<number>();
    for (const element of input) ids.add(await parseReference(element, options, context));
    if (ids.size < input.length) throw new ValueFault("a list that names no object twice");
    return [...ids];
  },

  async show(stored, context) {
    const paths: Json[] = [];
    for (const id of idsOf(stored)) paths.push(await context.pathOf(id));
    return paths.filter((path) => path !== null);
  },

  async read(stored, context) {
    const found: Reference[] = [];
    for (const id of idsOf(stored)) {
      const reference = await context.reference(id);
      if (reference !== null) found.push(reference);
    }
    return found;
  },

  references: idsOf,
  withoutReference: (stored, id) => idsOf(stored).filter((other) => other !== id),
};

function idsOf(stored: Json): number[] {
  return Array.isArray(stored) ? stored.map(Number) : [];
}
