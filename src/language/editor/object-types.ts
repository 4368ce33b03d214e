import type { Declaration } from "../analysis/resolver.ts";
import { searchedType } from "../analysis/paths.ts";
import type { Expression } from "../syntax/tree.ts";
import type { EditorDocument } from "./document.ts";
import { onlyValueOf, setValuesOf } from "./set-values.ts";
import { absolute } from "./symbols.ts";

/** The name of the type of the object that an expression gives, where that is simple to see; null where it is not. */
export function typeOf(document: EditorDocument, expression: Expression, depth = 0): string | null {
  if (depth > 10) return null;
  switch (expression.kind) {
    case "path":
      return typeAtPath(document, expression.path);
    case "name": {
      const declaration = document.names.useAt.get(expression)?.declaration;
      return declaration ? typeOfVariable(document, declaration, depth + 1) : null;
    }
    case "index":
      return typeOfElements(document, expression.object, depth + 1);
    case "conditional":
      return typeOf(document, expression.then, depth + 1);
    default:
      return null;
  }
}

export function typeAtPath(document: EditorDocument, path: string): string | null {
  return document.surroundings?.objectAt(absolute(document, path))?.type ?? null;
}

/** Of a variable that is set in one place only, of the default of a parameter, of what a loop runs over. */
export function typeOfVariable(
  document: EditorDocument,
  declaration: Declaration,
  depth = 0,
): string | null {
  const parameter = document.tree.parameters.find(({ name }) => name === declaration.name);
  if (parameter?.default) return typeOf(document, parameter.default, depth);
  const iterable = setValuesOf(document).iterables.get(declaration);
  if (iterable) return typeOfElements(document, iterable, depth);
  const value = onlyValueOf(document, declaration);
  return value && typeOf(document, value, depth);
}

/** Of what a list or directory holds, if that is one type. */
function typeOfElements(
  document: EditorDocument,
  expression: Expression,
  depth: number,
): string | null {
  const searched = searchedType(expression);
  if (searched) return searched.name;
  if (expression.kind === "call" && expression.function.text === "children") {
    const [of] = expression.arguments;
    return of ? typeOfElements(document, of.value, depth) : null;
  }
  if (expression.kind === "name") {
    const declaration = document.names.useAt.get(expression)?.declaration;
    const value = declaration && onlyValueOf(document, declaration);
    return value && depth < 10 ? typeOfElements(document, value, depth + 1) : null;
  }
  if (expression.kind === "list") {
    const [first] = expression.elements;
    return first ? typeOf(document, first, depth) : null;
  }
  if (expression.kind !== "path" || !document.surroundings) return null;
  const directory = absolute(document, expression.path);
  const types = new Set(
    document.surroundings
      .namesBelow(directory)
      .slice(0, childrenLookedAt)
      .map((name) => document.surroundings?.objectAt(joined(directory, name))?.type),
  );
  const [type] = types;
  return types.size === 1 ? (type ?? null) : null;
}

export function joined(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** Enough to see that a directory holds one kind of thing. */
const childrenLookedAt = 20;
