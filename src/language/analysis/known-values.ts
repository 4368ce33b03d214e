import type { Expression, Jobflow } from "../syntax/tree.ts";
import { allJobs } from "../syntax/walk.ts";
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
  const values = new Map<Declaration, Expression[]>();
  const iterables = new Map<Declaration, Expression>();
  const add = (declaration: Declaration | null | undefined, value: Expression): void => {
    if (declaration) values.set(declaration, [...(values.get(declaration) ?? []), value]);
  };
  for (const job of allJobs(tree)) {
    if (job.kind === "assignment")
      for (const { name, value } of job.assignments) add(names.useAt.get(name)?.declaration, value);
    if (job.kind === "plain" || job.kind === "session")
      for (const { name, value } of job.assignments) add(names.declarationAt.get(name), value);
    const [only] = job.kind === "for" || job.kind === "pfor" ? job.names : [];
    const loop = only && names.declarationAt.get(only);
    if (loop && (job.kind === "for" || job.kind === "pfor") && job.names.length === 1)
      iterables.set(loop, job.iterable);
  }
  const meant = (expression: Expression): Declaration | null =>
    expression.kind === "name" ? (names.useAt.get(expression)?.declaration ?? null) : null;
  const of = (expression: Expression): Expression | undefined => {
    let at = expression;
    for (let steps = 0; at.kind === "name" && steps < 20; steps++) {
      const declaration = meant(at);
      if (!declaration || (declaration.kind !== "assigned" && declaration.kind !== "head"))
        return undefined;
      const [value, other] = values.get(declaration) ?? [];
      if (!value || other) return undefined;
      at = value;
    }
    return at;
  };
  return {
    of,
    elementsOf: (expression) => {
      const declaration = meant(expression);
      const iterable = declaration && iterables.get(declaration);
      // An assignment in the loop gives the name another value.
      return iterable && !values.has(declaration) ? of(iterable) : undefined;
    },
  };
}
