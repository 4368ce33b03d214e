import { externalJobs } from "#machine";
import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { ChoiceArm, ChoiceBlock, Job, Jobflow } from "../../syntax/tree.ts";
import { chainsOf, closuresOf, remembered } from "../../syntax/walk.ts";
import { resolveNames, type Names } from "../resolver.ts";

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

/** Says where a choice waits for several things that a process can have one of at a time: requests, questions, sessions. */
export function checkChoiceEffects(tree: Jobflow): Diagnostic[] {
  const names = resolveNames(tree);
  const choices = (tree.chain?.links ?? []).flatMap(({ job }) => choicesIn(job));
  return choices.flatMap(({ arms }) => {
    const jobs = arms.flatMap((arm) => firstJob(arm) ?? []);
    const [first, ...others] = jobs.filter((job) => isEffect(job, names));
    return others.map(({ span }) => ({
      code: "choice.several-effects",
      severity: "error" as const,
      span,
      message: "a choice waits for one request, question or session only, and another arm has one",
      hint: "Let each run in a child process: { fork | … }.",
      ...(first && { related: { span: first.span, message: "this is the first one" } }),
    }));
  });
}

const choicesIn = remembered((job: Job): readonly ChoiceBlock[] => {
  const found: ChoiceBlock[] = job.kind === "choice" ? [job] : [];
  const chains = [...closuresOf(job), ...chainsOf(job)].flatMap(({ chain }) => chain ?? []);
  for (const { links } of chains) for (const link of links) found.push(...choicesIn(link.job));
  return found.length > 0 ? found : noChoices;
});

const noChoices: readonly ChoiceBlock[] = [];

function firstJob({ after, chain }: ChoiceArm): Job | undefined {
  return after === null ? chain.links[0]?.job : undefined;
}

function isEffect(job: Job, { useAt }: Names): boolean {
  if (job.kind === "builtin") return externalJobs.has(job.name.text);
  if (job.kind !== "event" || job.channel.kind !== "name") return false;
  return useAt.get(job.channel)?.declaration?.kind === "session";
}

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
