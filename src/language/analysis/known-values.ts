import type { Expression, Jobflow } from "../syntax/tree.ts";
import { resolveNames, type Declaration } from "./resolver.ts";

/** Which variables have one value only: they are set at one place, and not as parameters, by loops or patterns. */
export interface KnownValues {
  /** The expression whose value this certainly has; itself, if it is no such variable. */
  of(expression: Expression): Expression | undefined;
  /** What a loop runs over, if that is the name of the loop's elements. */
  elementsOf(expression: Expression): Expression | undefined;
}

export function knownValues(tree: Jobflow): KnownValues {
  const names = resolveNames(tree);
  const meant = (expression: Expression): Declaration | null =>
    expression.kind === "name" ? (names.useAt.get(expression)?.declaration ?? null) : null;
  const of = (expression: Expression): Expression | undefined => {
    let at = expression;
    for (let steps = 0; at.kind === "name" && steps < 20; steps++) {
      const declaration = meant(at);
      if (!declaration || (declaration.kind !== "assigned" && declaration.kind !== "head"))
        return undefined;
      const [value, other] = declaration.values;
      if (!value || other) return undefined;
      at = value;
    }
    return at;
  };
  return {
    of,
    elementsOf: (expression) => {
      const declaration = meant(expression);
      // An assignment in the loop gives the name another value.
      return declaration?.elementsOf && declaration.values.length === 0
        ? of(declaration.elementsOf)
        : undefined;
    },
  };
}
