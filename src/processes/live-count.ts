/** How much there is, for those who watch the installation. Each count walks over an index that holds nothing else. */
import type { Transaction } from "#database";
import type { ProcessState } from "./process-state.ts";

/** States that few processes are in at a time; all others wait. */
const countedStates = ["ready", "running", "suspended"] as const satisfies ProcessState[];

/** How many processes have not ended, by state. */
export async function countLiveByState(tx: Transaction): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let others = await count(tx, "select count(*) as count from process where ended_at is null");
  for (const state of countedStates) {
    // The state stands in the text, so that the index for it is taken.
    const found = await count(tx, `select count(*) as count from process where state = '${state}'`);
    counts.set(state, found);
    others -= found;
  }
  return counts.set("waiting", Math.max(0, others));
}

/** How many messages wait in all channels. */
export function countMessages(tx: Transaction): Promise<number> {
  return count(tx, "select count(*) as count from mailbox");
}

/** When the next timer is due, or was. */
export async function nextTimerAt(tx: Transaction): Promise<number | undefined> {
  const row = await tx.get<{ wake_at: number }>(
    "select wake_at from timer order by wake_at, process limit 1",
  );
  return row?.wake_at;
}

async function count(tx: Transaction, sql: string): Promise<number> {
  return (await tx.get<{ count: number }>(sql))?.count ?? 0;
}
