import type { FieldKind, FieldOptions, ParseContext } from "../field-kind.ts";
import { Reference, ValueFault, type FieldInput } from "../field-value.ts";
import { isOneOf, isTextList } from "../option-checks.ts";

/** `types` are the names of those it may refer to; `on_delete` says what a delete of the target does here. */
export const referenceOptions = {
  types: isTextList,
  on_delete: isOneOf("protect", "clear", "cascade"),
};

/** Finds the object that a path or reference means, and checks that its type is allowed. */
export async function parseReference(
  input: FieldInput,
  options: FieldOptions,
  context: ParseContext,
): Promise<number> {
  const { types } = options;
  const allowed = Array.isArray(types)
    ? types.filter((name) => typeof name === "string")
    : undefined;
  const expected = allowed
    ? `the path of an object of type ${allowed.join(" or ")}`
    : "the path of an object";
  if (typeof input !== "string" && !(input instanceof Reference)) throw new ValueFault(expected);
  const target = await context.resolve(input);
  if (allowed !== undefined && !allowed.includes(target.type)) {
    throw new ValueFault(`${expected}; ${target.path} is of type ${target.type}`);
  }
  return target.id;
}

/** A reference to one object, kept as its id, so that moving the target breaks nothing. */
export const object: FieldKind = {
  name: "object",
  widget: "object",
  options: referenceOptions,
  takesDefault: false,
  parse: parseReference,
  show: (stored, context) => context.pathOf(Number(stored)),
  read: (stored, context) => context.reference(Number(stored)),
  index: Number,
  references: (stored) => [Number(stored)],
  withoutReference: () => null,
};
