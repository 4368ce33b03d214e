import type { Diagnostic } from "../diagnostic.ts";
import type { Jobflow, Parameter } from "../../syntax/tree.ts";
import { allExpressions } from "../../syntax/walk.ts";

/** Says which parameters of the flow and its closures are given twice, or in an order that nobody can use. */
export function checkParameters(tree: Jobflow): Diagnostic[] {
  const diagnostics = checkList(tree.parameters);
  for (const expression of allExpressions(tree))
    if (expression.kind === "closure") diagnostics.push(...checkList(expression.parameters));
  return diagnostics;
}

function checkList(parameters: readonly Parameter[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const names = new Set<string>();
  let optional: string | null = null;
  for (const { name, default: value } of parameters) {
    if (names.has(name.text))
      diagnostics.push({
        code: "parameter.duplicate",
        severity: "error",
        span: name.span,
        message: `there are two parameters '${name.text}'`,
        hint: "Give one of them another name.",
      });
    names.add(name.text);
    if (value) optional = name.text;
    else if (optional !== null)
      diagnostics.push({
        code: "parameter.order",
        severity: "warning",
        span: name.span,
        message: `the required parameter '${name.text}' stands behind '${optional}', which has a default`,
        hint: "Put those with a default last, so that the others can be given by position.",
      });
  }
  return diagnostics;
}
