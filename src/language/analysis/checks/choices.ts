import { externalJobs } from "#machine";
import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { ChoiceArm } from "../../syntax/tree.ts";

/** Says which arms of a choice wait for nothing, and which choices have no arms. */
export const checkChoices: LocalCheck = {
  job(job, report) {
    if (job.kind !== "choice") return;
    if (job.arms.length === 0)
      report({
        code: "choice.empty",
        severity: "error",
        span: job.span,
        message: "this choice has nothing to wait for",
        hint: "Write arms: { choice | <channel> -> … after 60: … }.",
      });
    for (const arm of job.arms) if (!waits(arm)) report(noWait(arm));
  },
};

/** Whatever happens outside can be waited for. */
function waits({ after, chain }: ChoiceArm): boolean {
  const first = chain?.links[0]?.job;
  if (after !== null || first?.kind === "event" || first?.kind === "error") return true;
  if (first?.kind !== "builtin") return false;
  const name = first.name.text;
  return name === "wait" || name === "sleep" || externalJobs.has(name);
}

function noWait(arm: ChoiceArm): Diagnostic {
  return {
    code: "choice.no-wait",
    severity: "error",
    span: arm.chain?.links[0]?.job.span ?? arm.span,
    message: "an arm of a choice begins with what it waits for, and this job waits for nothing",
    hint: "It begins with <channel>, wait(process), after 60: or a job such as urlopen(…).",
  };
}
