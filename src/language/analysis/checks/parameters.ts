import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Parameter } from "../../syntax/tree.ts";

/** Says which parameters of flow and closures, and names of loops, are there twice, and which stand in a wrong order. */
export const checkParameters: LocalCheck = {
  parameters(parameters, report) {
    checkList(parameters).forEach(report);
  },
  job(job, report) {
    if (job.kind !== "for" && job.kind !== "pfor") return;
    const [first, second] = job.names;
    if (first && second && first.text === second.text)
      report({
        code: "name.duplicate",
        severity: "error",
        span: second.span,
        message: `both names of the loop are '${first.text}'`,
        hint: "Give one of them another name.",
      });
  },
};

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
