import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Expression } from "../../syntax/tree.ts";

/**
 * Says which comparisons give always the same: a number never equals a text, and nothing is converted by itself. Who comes
 * from the shell writes `$STATUS == '0'`.
 */
export const checkComparisons: LocalCheck = {
  job(job, report) {
    if (job.kind !== "case") return;
    const [subject, other] = job.subjects;
    if (!subject || other) return;
    for (const pattern of job.arms.flatMap(({ patterns }) => patterns.flat()))
      neverEqual(subject, pattern).forEach(report);
  },
  expression(expression, report) {
    if (expression.kind !== "binary") return;
    const { operator, left, right } = expression;
    if (operator !== "==" && operator !== "!=") return;
    neverEqual(left, right).forEach(report);
    neverEqual(right, left).forEach(report);
  },
};

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
