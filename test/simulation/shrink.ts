import type { Plan } from "./simulation.ts";

/** The smallest plan found that still fails: faults and actions are left out one by one until none can be missed. */
export async function shrinkPlan(
  plan: Plan,
  stillFails: (plan: Plan) => Promise<boolean>,
): Promise<Plan> {
  let best = plan;
  for (let size = -1; size !== best.actions.length + best.faults.length;) {
    size = best.actions.length + best.faults.length;
    for (const part of ["faults", "actions"] as const) {
      for (let at = best[part].length - 1; at >= 0; at -= 1) {
        const smaller = { ...best, [part]: best[part].toSpliced(at, 1) };
        if (await stillFails(smaller)) best = smaller;
      }
    }
  }
  return best;
}
