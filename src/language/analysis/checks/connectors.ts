import type { Diagnostic } from "../diagnostic.ts";
import type { Chain, Expression, Job, Jobflow, Link } from "../../syntax/tree.ts";
import {
  allChains,
  chainsOf,
  expressionsIn,
  expressionsOf,
  variableParts,
  within,
} from "../../syntax/walk.ts";

/** Says where `=>` runs on after a failure that no job looks at. */
export function checkConnectors(tree: Jobflow): Diagnostic[] {
  return [...allChains(tree)].flatMap(checkChain);
}

function checkChain(chain: Chain): Diagnostic[] {
  return chain.links.flatMap((link, index) => {
    const before = chain.links[index - 1];
    if (link.connector?.text !== "=>" || !before || !leavesOutcome(before.job)) return [];
    if (isLookedAt(chain.links, index)) return [];
    return {
      code: "connector.unheeded",
      severity: "warning" as const,
      span: link.connector.span,
      message: "if the job before this => fails, nobody notices",
      hint: "Look at $STATUS or $ERROR, handle the failure with =>>, or let it end the flow with ->.",
    };
  });
}

/** Commands, calls, events, and blocks that hold such: a failure of anything else is a slip in the flow itself. */
function leavesOutcome(job: Job): boolean {
  if (job.kind === "bracket" || job.kind === "event") return true;
  return chainsOf(job).some(({ chain }) => chain.links.some((link) => leavesOutcome(link.job)));
}

/** Whether a job from that link on reads the outcome before another one replaces it. */
function isLookedAt(links: readonly Link[], from: number): boolean {
  for (let index = from; index < links.length; index++) {
    const job = links[index]?.job;
    if (!job || readsOutcome(job)) return true;
    if (!keepsOutcome(job)) return false;
  }
  return false;
}

/** Assignments, updates, print and sleep leave the four as they were. */
function keepsOutcome(job: Job): boolean {
  if (job.kind === "builtin") return job.name.text === "print" || job.name.text === "sleep";
  return job.kind === "assignment" || job.kind === "update";
}

function readsOutcome(job: Job): boolean {
  if (job.kind === "case" && job.subjects.length === 0) return true;
  if (expressionsOf(job).some((expression) => [...within(expression)].some(isOutcome))) return true;
  return chainsOf(job).some(({ chain }) => holdsOutcome(chain));
}

function holdsOutcome(chain: Chain): boolean {
  for (const expression of expressionsIn(chain)) if (isOutcome(expression)) return true;
  return chain.links.some(({ job }) => readsOutcome(job));
}

function isOutcome(expression: Expression): boolean {
  if (expression.kind === "special") return true;
  // `children()` tells how each child of a fork ended.
  if (expression.kind === "call") return expression.function.text === "children";
  return variableParts(expression).some(({ word }) =>
    /^(?:STATUS|RESULT|ERROR|REASON)(?![a-zA-Z0-9_])/.test(word),
  );
}
