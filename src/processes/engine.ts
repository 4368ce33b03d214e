import { andThen, TsunagiError, type Clock, type Figure, type Soon } from "#kernel";
import type { Database, Transaction } from "#database";
import { begin, type Dictionary, type Observer, type Outcome } from "#machine";
import type { Answerer } from "./answerer.ts";
import { EffectDispatch } from "./effect-dispatch.ts";
import type { EffectHandler, EffectHost, OpenEffect } from "./effect.ts";
import { deliver, type Message } from "./delivery.ts";
import { EngineFigures } from "./engine-figures.ts";
import { hints, Neighbours } from "./neighbours.ts";
import { ProcessLife } from "./process-life.ts";
import type { Decision } from "./stepping.ts";
import {
  findProcess,
  listOpenEffects,
  listReady,
  listWithEffects,
  type ProcessRow,
  countLive,
} from "./process-table.ts";
import { ProgramStore, type JobflowLimit } from "./program-store.ts";
import { Relay, type CallListener } from "./relay.ts";
import { ShardDuty } from "./shard-duty.ts";
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
  /** How many of the jobflow may run at once, and what happens to one more. */
  limit?: JobflowLimit | null;
  /** The process that it does again. */
  rerunOf?: number;
}

/** An ended process that is to be done again from the job that failed. */
export interface Rerun extends Pick<ProcessStart, "principal" | "startedBy" | "step" | "limit"> {
  /** Other values for variables of the flow in which it failed. */
  variables: Dictionary;
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
  /** With several servers: what a caller of another one asks of a process of this one. */
  onCall?: CallListener;
  /** In the transaction in which a server leaves, or is found dead: what it had is nobody's. */
  onServerEnded?: (transaction: Transaction, server: number) => Promise<void>;
  /** Now and then, and when another server hints at something: rows of other rooms may have come. */
  onRound?: () => Promise<void>;
  /** Watches all machines run, which makes them slow. */
  observer?: Observer;
  /** The clock is one that nobody sets: it need not be looked at before the next timer is due. */
  isClockSteady?: boolean;
}

// Timers of processes that wait for an effect too are held back this long after a start, so that results of what ended
// while no server was there come first.
const settlingMs = 15_000;
const timersPerWorkMax = 200;
/** The clock of a computer may be set: after this long it is looked at again, however far the next timer is. */
const lookAtClockEveryMs = 60_000;
const arrivalsPerRoundMax = 500;
const takingUpMs = 100;

/**
 * Runs processes: feeds events to machines and commits each turn in one transaction, together with all it wrote. It owns
 * the one writer of the house; whoever else writes does it through {@link write}. It knows nothing of what effects do:
 * handlers are added before the start.
 */
export class Engine implements EffectHost {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #lookAtClockEveryMs: number;
  readonly #queue: WorkQueue;
  readonly #life: ProcessLife;
  readonly #programs: ProgramStore;
  readonly #effects = new EffectDispatch();
  readonly #figures = new EngineFigures();
  readonly #neighbours: Neighbours;
  readonly #duty: ShardDuty | undefined;
  readonly #relay: Relay | undefined;
  readonly #onCall: CallListener | undefined;
  readonly #onRound: () => Promise<void>;
  /** Arrivals that are being taken. */
  readonly #arriving = new Set<number>();
  readonly #countStep = () => void (this.#figures.steps += 1);
  #startedAt = 0;
  #timer: { at: number; cancel: () => void } | undefined;
  #isStopped = false;

