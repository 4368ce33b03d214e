import type { FieldKind, FieldOptions, ParseContext } from "../field-kind.ts";
import { Reference, ValueFault, type FieldInput } from "../field-value.ts";
import type { Json } from "../json.ts";
import { isOneOf, isTextList } from "../option-checks.ts";

/** `types` are the names of those it may refer to; `on_delete` says what a delete of the target does here. */
export const referenceOptions = {
  types: isTextList,
  on_delete: isOneOf("protect", "clear", "cascade"),
};

/** Finds the object that a path or reference means, and checks that its type is allowed. */
export function parseReference(
  input: FieldInput,
  { types }: FieldOptions,
  context: ParseContext,
): number | Promise<number> {
  const isReference = typeof input === "string" || input instanceof Reference;
  if (!isReference) throw new ValueFault(expectedOf(types));
  const idOf = (target: { id: number; path: string; type: string }): number => {
    if (Array.isArray(types) && !types.includes(target.type)) {
      throw new ValueFault(`${expectedOf(types)}; ${target.path} is of type ${target.type}`);
    }
    return target.id;
  };
  const target = context.resolve(input);
  return target instanceof Promise ? target.then(idOf) : idOf(target);
}

function expectedOf(types: Json | undefined): string {
  const names = Array.isArray(types) ? types.filter((name) => typeof name === "string") : [];
  const ofType = names.length > 0 ? ` of type ${names.join(" or ")}` : "";
  return `the path of an object${ofType}`;
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
