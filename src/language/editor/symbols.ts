import { parentPath, resolvePath } from "#kernel";
import { placesOf, type Declaration } from "../analysis/resolver.ts";
import type { Span } from "../syntax/span.ts";
import type { ClosureExpression, Expression, Jobflow, PathLiteral } from "../syntax/tree.ts";
import { allExpressions } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";
import { onlyValueOf } from "./set-values.ts";

/** Where what stands at a place comes from: in this text, or an object. */
export type Definition =
  | { kind: "place"; span: Span }
  | { kind: "object"; path: string; span: Span };

/** What the name at the offset was first set by; the object of a path; what `self` calls. */
export function definitionAt(document: EditorDocument, offset: number): Definition | null {
  const declaration = declarationAt(document, offset);
  if (declaration) return { kind: "place", span: { ...declaration.name.span } };
  const path = pathAt(document, offset);
  if (path) return { kind: "object", path: absolute(document, path.path), span: { ...path.span } };
  const self = expressionsAt(document, offset).find(isSelf);
  return self
    ? { kind: "place", span: { ...beginningOf(functionAround(document, offset)) } }
    : null;
}

/** Every place where the name at the offset is written, or the path; in order. */
export function referencesAt(document: EditorDocument, offset: number): Span[] {
  const declaration = declarationAt(document, offset);
  if (declaration) return placesOf(declaration).map((span) => ({ ...span }));
  const path = pathAt(document, offset);
  if (!path) return [];
  const wanted = absolute(document, path.path);
  return allExpressions(document.tree)
    .filter((each) => each.kind === "path" && absolute(document, each.path) === wanted)
    .map(({ span }) => ({ ...span }))
    .toSorted((a, b) => a.start - b.start);
}

/** The variable or parameter whose name stands at the offset. */
export function declarationAt({ names }: EditorDocument, offset: number): Declaration | null {
  const use = names.uses.find(({ span }) => touches(span, offset));
  if (use?.declaration) return use.declaration;
  return names.declarations.find(({ name }) => touches(name.span, offset)) ?? null;
}

export function pathAt(document: EditorDocument, offset: number): PathLiteral | null {
  for (const expression of expressionsAt(document, offset))
    if (expression.kind === "path") return expression;
  return null;
}

/** The expressions that the offset touches, from the outside in. */
export function expressionsAt({ tree }: EditorDocument, offset: number): Expression[] {
  return allExpressions(tree).filter(({ span }) => touches(span, offset));
}

/** Also behind its last character, where the cursor stands when it has been typed. */
export function touches({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/** The path from the root; without surroundings the flow stands in it. */
export function absolute({ surroundings }: EditorDocument, path: string): string {
  return resolvePath(path, surroundings ? parentPath(surroundings.path) : "/");
}

export function isSelf(expression: Expression): boolean {
  return expression.kind === "name" && expression.name === "self";
}

/** What `self` is there: the innermost closure or the flow. */
export function functionAround(
  { tree }: EditorDocument,
  offset: number,
): Jobflow | ClosureExpression {
  let innermost: Jobflow | ClosureExpression = tree;
  for (const expression of allExpressions(tree)) {
    const { kind, span } = expression;
    if (kind !== "closure" || span.start > offset || offset >= span.end) continue;
    if (span.end - span.start < innermost.span.end - innermost.span.start) innermost = expression;
  }
  return innermost;
}

/** The closure that a variable certainly holds: it is set in one place. */
export function closureOf(
  document: EditorDocument,
  declaration: Declaration,
): ClosureExpression | null {
  if (declaration.kind !== "assigned" && declaration.kind !== "head") return null;
  const value = onlyValueOf(document, declaration);
  return value?.kind === "closure" ? value : null;
}

function beginningOf(node: Jobflow | ClosureExpression): Span {
  const start = node.kind === "jobflow" ? (node.parameters[0]?.span.start ?? 0) : node.span.start;
  return { start, end: start };
}