  constructor(options: EngineOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#lookAtClockEveryMs = options.isClockSteady === true ? Infinity : lookAtClockEveryMs;
    this.#programs = options.programs;
    const { onFailure = () => undefined, onProcess = () => undefined } = options;
    const figures = this.#figures;
    this.#neighbours = new Neighbours(options.database.seat, options.sealer);
    this.#onCall = options.onCall;
    this.#onRound = options.onRound ?? (async () => undefined);
    this.#relay = this.#makeRelay();
    this.#duty = this.#makeDuty(options);
    this.#life = new ProcessLife({
      programs: options.programs,
      snapshots: new SnapshotStore(options.sealer),
      answerer: options.answerer,
      effects: this.#effects,
      neighbours: this.#neighbours,
      notify: (process) => {
        figures.turns += 1;
        onProcess(process);
      },
      onConsole: options.onConsole ?? (() => undefined),
      onTimer: (at) => this.#arm(at),
      onReady: (process) => this.#resumeReady(process),
      onOrphans: () => this.#endOrphans(),
      onBug: (process, error) => {
        figures.turnFailures += 1;
        onFailure(error, process);
      },
      observer: options.observer,
    });
    this.#queue = new WorkQueue({
      database: options.database,
      clock: options.clock,
      onRollback: () => {
        this.#life.forget();
        this.#neighbours.shards.stay();
      },
      onFailure: (error) => {
        figures.commitFailures += 1;
        onFailure(error, null);
      },
      onCommit: (commit) => {
        figures.committed(commit);
        options.onCommit?.();
      },
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

  /** What it has counted since its start. */
  figures(): Figure[] {
    return this.#figures.list(this.#queue.length);
  }

  /** How long the oldest piece of work has been waiting for the writer, in milliseconds. */
  get waitMs(): number {
    return this.#queue.waitMs;
  }

  /** Takes up everything where the last server left it; of several servers, what is this one's. */
  async start(): Promise<void> {
    if (this.#duty === undefined) await this.#takeUp(() => true);
    else await this.#duty.start();
  }

  /** What stands in the shards of this server that are meant. */
  async #takeUp(isMeant: (shard: number) => boolean): Promise<void> {
    this.#startedAt = this.#clock.now();
    const { server } = this.#neighbours.shards;
    const found = await this.#database.read(async (tx) => ({
      ready: await listReady(tx, server),
      withEffects: await listWithEffects(tx, server),
      timer: await nextTimer(tx, server),
    }));
    const open: OpenEffect[] = [];
    for (const row of found.withEffects) {
      if (!isMeant(row.shard)) continue;
      const effect = this.#life.openEffectOf(row);
      if (effect !== undefined) open.push(effect);
      // Its state does not load: the turn that finds that sets it aside.
      else this.#setAside(row.id);
    }
    this.#effects.restore(open);
    for (const { id, shard } of found.ready) if (isMeant(shard)) this.#resumeReady(id);
    if (found.timer !== undefined) this.#arm(found.timer);
    this.#endOrphans();
  }

  /** Takes nothing new and finishes the turns that have begun; processes stay as they are. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#queue.settled();
    // Where nothing can be written, the others find out by themselves.
    await this.#duty?.leave().catch(() => undefined);
    await this.#queue.close();
  }

  /** Resolves when nothing is left to do until an effect, a timer or somebody outside brings more. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** Runs work in the writer, between turns; what it makes due runs in the same transaction. */
  perform<T>(
    work: (batch: Batch) => Soon<T>,
    options: { isPatient?: boolean; isGuarded?: boolean } = {},
  ): Promise<T> {
    return this.#queue.submit(
      (batch) => andThen(work(batch), (result) => andThen(this.#life.runDue(batch), () => result)),
      options,
    );
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
    batch.afterCommit(() => (this.#figures.started += 1));
    return this.#life.create(batch, {
      state: begun.state,
      parent: null,
      root: null,
      jobflowId: start.jobflowId,
      jobflow: start.path,
      principal: start.principal,
      startedBy: start.startedBy,
      step: start.step ?? false,
      limit: start.limit ?? null,
      ...(start.rerunOf === undefined ? {} : { rerunOf: start.rerunOf }),
    });
  }

  /** Does an aborted process again from its failed job, with the program and the state that it had. NOT_RERUNNABLE where that cannot be. */
  rerunFailed(batch: Batch, row: ProcessRow, start: Rerun): Promise<number> {
    batch.afterCommit(() => (this.#figures.started += 1));
    return this.#life.rerunFailed(batch, row, { ...start, step: start.step ?? false });
  }

  /** How many processes are live in the installation, as somebody has counted them, and how many may be. */
  setLiveTotal(total: { live: number; liveMax: number }): void {
    this.#life.admission.setTotal(total);
  }

  /** Counts the live processes where memory does not know how many they are: others start some, too, or something was taken back. */
  async countLive(liveMax: number): Promise<void> {
    const { admission } = this.#life;
    const isKnown = this.#neighbours.shards.isAlone && admission.isExact;
    const live = isKnown ? admission.live : await this.#database.read(countLive);
    admission.setTotal({ live, liveMax });
  }

  /** Of several servers, the one that does what one of them has to do. */
  get isFirst(): boolean {
    return this.#neighbours.owns(0);
  }

  /** Lets processes of a jobflow begin that wait for their turn, as far as there is room. */
  fill(batch: Batch, jobflowId: number): Promise<void> {
    return this.#life.admission.fill(batch, jobflowId);
  }

  /** With what a process was started. */
  startOf(row: ProcessRow): { named: Dictionary; context: Dictionary } {
    return this.#life.startOf(row);
  }

  /** Gives a message to the process that waited longest, or keeps it. */
  async deliver(batch: Batch, message: Message): Promise<{ delivered: boolean }> {
    const done = await deliver(this.#life, batch, message);
    batch.afterCommit(() => {
      this.#figures.messages[done.delivered ? "delivered" : "kept"] += 1;
    });
    return done;
  }

  /** Cancels a process and its children; `why` becomes its error. False if it had ended already. */
  cancel(batch: Batch, id: number, why?: string): Promise<boolean> {
    return this.#life.cancel(batch, id, why);
  }

  /** Suspends a process and its children until they are resumed. False if it is suspended already. */
  suspend(batch: Batch, id: number, who: { by: string; reason: string | null }): Promise<boolean> {
    return this.#life.suspend(batch, id, who);
  }

  /** Lets a suspended process and its children go on. PROCESS_NOT_SUSPENDED if it is not. */
  resume(batch: Batch, id: number): Promise<void> {
    return this.#life.resume(batch, id);
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
    return this.perform(
      (batch) =>
        andThen(this.#life.completeEffect(batch, effect, outcome), (isOpen) => {
          if (isOpen) batch.afterCommit(this.#countStep);
          return isOpen;
        }),
      { isPatient: true, isGuarded: true },
    );
  }

  update(
    effect: { process: number; number: number },
    detail: unknown,
    also?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.perform(
      async (batch) => {
        const isOpen = await this.#life.updateEffect(batch, effect, detail);
        if (isOpen) await also?.(batch.transaction);
        return isOpen;
      },
      { isPatient: true },
    );
  }

  /** What a process has open, whichever server has it. */
  async openEffect(tx: Transaction, process: number): Promise<OpenEffect | undefined> {
    const row = await findProcess(tx, process);
    return row && this.#life.openEffectOf(row);
  }

  /**
   * What any processes have open, but for what is known already: that of other servers, and of shards that are this server's and
   * were not taken up yet.
   */
  async unknownEffects(
    tx: Transaction,
    isKnown: (number: number) => boolean,
  ): Promise<OpenEffect[]> {
    const rows = await listWithEffects(tx, null);
    return rows.flatMap((row) =>
      isKnown(row.effect_number ?? 0) ? [] : (this.#life.openEffectOf(row) ?? []),
    );
  }

  async giveBack({ process, number }: { process: number; number: number }): Promise<void> {
    await this.perform(async (batch) => {
      const shard = await this.#life.foreignShard(batch, process);
      if (shard === undefined) await this.#effects.returned(batch, process, number);
      else await this.#neighbours.send(batch, { shard, process }, { kind: "returned", number });
    });
  }

  /** Whether turns of this process are run here; false: by another server. */
  async isHere(batch: Batch, process: number): Promise<boolean> {
    return (await this.#life.foreignShard(batch, process)) === undefined;
  }

  /** Asks the server that has a process for something; resolves with what its `onCall` gives there. */
  async ask(process: number, request: unknown): Promise<unknown> {
    const shard = await this.perform((batch) => this.#life.foreignShard(batch, process));
    if (shard === undefined || this.#relay === undefined) {
      return this.perform((batch) => this.#called(batch, request));
    }
    return this.#relay.ask({ shard, process }, request);
  }

  /** Tells other servers that rows have come for them. */
  hint(): void {
    this.#neighbours.seat?.hint(hints.arrivals);
  }

  /** Where there are several servers: looks now for what has come for this one. */
  async look(): Promise<void> {
    await this.#duty?.look();
  }

  async raiseNumber(atLeast: number): Promise<void> {
    await this.write((tx) => this.#effects.raiseNumber(tx, atLeast));
  }

  async #called(batch: Batch, request: unknown): Promise<unknown> {
    if (this.#onCall === undefined) throw new TypeError("nobody answers calls");
    return this.#onCall(batch, request);
  }

  #makeRelay(): Relay | undefined {
    const { seat } = this.#neighbours;
    if (seat === undefined) return undefined;
    return new Relay({
      database: this.#database,
      clock: this.#clock,
      seat,
      neighbours: this.#neighbours,
      perform: (work) => this.perform(work),
    });
  }

  #makeDuty({ onFailure, onServerEnded }: EngineOptions): ShardDuty | undefined {
    const { seat, shards } = this.#neighbours;
    if (seat === undefined) return undefined;
    return new ShardDuty({
      database: this.#database,
      seat,
      clock: this.#clock,
      neighbours: this.#neighbours,
      perform: (work) => this.perform(work),
      onTaken: (taken) => this.#takeUp((shard) => taken.has(shard)),
      keptShards: async (tx) => {
        const open = await listOpenEffects(tx, shards.server);
        const kept = open.filter(({ effect_number: number }) => this.#effects.isUnderWay(number));
        return new Set(kept.map(({ shard }) => shard));
      },
      onGiving: async (tx, given) => {
        const open = await listOpenEffects(tx, shards.server);
        const numbers = open
          .filter(({ shard }) => given.has(shard))
          .map(({ effect_number: number }) => number);
        return () => {
          this.#life.dropForeign();
          this.#effects.released(new Set(numbers));
        };
      },
      onServerEnded: onServerEnded ?? (async () => undefined),
      onRound: () => this.#attend(),
      onFailure: (error) => onFailure?.(error, null),
    });
  }

  /** What others have left for processes of this server. */
  async #attend(): Promise<void> {
    const { arrivals, shards } = this.#neighbours;
    const found = await this.#database.read(async (tx) => {
      await this.#effects.leaveOldNumbers(tx);
      return arrivals.list(tx, shards.server, arrivalsPerRoundMax);
    });
    for (const { id, process } of found) {
      if (this.#arriving.has(id)) continue;
      this.#arriving.add(id);
      this.#arrive(id, process)
        // It stays there, and is found again.
        .catch(() => undefined)
        .finally(() => this.#arriving.delete(id));
    }
    await this.#onRound();
    // There may be more.
    if (found.length === arrivalsPerRoundMax) void this.look();
  }

  async #arrive(id: number, process: number): Promise<void> {
    const isCall = await this.perform(
      async (batch) => {
        const { arrivals } = this.#neighbours;
        const { transaction } = batch;
        // One whose shard has moved on is another server's.
        if ((await this.#life.foreignShard(batch, process)) !== undefined) return false;
        const arrival = await arrivals.find(transaction, id);
        if (arrival === undefined) return false;
        if (arrival.kind === "call") return true;
        await arrivals.withdraw(transaction, id);
        await this.#life.arrived(batch, process, arrival);
        return false;
      },
      { isPatient: true },
    );
    if (!isCall) return;
    await this.#relay?.answer(id, (batch, request) => this.#called(batch, request));
  }

  #setAside(process: number): void {
    void this.perform((batch) => this.#life.setAsideUnloadable(batch, process), {
      isPatient: true,
    }).catch(() => undefined);
  }

  /** Ends children whose parents have ended, some at a time. */
  #endOrphans(): void {
    if (this.#isStopped) return;
    void this.perform((batch) => this.#life.endOrphans(batch), { isPatient: true }).then(
      (areMore) => {
        if (areMore) this.#endOrphans();
      },
      // The next server finds them.
      () => undefined,
    );
  }

  #resumeReady(process: number): void {
    if (this.#isStopped) return;
    void this.perform((batch) => this.#life.resumeReady(batch, process), {
      isPatient: true,
      isGuarded: true,
    }).catch(
      // A stopping server leaves it ready; the next one takes it up.
      () => undefined,
    );
  }

  #arm(at: number): void {
    if (this.#isStopped || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    const delayMs = Math.min(at - this.#clock.now(), this.#lookAtClockEveryMs);
    const cancel = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.#fireTimers().catch(() => undefined);
    });
    this.#timer = { at, cancel };
  }

  async #fireTimers(): Promise<void> {
    if (this.#isStopped) return;
    const next = await this.perform(
      async (batch) => {
        const due = await dueTimers(batch.transaction, {
          server: this.#neighbours.shards.server,
          now: batch.now,
          limit: timersPerWorkMax,
        });
        let isEarly = false;
        for (const timer of due) {
          if (!this.#neighbours.owns(timer.shard)) {
            // The shard is this server's as of now, and what stands in it is yet to be taken up.
            isEarly = true;
            continue;
          }
          if (await this.#holdBack(batch, timer.process, timer.wake_at)) continue;
          const { changes } = await batch.transaction.run(
            "delete from timer where wake_at = ? and process = ?",
            [timer.wake_at, timer.process],
          );
          // What an earlier one led to has come to this process first, such as a message.
          if (changes === 0) continue;
          batch.afterCommit(() => this.#figures.timerFired(batch.now - timer.wake_at));
          await this.#life.timerDue(batch, timer.process, timer.turn);
        }
        if (isEarly) return batch.now + takingUpMs;
        return nextTimer(batch.transaction, this.#neighbours.shards.server);
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
