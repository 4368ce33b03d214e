import type { LocalCheck } from "../local-checks.ts";
import type { Expression, Job, Link } from "../../syntax/tree.ts";
import {
  chainsOf,
  expressionsOf,
  operandsOf,
  remembered,
  variableParts,
} from "../../syntax/walk.ts";

/** Says where `=>` runs on after a failure that no job looks at. */
export const checkConnectors: LocalCheck = {
  chain({ links }, report) {
    for (const [index, { connector }] of links.entries()) {
      const before = links[index - 1];
      if (connector?.text !== "=>" || !before || !leavesOutcome(before.job)) continue;
      if (isLookedAt(links, index)) continue;
      report({
        code: "connector.unheeded",
        severity: "warning",
        span: connector.span,
        message: "if the job before this => fails, nobody notices",
        hint: "Look at $STATUS or $ERROR, handle the failure with =>>, or let it end the flow with ->.",
      });
    }
  },
};

/** Commands, calls, events, and blocks that hold such: a failure of anything else is a slip in the flow itself. */
const leavesOutcome = remembered((job: Job): boolean => {
  if (job.kind === "bracket" || job.kind === "event") return true;
  return chainsOf(job).some(({ chain }) => chain.links.some((link) => leavesOutcome(link.job)));
});

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

const readsOutcome = remembered((job: Job): boolean => {
  if (job.kind === "case" && job.subjects.length === 0) return true;
  if (expressionsOf(job).some(holdsOutcome)) return true;
  return chainsOf(job).some(({ chain }) => chain.links.some((link) => readsOutcome(link.job)));
});

/** Not the chain of a closure that the job itself writes: it runs when it is called. */
function holdsOutcome(expression: Expression): boolean {
  return isOutcome(expression) || operandsOf(expression).some(holdsOutcome);
}

function isOutcome(expression: Expression): boolean {
  if (expression.kind === "special") return true;
  // `children()` tells how each child of a fork ended.
  if (expression.kind === "call") return expression.function.text === "children";
  return variableParts(expression).some(({ word }) =>
    /^(?:STATUS|RESULT|ERROR|REASON)(?![a-zA-Z0-9_])/.test(word),
  );
}
