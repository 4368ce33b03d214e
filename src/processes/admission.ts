import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { DueTurns } from "./due-turns.ts";
import { success } from "./input.ts";
import { findJobflow, type JobflowLimit } from "./program-store.ts";
import type { Waiter } from "./waiters.ts";
import type { Batch } from "./work-queue.ts";

/**
 * How many processes may be there at once: of one jobflow as its fields say, and of all jobflows together. Those of a jobflow are
 * counted in the transaction that starts one more, so two servers cannot both give the last place away. One that waits for
 * its turn is a waiter of the jobflow, and is served in order.
 */
export class Admission {
  readonly #due: DueTurns;
  #live = 0;
  #liveMax = Infinity;
  #isExact = false;

  constructor(due: DueTurns) {
    this.#due = due;
  }

  /** Whoever counted them says how many there are, and how many there may be. */
  setTotal({ live, liveMax }: { live: number; liveMax: number }): void {
    this.#live = live;
    this.#liveMax = liveMax;
    this.#isExact = true;
  }

  /** How many processes are live, about. */
  get live(): number {
    return this.#live;
  }

  /** Whether nothing was taken back since they were counted. */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** Something was taken back, and some were perhaps counted that are not there. */
  forget(): void {
    this.#isExact = false;
  }

  /** PROCESS_LIMIT if the installation has as many as it may have. */
  assertRoom(): void {
    if (this.#live < this.#liveMax) return;
    throw new TsunagiError(
      "PROCESS_LIMIT",
      `as many processes are live as may be: ${this.#liveMax} in the whole installation`,
      {
        details: { limit: this.#liveMax },
        hint: "End what is not needed any more, or raise 'processes_max' of /system/settings.",
      },
    );
  }

  /** One more is live, or one less. */
  count(change: 1 | -1): void {
    this.#live += change;
  }

  /**
   * Whether a further process of a jobflow begins now or waits for its turn. PROCESS_LIMIT where it is not to wait. `replaced` are
   * those that are to end for it.
   */
  async admit(
    tx: Transaction,
    jobflow: { id: number; path: string },
    limit: JobflowLimit,
  ): Promise<{ waits: boolean; replaced: number[] }> {
    const running = await runningOf(tx, jobflow.id, limit);
    const tooMany = running - limit.atMost + 1;
    if (tooMany <= 0) return { waits: false, replaced: [] };
    if (limit.whenFull === "queue") return { waits: true, replaced: [] };
    const oldest = await oldestOf(tx, jobflow.id, Math.max(tooMany, 3));
    if (limit.whenFull === "replace") {
      return { waits: false, replaced: oldest.slice(0, tooMany) };
    }
    const named = oldest.map((id) => `/process/${id}`);
    throw new TsunagiError(
      "PROCESS_LIMIT",
      `${jobflow.path} runs ${running} times already, and at most ${limit.atMost} at once: ${named.join(", ")}`,
      {
        details: { path: jobflow.path, limit: limit.atMost, running, processes: named },
        hint: "Try again when one has ended, or set the jobflow's field 'when_full' to 'queue'.",
      },
    );
  }

  /** A process of a jobflow has ended, or its limit has changed: who waits for his turn begins, as far as there is room. */
  async fill(batch: Batch, jobflowId: number): Promise<void> {
    const tx = batch.transaction;
    const { limit } = await findJobflow(tx, jobflowId);
    const running = limit === null ? 0 : await runningOf(tx, jobflowId, limit);
    const room = Math.min((limit?.atMost ?? Infinity) - running, filledAtOnceMax);
    if (room <= 0) return;
    // One that is suspended keeps its place, and others go first.
    const next = await tx.all<Waiter>(
      `select waiter.* from waiter join process on process.id = waiter.process
        where waiter.kind = 'jobflow' and waiter.target = ? and process.state = 'waiting'
        order by waiter.id limit ?`,
      [jobflowId, room],
    );
    for (const waiter of next) {
      // From now on it counts, also before its first turn.
      await tx.run(
        "update process set state = 'ready', waits_for = null, waits_since = null where id = ?",
        [waiter.process],
      );
      await this.#due.wake(batch, waiter, success());
    }
  }
}

/** A limit may have been lowered below what runs. */
const countedBeyondMax = 1000;

/** Where the limit was taken away, thousands may wait; the rest begins with the next look. */
const filledAtOnceMax = 1000;

/** Those that have their turn, as it stands in the index for it: without those that wait for it. */
const isRunning = `jobflow_id = ? and parent is null and ended_at is null and (started_at is not null or state = 'ready')`;

/** How many have their turn; beyond the limit not all are counted. */
async function runningOf(
  tx: Transaction,
  jobflow: number,
  { atMost }: JobflowLimit,
): Promise<number> {
  const row = await tx.get<{ running: number }>(
    `select count(*) as running from (select 1 from process where ${isRunning} limit ?) counted`,
    [jobflow, atMost + countedBeyondMax],
  );
  return row?.running ?? 0;
}

async function oldestOf(tx: Transaction, jobflow: number, count: number): Promise<number[]> {
  const rows = await tx.all<{ id: number }>(
    `select id from process where ${isRunning} order by id limit ?`,
    [jobflow, count],
  );
  return rows.map(({ id }) => id);
}

/** Jobflows whose processes wait for their turns. */
export async function listAwaitedJobflows(tx: Transaction): Promise<number[]> {
  const rows = await tx.all<{ target: number }>(
    "select distinct target from waiter where kind = 'jobflow'",
  );
  return rows.map(({ target }) => target);
}
