import type { Expression, IfBlock } from "../syntax/tree.ts";
import { isHarmlessWhole } from "./harmless-pattern.ts";
import type { Declaration, Names } from "./resolver.ts";

/** Which variables are compared with a list of what is allowed: what they hold behind it is one of that list. */
export function allowedBy(condition: Expression, names: Names): Declaration[] {
  if (condition.kind !== "binary") return [];
  const { operator, left, right } = condition;
  if (operator === "and") return [...allowedBy(left, names), ...allowedBy(right, names)];
  const isAllowed =
    (operator === "==" && isConstant(right)) ||
    (operator === "in" && right.kind === "list" && right.elements.every(isConstant)) ||
    (operator === "=~" && isHarmlessWhole(right));
  return isAllowed ? variableOf(left, names) : [];
}

/** Behind `{ if x not in ['a', 'b'] | abort(…) }` it is one of them, too. */
export function allowedBehind({ arms, else: otherwise }: IfBlock, names: Names): Declaration[] {
  const [arm] = arms;
  const last = arm?.chain?.links.at(-1)?.job;
  if (!arm || arms.length > 1 || otherwise) return [];
  if (last?.kind !== "builtin" || !endings.has(last.name.text)) return [];
  return refusedBy(arm.condition, names);
}

/** Whether all that fits such an arm of a `case` is known: texts, or patterns that let nothing harmful through. */
export function areAllowed(patterns: readonly Expression[]): boolean {
  return patterns.every((pattern) => isConstant(pattern) || isHarmlessWhole(pattern));
}

const endings: ReadonlySet<string> = new Set(["abort", "return", "exit", "break", "continue"]);

function refusedBy(condition: Expression, names: Names): Declaration[] {
  if (condition.kind === "unary" && condition.operator === "not")
    return allowedBy(condition.operand, names);
  if (condition.kind !== "binary") return [];
  const { operator, left, right } = condition;
  if (operator === "or") return [...refusedBy(left, names), ...refusedBy(right, names)];
  const isRefused =
    (operator === "not in" && right.kind === "list" && right.elements.every(isConstant)) ||
    (operator === "!~" && isHarmlessWhole(right));
  return isRefused ? variableOf(left, names) : [];
}

function variableOf(expression: Expression, names: Names): Declaration[] {
  if (expression.kind !== "name") return [];
  const declaration = names.useAt.get(expression)?.declaration;
  return declaration ? [declaration] : [];
}

function isConstant(expression: Expression): boolean {
  if (expression.kind === "string") return expression.parts.every(({ kind }) => kind === "text");
  return expression.kind === "literal";
}
