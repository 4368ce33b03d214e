import { TsunagiError, type Clock } from "#kernel";
import type { Database, Transaction } from "#database";
import { begin, type Dictionary, type Observer, type Outcome } from "#machine";
import type { Answerer } from "./answerer.ts";
import { EffectDispatch } from "./effect-dispatch.ts";
import type { EffectHandler, EffectHost, OpenEffect } from "./effect.ts";
import { deliver, type Message } from "./delivery.ts";
import { ProcessLife } from "./process-life.ts";
import type { Decision } from "./stepping.ts";
import { findProcess, listReady, listWithEffects } from "./process-table.ts";
import { ProgramStore } from "./program-store.ts";
import { SnapshotStore, type TextSealer } from "./snapshot-store.ts";
import { dueTimers, nextTimer } from "./waiters.ts";
import { WorkQueue, type Batch } from "./work-queue.ts";

/** A jobflow to be started. */
export interface ProcessStart {
  jobflowId: number;
  path: string;
  program: string;
  context: Dictionary;
  named: Dictionary;
  principal: number;
  startedBy: string;
  /** Whether it stops before each command until a person decides. */
  step?: boolean;
}

export interface EngineOptions {
  database: Database;
  clock: Clock;
  sealer: TextSealer;
  answerer: Answerer;
  programs: ProgramStore;
  /** After a commit: something of this process can be seen. */
  onProcess?: (process: number) => void;
  /** After a commit: what a process printed. */
  onConsole?: (process: number, lines: readonly string[]) => void;
  /** After every commit. */
  onCommit?: () => void;
  /** A turn failed by a fault of ours, or the database could not be written. */
  onFailure?: (error: unknown, process: number | null) => void;
  /** Watches all machines run, which makes them slow. */
  observer?: Observer;
}

// Timers of processes that wait for an effect too are held back this long after a start, so that results of what ended
// while no server was there come first.
const settlingMs = 15_000;
const timersPerWorkMax = 200;

/**
 * Runs processes: feeds events to machines and commits each turn in one transaction, together with all it wrote. It owns
 * the one writer of the house; whoever else writes does it through {@link write}. It knows nothing of what effects do:
 * handlers are added before the start.
 */
export class Engine implements EffectHost {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  readonly #life: ProcessLife;
  readonly #programs: ProgramStore;
  readonly #effects = new EffectDispatch();
  #startedAt = 0;
  #timer: { at: number; cancel: () => void } | undefined;
  #isStopped = false;

