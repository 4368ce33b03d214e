import type { Diagnostic } from "../diagnostic.ts";
import type { Span } from "../../syntax/span.ts";
import type { CaseBlock, Expression, IfBlock } from "../../syntax/tree.ts";
import { isAlwaysTrue } from "../endings.ts";
import type { LocalCheck } from "../local-checks.ts";

/** Says which arms of `if` and `case` never run, because an earlier one takes all that would fit them. */
export const checkArms: LocalCheck = {
  job(job, report) {
    if (job.kind === "if") checkConditions(job).forEach(report);
    if (job.kind === "case") checkPatterns(job).forEach(report);
  },
};

function checkConditions({ arms, else: otherwise }: IfBlock): Diagnostic[] {
  const seen = new Map<string, Span>();
  for (const [index, { condition }] of arms.entries()) {
    const text = textOf(condition);
    const earlier = seen.get(text);
    if (earlier) return [never(condition.span, earlier, "an arm before it has the same condition")];
    seen.set(text, condition.span);
    const next = arms[index + 1] ?? otherwise;
    if (isAlwaysTrue(condition) && next)
      return [never(next.span, condition.span, "the condition before it is always true")];
  }
  return [];
}

/** What is only known when it runs, such as a variable, may be anything. */
function checkPatterns({ arms, else: otherwise }: CaseBlock): Diagnostic[] {
  const seen = new Map<string, Span>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, arm] of arms.entries()) {
    for (const pattern of arm.patterns) {
      const [first] = pattern;
      const text = pattern.map(textOf).join(" ");
      const earlier = seen.get(text);
      if (earlier && first)
        diagnostics.push(never(first.span, earlier, "an arm before it has the same pattern"));
      if (first) seen.set(text, first.span);
    }
    const next = arms[index + 1] ?? otherwise;
    const [all] = arm.patterns.flatMap((pattern) => (pattern.length === 1 ? pattern : []));
    if (next && all && fitsAllTexts(all) && !mayBeNoText(arms.slice(index + 1)) && arms[index + 1])
      diagnostics.push(never(next.span, all.span, "the pattern before it fits every text"));
  }
  return diagnostics;
}

function fitsAllTexts(pattern: Expression): boolean {
  const [part] = pattern.kind === "pattern" ? pattern.parts : [];
  return pattern.kind === "pattern" && part?.kind === "text" && /^\*+$/.test(part.text)
    ? pattern.dialect === "g"
    : false;
}

/** Arms for numbers, null and the like are taken behind one for every text. */
function mayBeNoText(arms: CaseBlock["arms"]): boolean {
  return arms.some(({ patterns }) =>
    patterns.flat().some(({ kind }) => kind !== "string" && kind !== "pattern"),
  );
}

/** The same for what is written alike. */
function textOf(expression: Expression): string {
  return JSON.stringify(expression, (key, value: unknown) =>
    key === "span" || key === "quote" ? undefined : value,
  );
}

function never(span: Span, earlier: Span, why: string): Diagnostic {
  return {
    code: "control.unreachable-arm",
    severity: "warning",
    span,
    message: `this arm never runs: ${why}`,
    hint: "Leave it out, or correct one of the two.",
    related: { span: earlier, message: "this one is taken first" },
  };
}
