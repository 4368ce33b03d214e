import type { Diagnostic } from "../diagnostic.ts";
import type { Expression, Jobflow } from "../../syntax/tree.ts";
import { allExpressions, allJobs } from "../../syntax/walk.ts";

/**
 * Says which comparisons give always the same: a number never equals a text, and nothing is converted by itself. Who comes
 * from the shell writes `$STATUS == '0'`.
 */
export function checkComparisons(tree: Jobflow): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const expression of allExpressions(tree)) {
    if (expression.kind !== "binary") continue;
    const { operator, left, right } = expression;
    if (operator !== "==" && operator !== "!=") continue;
    diagnostics.push(...neverEqual(left, right), ...neverEqual(right, left));
  }
  for (const job of allJobs(tree)) {
    const [subject, other] = job.kind === "case" ? job.subjects : [];
    if (job.kind !== "case" || !subject || other) continue;
    for (const pattern of job.arms.flatMap(({ patterns }) => patterns.flat()))
      diagnostics.push(...neverEqual(subject, pattern));
  }
  return diagnostics;
}

function neverEqual(number: Expression, text: Expression): Diagnostic[] {
  if (!isNumber(number) || (text.kind !== "string" && text.kind !== "pattern")) return [];
  const [part] = text.parts;
  const digits = text.parts.length === 1 && part?.kind === "text" ? part.text : "";
  const isInteger = text.kind === "string" && /^\d{1,15}$/.test(digits);
  return [
    {
      code: "comparison.never-equal",
      severity: "warning",
      span: text.span,
      message: "a number is compared with a text here, and never equals one",
      hint: isInteger
        ? `Write the number without quotation marks: ${Number(digits)}.`
        : "Write a number, or make a text of the other side: string(…).",
    },
  ];
}

/** `$STATUS` is a number whatever happens; so is what these functions give. */
function isNumber(expression: Expression): boolean {
  if (expression.kind === "special") return expression.name === "STATUS";
  return expression.kind === "call" && numberFunctions.has(expression.function.text);
}

const numberFunctions: ReadonlySet<string> = new Set(["length", "integer", "int", "decimal"]);