  constructor(options: EngineOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#programs = options.programs;
    const onFailure = options.onFailure ?? (() => undefined);
    this.#life = new ProcessLife({
      programs: options.programs,
      snapshots: new SnapshotStore(options.sealer),
      answerer: options.answerer,
      effects: this.#effects,
      notify: options.onProcess ?? (() => undefined),
      onConsole: options.onConsole ?? (() => undefined),
      onTimer: (at) => this.#arm(at),
      onReady: (process) => this.#resumeReady(process),
      onBug: (process, error) => onFailure(error, process),
      observer: options.observer,
    });
    this.#queue = new WorkQueue({
      database: options.database,
      clock: options.clock,
      onRollback: () => this.#life.forget(),
      onFailure: (error) => onFailure(error, null),
      onCommit: options.onCommit ?? (() => undefined),
    });
  }

  /** Before the start: a domain that gives effects to the world. */
  addHandler(handler: EffectHandler): void {
    this.#effects.add(handler);
  }

  /** Why nothing can be written at the moment, or undefined. */
  get failure(): TsunagiError | undefined {
    return this.#queue.failure;
  }

  /** Takes up everything where the last server left it. */
  async start(): Promise<void> {
    this.#startedAt = this.#clock.now();
    const found = await this.#database.read(async (tx) => ({
      ready: await listReady(tx),
      withEffects: await listWithEffects(tx),
      timer: await nextTimer(tx),
    }));
    const open: OpenEffect[] = [];
    for (const row of found.withEffects) {
      const effect = this.#life.openEffectOf(row);
      if (effect !== undefined) open.push(effect);
      // Its state does not load: the turn that finds that sets it aside.
      else this.#setAside(row.id);
    }
    this.#effects.restore(open);
    for (const { id } of found.ready) this.#resumeReady(id);
    if (found.timer !== undefined) this.#arm(found.timer);
  }

  /** Takes nothing new and finishes the turns that have begun; processes stay as they are. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#queue.close();
  }

  /** Resolves when nothing is left to do until an effect, a timer or somebody outside brings more. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** Runs work in the writer, between turns; what it makes due runs in the same transaction. */
  perform<T>(
    work: (batch: Batch) => Promise<T>,
    options: { isPatient?: boolean; isGuarded?: boolean } = {},
  ): Promise<T> {
    return this.#queue.submit(async (batch) => {
      const result = await work(batch);
      await this.#life.runDue(batch);
      return result;
    }, options);
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.perform((batch) => work(batch.transaction));
  }

  /** Starts a process within a batch; its first turn runs in the same transaction. ARGUMENTS_INVALID if they do not fit. */
  async startProcess(batch: Batch, start: ProcessStart): Promise<number> {
    await this.#programs.load(batch.transaction, [start.program]);
    const program = this.#programs.cached(start.program);
    if (program === undefined) throw new TypeError("a program was loaded and is not there");
    const begun = begin({
      program,
      hash: start.program,
      path: start.path,
      positional: [],
      named: start.named,
      context: start.context,
    });
    if ("failure" in begun) {
      throw new TsunagiError(
        "ARGUMENTS_INVALID",
        `${start.path} cannot be started: ${begun.failure}`,
        {
          details: { path: start.path },
        },
      );
    }
    return this.#life.create(batch, {
      state: begun.state,
      parent: null,
      root: null,
      jobflowId: start.jobflowId,
      jobflow: start.path,
      principal: start.principal,
      startedBy: start.startedBy,
      step: start.step ?? false,
    });
  }

  /** Gives a message to the process that waited longest, or keeps it. */
  deliver(batch: Batch, message: Message): Promise<{ delivered: boolean }> {
    return deliver(this.#life, batch, message);
  }

  /** Cancels a process and its children. False if it had ended already. */
  cancel(batch: Batch, id: number): Promise<boolean> {
    return this.#life.cancel(batch, id);
  }

  /** Switches step mode of a process and of all that stem from the same one. */
  setStep(batch: Batch, id: number, step: boolean): Promise<void> {
    return this.#life.setStep(batch, id, step);
  }

  /** Decides about the command before which a process is held. DECISION_OUTDATED if it is not held at that turn (any more). */
  decide(batch: Batch, id: number, turn: number, decision: Decision): Promise<void> {
    return this.#life.decide(batch, id, turn, decision);
  }

  /** What is to be masked where output of a running process is shown. */
  secretsOf(process: number): readonly string[] {
    return this.#life.secretsOf(process);
  }

  complete(effect: { process: number; number: number }, outcome: Outcome): Promise<boolean> {
    return this.perform((batch) => this.#life.completeEffect(batch, effect, outcome), {
      isPatient: true,
      isGuarded: true,
    });
  }

  update(effect: { process: number; number: number }, detail: unknown): Promise<boolean> {
    return this.perform((batch) => this.#life.updateEffect(batch, effect, detail), {
      isPatient: true,
    });
  }

  async raiseNumber(atLeast: number): Promise<void> {
    await this.write((tx) => this.#effects.raiseNumber(tx, atLeast));
  }

  #setAside(process: number): void {
    void this.perform((batch) => this.#life.setAsideUnloadable(batch, process), {
      isPatient: true,
    }).catch(() => undefined);
  }

  #resumeReady(process: number): void {
    if (this.#isStopped) return;
    void this.perform((batch) => this.#life.resumeReady(batch, process), { isPatient: true }).catch(
      // A stopping server leaves it ready; the next one takes it up.
      () => undefined,
    );
  }

  #arm(at: number): void {
    if (this.#isStopped || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#timer = undefined;
      void this.#fireTimers().catch(() => undefined);
    });
    this.#timer = { at, cancel };
  }

  async #fireTimers(): Promise<void> {
    if (this.#isStopped) return;
    const next = await this.perform(
      async (batch) => {
        const due = await dueTimers(batch.transaction, batch.now, timersPerWorkMax);
        for (const timer of due) {
          if (await this.#holdBack(batch, timer.process, timer.wake_at)) continue;
          await batch.transaction.run("delete from timer where wake_at = ? and process = ?", [
            timer.wake_at,
            timer.process,
          ]);
          await this.#life.timerDue(batch, timer.process, timer.turn);
        }
        return nextTimer(batch.transaction);
      },
      { isPatient: true },
    );
    if (next !== undefined) this.#arm(next);
  }

  /** After an outage a result beats a deadline that passed while nobody was there. */
  async #holdBack(batch: Batch, process: number, wakeAt: number): Promise<boolean> {
    const settledAt = this.#startedAt + settlingMs;
    if (batch.now >= settledAt || wakeAt >= this.#startedAt) return false;
    const row = await findProcess(batch.transaction, process);
    if (row === undefined || row.effect_number === null) return false;
    await batch.transaction.run("update timer set wake_at = ? where process = ? and wake_at = ?", [
      settledAt,
      process,
      wakeAt,
    ]);
    return true;
  }
}
