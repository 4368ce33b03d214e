import type { FieldKind } from "../field-kind.ts";
import { Reference, Secret, ValueFault, type FieldInput } from "../field-value.ts";
import type { Json } from "../json.ts";

/** Deeper values come from mistakes, and would exhaust the stack of whoever walks them. */
const depthMax = 100;

/** Checks that the input is JSON all through; objects in it become their paths. */
export function parseJson(input: FieldInput, depth = 0): Json {
  if (depth > depthMax) throw new ValueFault(`a value at most ${depthMax} levels deep`);
  if (input instanceof Secret) throw new ValueFault("no secret; only a password field takes one");
  if (input instanceof Reference) return input.path;
  if (input === null || typeof input === "boolean") return input;
  if (typeof input === "number" && Number.isFinite(input)) return input + 0;
  if (typeof input === "string" && input.isWellFormed()) return input;
  if (Array.isArray(input)) return input.map((element) => parseJson(element, depth + 1));
  if (typeof input === "object") {
    return Object.fromEntries(
      Object.entries(input).map(([key, value]) => {
        if (!key.isWellFormed()) throw new ValueFault("keys of whole characters");
        return [key, parseJson(value, depth + 1)];
      }),
    );
  }
  throw new ValueFault("a JSON value");
}

/** Any JSON value. */
export const json: FieldKind = {
  name: "json",
  widget: "json",
  options: {},
  takesDefault: true,
  parse: (input) => parseJson(input),
};
