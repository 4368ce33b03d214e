import type { Declaration, Names } from "../analysis/resolver.ts";
import type { Expression } from "../syntax/tree.ts";
import { allJobs } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";

/** What variables are set to by assignments and heads, and what loops run over; worked out once for a text. */
export interface SetValues {
  readonly values: ReadonlyMap<Declaration, readonly Expression[]>;
  /** By the last name of the loop, which is the element. */
  readonly iterables: ReadonlyMap<Declaration, Expression>;
}

const known = new WeakMap<Names, SetValues>();

export function setValuesOf({ tree, names }: EditorDocument): SetValues {
  const found = known.get(names);
  if (found) return found;
  const values = new Map<Declaration, Expression[]>();
  const iterables = new Map<Declaration, Expression>();
  for (const job of allJobs(tree)) {
    if (job.kind === "assignment" || job.kind === "plain")
      for (const { name, value } of job.assignments) {
        const declaration = names.useAt.get(name)?.declaration ?? names.declarationAt.get(name);
        if (!declaration) continue;
        const all = values.get(declaration);
        if (all) all.push(value);
        else values.set(declaration, [value]);
      }
    if (job.kind !== "for" && job.kind !== "pfor") continue;
    const element = job.names.at(-1);
    const declaration = element && names.declarationAt.get(element);
    if (declaration) iterables.set(declaration, job.iterable);
  }
  const made = { values, iterables };
  known.set(names, made);
  return made;
}

/** The expression that sets a variable, if there is but one. */
export function onlyValueOf(document: EditorDocument, declaration: Declaration): Expression | null {
  const all = setValuesOf(document).values.get(declaration);
  return all?.length === 1 ? (all[0] ?? null) : null;
}
