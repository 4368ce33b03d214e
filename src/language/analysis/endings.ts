import type { Chain, Expression, Job } from "../syntax/tree.ts";
import { chainsOf, remembered } from "../syntax/walk.ts";

/**
 * Whether a job certainly never succeeds: it ends the flow, the round of the loop, or never ends itself. It may still
 * fail; whoever asks decides what that means.
 */
export const neverSucceeds = remembered((job: Job): boolean => {
  switch (job.kind) {
    case "builtin":
      return endings.has(job.name.text);
    case "while":
      return isAlwaysTrue(job.condition) && !(job.chain && holdsBreak(job.chain));
    case "plain":
    case "lock":
    case "session":
      return chainNeverSucceeds(job.chain);
    case "if":
    case "case":
      return (
        job.else !== null && [...job.arms, job.else].every(({ chain }) => chainNeverSucceeds(chain))
      );
    case "choice":
      return job.arms.length > 0 && job.arms.every(({ chain }) => chainNeverSucceeds(chain));
    case "timeout":
      return (
        chainNeverSucceeds(job.chain) && (job.else === null || chainNeverSucceeds(job.else.chain))
      );
    case "bracket":
    case "assignment":
    case "update":
    case "event":
    case "for":
    case "pfor":
    case "fork":
    case "error":
      return false;
  }
});

const endings: ReadonlySet<string> = new Set(["return", "exit", "abort", "break", "continue"]);

/** A job of it never succeeds, is not skipped, and nothing behind it handles its failure. */
function chainNeverSucceeds(chain: Chain | null): boolean {
  const links = chain?.links ?? [];
  // From the end, as far as nothing behind handles a failure.
  for (let index = links.length - 1; index >= 0; index--) {
    const link = links[index];
    const connector = link?.connector?.text;
    const mayBeSkipped = connector === "->>" || connector === "=>>";
    if (link && !mayBeSkipped && neverSucceeds(link.job)) return true;
    if (connector === "=>" || connector === "=>>") return false;
  }
  return false;
}

export function isAlwaysTrue(condition: Expression): boolean {
  if (condition.kind !== "literal") return false;
  return condition.value !== null && condition.value !== false && condition.value !== 0;
}

/** A `break` that leaves the loop itself: not of one within it. */
function holdsBreak(chain: Chain): boolean {
  return chain.links.some(({ job }) => breaks(job));
}

const breaks = remembered((job: Job): boolean => {
  if (job.kind === "builtin") return job.name.text === "break";
  return chainsOf(job).some(({ chain, role }) => role === "part" && holdsBreak(chain));
});
