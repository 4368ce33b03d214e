import type { Clock } from "#kernel";
import type { Transaction } from "#database";
import { listAwaitedJobflows } from "./admission.ts";
import type { Engine } from "./engine.ts";
import {
  cutConsoles,
  cutProcesses,
  cutTraces,
  skipEnded,
  type Bite,
  type Kept,
} from "./retention.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { Batch } from "./work-queue.ts";

/** What an installation keeps, and how much may be at once. */
export interface LifeSettings {
  /** Live processes at most. */
  processesMax: number;
  /** How long ended processes, consoles and traces are kept. */
  keepMs: number;
  /** Ended processes that are kept at most. */
  keepProcesses: number;
}

export interface HousekeepingOptions {
  engine: Engine;
  clock: Clock;
  snapshots: SnapshotStore;
  settings: (transaction: Transaction) => Promise<LifeSettings>;
  onFailure: (error: unknown) => void;
}

const roundEveryMs = 30_000;
const cutEveryMs = 10 * 60_000;
// Processes that were interrupted go on first.
const firstCutMs = 60_000;
// After a bite it rests so many times as long as the bite took: turns have most of the writer's time.
const restPerBite = 4;
const skippedAtOnce = 10_000;

/**
 * What a server does beside the turns: it reads the settings, counts what is live, lets begin who waits for a turn that has become
 * free by a change of its jobflow, and cuts what is too old (retention.ts). Of several servers one does the last two.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: () => void = () => undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  #nextCut: number;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#nextCut = options.clock.now() + firstCutMs;
  }

  /** Does a round at once, and then again and again. */
  start(): void {
    this.#arm(0);
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer();
    await this.#running;
  }

  /** Settings, counts, and who waits for his turn. */
  async round(): Promise<void> {
    const { engine, settings } = this.#options;
    const { processesMax } = await engine.write(settings);
    await engine.countLive(processesMax);
    if (!engine.isFirst) return;
    const awaited = await engine.write(listAwaitedJobflows);
    for (const jobflow of awaited) await engine.perform((batch) => engine.fill(batch, jobflow));
  }

  /** Cuts all that is too old or too much now. Gives how many processes went. */
  async cut(): Promise<number> {
    const { engine, clock, settings, snapshots } = this.#options;
    const { keepMs, keepProcesses } = await engine.write(settings);
    const kept: Kept = {
      since: clock.now() - keepMs,
      upTo: await this.#lastOfTooMany(keepProcesses),
    };
    let processes = 0;
    await this.#bites(async ({ transaction }, after) => {
      const bite = await cutProcesses(transaction, snapshots, kept, after);
      processes += bite.cut;
      return bite;
    });
    await this.#bites(({ transaction }) => cutConsoles(transaction, kept));
    await this.#bites(({ transaction }) => cutTraces(transaction, kept));
    return processes;
  }

  /** Walks from the newest one back. */
  async #lastOfTooMany(keep: number): Promise<number> {
    let before: number | null = Number.MAX_SAFE_INTEGER;
    for (let left = keep; left > 0 && before !== null && !this.#isStopped; left -= skippedAtOnce) {
      const from: number = before;
      const count = Math.min(left, skippedAtOnce);
      before = await this.#rested((batch) => skipEnded(batch.transaction, from, count));
    }
    return before === null ? 0 : before - 1;
  }

  async #bites(work: (batch: Batch, after: number) => Promise<Bite>): Promise<void> {
    let after: number | null = 0;
    while (after !== null && !this.#isStopped) {
      const from: number = after;
      const bite: Bite = await this.#rested((batch) => work(batch, from));
      after = bite.next;
    }
  }

  /** Does a piece of work, and lets others have their turns. */
  async #rested<T>(work: (batch: Batch) => Promise<T>): Promise<T> {
    let took = 0;
    const result = await this.#options.engine.perform(async (batch) => {
      const begun = performance.now();
      const done = await work(batch);
      took = performance.now() - begun;
      return done;
    });
    await new Promise<void>((resolve) => setTimeout(resolve, took * restPerBite));
    return result;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#running = this.#run()
        .catch((error: unknown) => this.#options.onFailure(error))
        .finally(() => {
          if (!this.#isStopped) this.#arm(roundEveryMs);
        });
    });
  }

  async #run(): Promise<void> {
    await this.round();
    const now = this.#options.clock.now();
    if (now < this.#nextCut || !this.#options.engine.isFirst || this.#isStopped) return;
    this.#nextCut = now + cutEveryMs;
    await this.cut();
  }
}
