import { andThen, assert, TsunagiError, type Soon } from "#kernel";
import {
  JobRecorder,
  pendingPause,
  parametersOf,
  programsOf,
  rewind,
  secretsOf,
  type Dictionary,
  type Environment,
  type Input,
  type Observer,
  type Outcome,
  type State,
  type Value,
} from "#machine";
import { Admission } from "./admission.ts";
import type { Answerer } from "./answerer.ts";
import type { Arrival } from "./arrivals.ts";
import { DueTurns, type DueTurn } from "./due-turns.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import type { OpenEffect } from "./effect.ts";
import { Ending } from "./ending.ts";
import { GuardedWork } from "./guarded-work.ts";
import { Holding } from "./holding.ts";
import { LiveProcesses, moveTo, type Live } from "./live-processes.ts";
import { hasEnded } from "./process-state.ts";
import {
  findProcess,
  findShard,
  insertProcess,
  noteRerun,
  updateProcess,
  type ProcessRow,
} from "./process-table.ts";
import type { Neighbours } from "./neighbours.ts";
import type { JobflowLimit, ProgramStore } from "./program-store.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { Decision } from "./stepping.ts";
import { TurnRunner } from "./turn-runner.ts";
import { addWaiter, type Waiter } from "./waiters.ts";
import { dueInput, WaitingRoom } from "./waiting.ts";
import type { Batch } from "./work-queue.ts";

/** A process that is to be made. */
export interface NewProcess {
  state: State;
  parent: number | null;
  root: number | null;
  jobflowId: number | null;
  jobflow: string;
  principal: number;
  startedBy: string;
  /** Whether it stops before each command. */
  step: boolean;
  /** How many of its jobflow may run at once; null or none: any number. */
  limit?: JobflowLimit | null;
  /** The process that it does again, from where that one failed. */
  again?: ProcessRow;
  /** The process that it does again, from the start. */
  rerunOf?: number;
  /** That of the process from which it stems; else one of this server's. */
  shard?: number;
}

// Turns that one piece of work may run in its transaction; what is left is stored as `ready` and has its turn later.
const turnsPerWorkMax = 200;

/**
 * The life of processes: what may happen to one, and the only way to it. Everything here happens inside the transaction of a
 * batch; what leaves the house is registered for after the commit. What each part of a life is stands in a file of its own: a turn
 * (turn-runner.ts), what is waited for (waiting.ts), the end (ending.ts), being held (holding.ts).
 *
 *   I1  All of a turn is written, or the process is set aside as aborted with the reason (guarded-work.ts).
 *   I2  An input belongs to one turn. One for an earlier turn is late or double, and is dropped.
 *   I3  When a process goes on, its waiters and timers go first: no event can reach it twice.
 *   I4  Memory never knows more than the transaction: `forget` drops it when something is rolled back.
 */
export class ProcessLife {
  readonly #programs: ProgramStore;
  readonly #snapshots: SnapshotStore;
  readonly #effects: EffectDispatch;
  readonly #onReady: (process: number, turn: number) => void;
  readonly #onBug: (process: number | null, error: unknown) => void;
  readonly #due: DueTurns;
  readonly #neighbours: Neighbours;
  readonly #live: LiveProcesses;
  readonly #waiting: WaitingRoom;
  readonly #ending: Ending;
  readonly #runner: TurnRunner;
  readonly #guarded: GuardedWork;
  readonly #holding: Holding;
  readonly #environment: Environment;
  readonly admission: Admission;

  constructor(options: {
    programs: ProgramStore;
    snapshots: SnapshotStore;
    answerer: Answerer;
    effects: EffectDispatch;
    neighbours: Neighbours;
    /** After a commit: something of this process can be seen. */
    notify: (process: number) => void;
    /** After a commit: what a process printed. */
    onConsole: (process: number, lines: readonly string[]) => void;
    /** After a commit: a timer was set. */
    onTimer: (wakeAt: number) => void;
    /** After a commit: a process was left `ready`. */
    onReady: (process: number, turn: number) => void;
    onBug: (process: number | null, error: unknown) => void;
    /** After a commit: children were left whose parent has ended. */
    onOrphans: () => void;
    /** Watches all machines run. */
    observer: Observer | undefined;
  }) {
    const { programs, snapshots, answerer, effects, neighbours } = options;
    this.#programs = programs;
    this.#snapshots = snapshots;
    this.#effects = effects;
    this.#onReady = options.onReady;
    this.#onBug = options.onBug;
    const environment: Environment & { recorder: JobRecorder } = {
      program: programs.cached,
      observer: options.observer,
      // Turns run one after the other: one is enough for all.
      recorder: new JobRecorder(),
    };
    const due = new DueTurns(neighbours);
    const admission = new Admission(due);
    const live = new LiveProcesses({ programs, snapshots, neighbours, notify: options.notify });
    const messageValue = (body: string) => answerer.messageValue(body);
    const { onTimer, onConsole, onReady, onBug } = options;
    const waiting = new WaitingRoom({
      live,
      due,
      effects,
      snapshots,
      messageValue,
      onTimer,
      onBug: (error) => onBug(null, error),
    });
    const ending = new Ending({
      live,
      due,
      effects,
      snapshots,
      waiting,
      admission,
      environment,
      onOrphans: options.onOrphans,
    });
    const runner = new TurnRunner({
      life: this,
      live,
      waiting,
      ending,
      answerer,
      effects,
      environment,
      onConsole,
      onReady,
    });
    const forget = () => this.#forgetRows();
    const guarded = new GuardedWork({ live, due, ending, environment, forget, onBug });
    this.#environment = environment;
    this.admission = admission;
    this.#due = due;
    this.#neighbours = neighbours;
    this.#live = live;
    this.#waiting = waiting;
    this.#ending = ending;
    this.#runner = runner;
    this.#guarded = guarded;
    this.#holding = new Holding({
      live,
      due,
      waiting,
      ending,
      runner,
      guarded,
      effects,
      onReady,
    });
  }

  /** Drops what memory holds; everything is read again when it is needed (I4). */
  forget(): void {
    this.admission.forget();
    this.#due.forget();
    this.#forgetRows();
  }

  #forgetRows(): void {
    this.#live.forget();
    this.#effects.forgetNumbers();
  }

  /** Makes a process whose first turn runs in this batch, or that waits for its turn. PROCESS_LIMIT where there are enough. */
  async create(batch: Batch, start: NewProcess): Promise<number> {
    this.admission.assertRoom();
    const { jobflowId, limit = null } = start;
    const admitted =
      limit === null || jobflowId === null
        ? { waits: false, replaced: [] }
        : await this.admission.admit(
            batch.transaction,
            { id: jobflowId, path: start.jobflow },
            limit,
          );
    const row: Omit<ProcessRow, "id"> = {
      parent: start.parent,
      root: start.root,
      jobflow_id: start.jobflowId,
      jobflow: start.jobflow,
      principal: start.principal,
      started_by: start.startedBy,
      state: admitted.waits ? "waiting" : "ready",
      turn: 0,
      snapshot: this.#snapshots.encodeState(start.state),
      input: null,
      live_children: 0,
      waits_for: admitted.waits
        ? `its turn: at most ${limit?.atMost} of ${start.jobflow} at once`
        : null,
      waits_since: admitted.waits ? batch.now : null,
      effect_number: null,
      effect_detail: null,
      console_lines: 0,
      console_tail: null,
      status: null,
      reason: null,
      result: null,
      error: null,
      trace: null,
      value: null,
      created_at: batch.now,
      started_at: null,
      ended_at: null,
      step: start.step ? 1 : 0,
      jobs: null,
      shard: start.shard ?? this.#neighbours.shards.choose(),
      suspension: null,
      parameters: start.again === undefined ? this.#parametersOf(start) : start.again.parameters,
      rerun_of: start.again?.id ?? start.rerunOf ?? null,
      rerun_by: null,
      console_size: 0,
    };
    const id = await insertProcess(batch.transaction, row);
    this.admission.count(1);
    if (row.rerun_of !== null) await noteRerun(batch.transaction, row.rerun_of, id);
    for (const each of admitted.replaced) {
      await this.cancel(batch, each, `replaced by /process/${id}`);
    }
    if (admitted.waits && jobflowId !== null) {
      await addWaiter(batch.transaction, {
        kind: "jobflow",
        target: jobflowId,
        process: id,
        turn: 0,
        wait_index: 0,
        argument: 0,
        shard: row.shard,
      });
      this.#live.tell(batch, id);
      return id;
    }
    if (!this.#neighbours.owns(row.shard)) {
      // This server has none yet, or has given all of them away.
      await this.#neighbours.send(batch, { shard: row.shard, process: id }, { kind: "ready" });
      return id;
    }
    await this.#programs.load(batch.transaction, programsOf(start.state));
    this.#live.keep({ id, ...row }, start.state, { hasWaits: false });
    this.#live.tell(batch, id);
    this.#due.push({ process: id, turn: 0, input: { kind: "start" } });
    return id;
  }

  /** With what it is started, as it is stored; of a jobflow only: what a closure was given has no names outside. */
  #parametersOf({ parent, state }: NewProcess): string | null {
    const [frame] = state.frames;
    if (parent !== null || frame === undefined || frame.function !== 0) return null;
    const parameters = parametersOf(state, this.#environment);
    if (parameters.size === 0 && frame.context.size === 0) return null;
    return this.#snapshots.encodeValue([parameters, frame.context], state);
  }

  /** With what a process was started, to start it again. */
  startOf({ parameters }: ProcessRow): { named: Dictionary; context: Dictionary } {
    if (parameters === null) return { named: new Map(), context: new Map() };
    const [named, context] = this.#snapshots.decodeValue(parameters) as [Dictionary, Dictionary];
    return { named, context };
  }

  /** Does an aborted process again from the job that failed, with the state that it had there. */
  async rerunFailed(
    batch: Batch,
    row: ProcessRow,
    start: Pick<NewProcess, "principal" | "startedBy" | "step" | "limit"> & {
      variables: ReadonlyMap<string, Value>;
    },
  ): Promise<number> {
    const state = this.#frozenState(row);
    await this.#programs.load(batch.transaction, programsOf(state));
    const { variables } = start;
    const fault = rewind(state, this.#environment, { now: batch.now, variables });
    if (fault !== null) throw notRerunnable(row.id, fault);
    return this.create(batch, {
      state,
      parent: null,
      root: null,
      jobflowId: row.jobflow_id,
      jobflow: row.jobflow,
      principal: start.principal,
      startedBy: start.startedBy,
      step: start.step,
      limit: start.limit ?? null,
      again: row,
    });
  }

  #frozenState(row: ProcessRow): State {
    if (row.state !== "aborted" || row.snapshot === null) {
      throw notRerunnable(row.id, `no job of it has failed: it is ${row.state}`);
    }
    try {
      return this.#snapshots.decodeState(row.snapshot);
    } catch (error) {
      this.#onBug(row.id, error);
      throw notRerunnable(row.id, "its state cannot be read any more");
    }
  }

  /** Gives a waiting process its event. */
  wake(batch: Batch, waiter: Waiter, outcome: Outcome): Promise<void> {
    return this.#due.wake(batch, waiter, outcome);
  }

  /** Runs the turns that this batch's work made due. */
  runDue(batch: Batch): Soon<void> {
    if (this.#due.count > 0) return this.#runDue(batch);
  }

  async #runDue(batch: Batch): Promise<void> {
    let turns = 0;
    for (let due = this.#due.next(); due !== undefined; due = this.#due.next()) {
      if (turns < turnsPerWorkMax) await this.turn(batch, due.process, due.turn, due.input);
      else await this.#leaveReady(batch, due);
      turns += 1;
    }
  }

  /** The next turn of a process, if it is still at that turn (I2). */
  turn(batch: Batch, id: number, turn: number, input: Input): Soon<boolean> {
    return this.#guarded.do(batch, id, async (inner) => {
      const live = await this.#live.load(inner, id);
      if (live === undefined || live.row.turn !== turn) return false;
      if (live.row.state === "suspended") return this.#takeIn(inner, live, input);
      this.#holding.endSuspension(inner, live);
      // Whoever has not begun begins, whatever let him; whoever was held goes on with what he waited for.
      const isStart = input.kind === "start" || live.row.started_at === null;
      const mayWait = isStart && pendingPause(live.state)?.kind === "wait";
      if (isStart && !mayWait) await this.#runner.run(inner, live, { kind: "start" });
      else if (isStart) await this.#holding.waitAgain(inner, live);
      else await this.#runner.run(inner, live, input);
      return true;
    });
  }

  /** False: something else had come before, from another server, and was taken instead. */
  async #goOn(batch: Batch, live: Live, input: Input): Promise<boolean> {
    const earlier = live.hasWaits ? await this.#arrivedBefore(batch, live) : undefined;
    await this.#runner.run(batch, live, earlier ?? input);
    return earlier === undefined;
  }

  /** What another server has given to a process, such as a message, is its own already: it goes on with that before it ends. */
  async #takeArrived(batch: Batch, id: number): Promise<void> {
    if (this.#neighbours.shards.isAlone) return;
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state)) return;
    const earlier = await this.#arrivedBefore(batch, { row });
    if (earlier !== undefined) await this.turn(batch, id, row.turn, earlier);
  }

  async #arrivedBefore(batch: Batch, { row }: Pick<Live, "row">): Promise<Input | undefined> {
    if (this.#neighbours.shards.isAlone) return undefined;
    return this.#neighbours.arrivals.takeWake(batch.transaction, row.id, row.turn);
  }

  /** What another server has left for a process. */
  async arrived(batch: Batch, id: number, arrival: Exclude<Arrival, { kind: "call" }>) {
    switch (arrival.kind) {
      case "wake":
        await this.turn(batch, id, arrival.turn, arrival.input);
        return;
      case "outcome":
        await this.completeEffect(batch, { process: id, number: arrival.number }, arrival.outcome);
        return;
      case "returned":
        await this.#effects.returned(batch, id, arrival.number);
        return;
      case "ready":
        await this.resumeReady(batch, id);
        return;
      case "cancel":
        await this.cancel(batch, id, arrival.why);
        return;
    }
  }

  /** The shard of a process that another server has; undefined: it is this server's, or there is none. */
  foreignShard(batch: Batch, id: number): Soon<number | undefined> {
    return this.#neighbours.shards.isAlone ? undefined : this.#findForeignShard(batch, id);
  }

  async #findForeignShard(batch: Batch, id: number): Promise<number | undefined> {
    const row = this.#live.known(id)?.row ?? (await findShard(batch.transaction, id));
    return row === undefined || this.#neighbours.owns(row.shard) ? undefined : row.shard;
  }

  /** Drops what memory holds of processes that are another server's now. */
  dropForeign(): void {
    this.#live.dropForeign();
  }

  /** The stored turn of a process that was left `ready`. */
  async resumeReady(batch: Batch, id: number): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    if (row?.state !== "ready") return;
    await this.turn(batch, id, row.turn, this.#live.openInput(row.input));
  }

  /** The outcome of an effect, if it is still open. */
  completeEffect(
    batch: Batch,
    effect: { process: number; number: number },
    outcome: Outcome,
  ): Soon<boolean> {
    return andThen(this.foreignShard(batch, effect.process), (shard) => {
      if (shard === undefined) return this.#completeOwn(batch, effect, outcome);
      const { process, number } = effect;
      const arrival = { kind: "outcome", number, outcome } as const;
      return this.#neighbours.send(batch, { shard, process }, arrival).then(() => true);
    });
  }

  #completeOwn(
    batch: Batch,
    { process, number }: { process: number; number: number },
    outcome: Outcome,
  ): Soon<boolean> {
    return this.#guarded.do(batch, process, (inner) =>
      andThen(this.#live.load(inner, process), (live) => {
        if (live === undefined || live.row.effect_number !== number) return false;
        // Something else came first, and its turn is due.
        if (live.row.input !== null) return false;
        const index = this.#effects.indexOf(pendingPause(live.state));
        assert(index >= 0, `process ${process} has an effect that it does not wait for`);
        const event: Input = { kind: "event", index, outcome };
        if (live.row.suspension !== null) {
          live.row.effect_number = null;
          live.row.effect_detail = null;
          return this.#takeIn(inner, live, event);
        }
        return andThen(this.#runner.run(inner, live, event), () => true);
      }),
    );
  }

  /** What comes while it is suspended waits until it is resumed. */
  #takeIn(batch: Batch, { row }: Live, event: Input): boolean {
    if (row.suspension === null || row.input !== null || event.kind === "start") return false;
    this.#live.keepInput(row, event);
    updateProcess(batch.transaction, row);
    this.#live.drop(row.id);
    this.#live.tell(batch, row.id);
    return true;
  }

  /** Stores another `detail` of an effect, if it is still open. */
  async updateEffect(
    batch: Batch,
    effect: { process: number; number: number },
    detail: unknown,
  ): Promise<boolean> {
    if ((await this.foreignShard(batch, effect.process)) !== undefined) return false;
    const text = JSON.stringify(detail ?? null);
    const known = this.#live.known(effect.process);
    if (known !== undefined && known.row.effect_number === effect.number) {
      known.row.effect_detail = text;
    }
    const { changes } = await batch.transaction.run(
      "update process set effect_detail = ? where id = ? and effect_number = ?",
      [text, effect.process, effect.number],
    );
    return changes > 0;
  }

  /** A process whose state did not load when the engine started. */
  async setAsideUnloadable(batch: Batch, id: number): Promise<void> {
    await this.#guarded.do(
      batch,
      id,
      async (inner) => (await this.#live.load(inner, id)) !== undefined,
    );
  }

  /** A timer of that turn is due. */
  async timerDue(batch: Batch, id: number, turn: number): Promise<void> {
    await this.#guarded.do(batch, id, async (inner) => {
      const live = await this.#live.load(inner, id);
      if (live === undefined || live.row.turn !== turn) return false;
      const pause = pendingPause(live.state);
      assert(pause?.kind === "wait", `process ${id} has a timer and does not wait`);
      return this.#goOn(inner, live, dueInput(pause));
    });
  }

  /** Ends a process and its children; what they wait for is given up. False if it had ended already. */
  async cancel(batch: Batch, id: number, why?: string): Promise<boolean> {
    const shard = await this.foreignShard(batch, id);
    if (shard === undefined) {
      await this.#takeArrived(batch, id);
      return this.#ending.cancel(batch, id, why);
    }
    const arrival = { kind: "cancel", ...(why === undefined ? {} : { why }) } as const;
    await this.#neighbours.send(batch, { shard, process: id }, arrival);
    return true;
  }

  /** Switches whether a process, and all that stem from the same one, stop before each command. */
  setStep(batch: Batch, id: number, step: boolean): Promise<void> {
    return this.#holding.setStep(batch, id, step);
  }

  /** What a person decided about the command before which a process is held at that turn; refused if it is not. */
  decide(batch: Batch, id: number, turn: number, decision: Decision): Promise<void> {
    return this.#holding.decide(batch, id, turn, decision);
  }

  /** Suspends a process and its children. False if it is suspended already. */
  suspend(batch: Batch, id: number, who: { by: string; reason: string | null }): Promise<boolean> {
    return this.#holding.suspend(batch, id, who);
  }

  /** Lets a suspended process and its children go on. */
  resume(batch: Batch, id: number): Promise<void> {
    return this.#holding.resume(batch, id);
  }

  /** Ends some children whose parents have ended. False: there are none left. */
  endOrphans(batch: Batch): Promise<boolean> {
    return this.#ending.endOrphans(batch, this.#neighbours.shards.server);
  }

  unlock(batch: Batch, objectId: number, holder: number): Promise<void> {
    return this.#ending.unlock(batch, objectId, holder);
  }

  /** The secrets that a process which runs something knows, to be masked where its output is shown. */
  secretsOf(id: number): readonly string[] {
    const live = this.#live.known(id);
    return live === undefined ? [] : secretsOf(live.state);
  }

  /** What an ended process left behind, for `wait` and for its parent. */
  outcomeOf(row: ProcessRow): Outcome {
    return this.#waiting.outcomeOf(row);
  }

  /** The effect that a stored process has open, for the handlers at a restart; one whose state does not load has none. */
  openEffectOf(row: ProcessRow): OpenEffect | undefined {
    if (row.snapshot === null) return undefined;
    try {
      return this.#effects.openOf(row, pendingPause(this.#snapshots.decodeState(row.snapshot)));
    } catch (error) {
      this.#onBug(row.id, error);
      return undefined;
    }
  }

  async #leaveReady(batch: Batch, due: DueTurn): Promise<void> {
    const row =
      this.#live.known(due.process)?.row ?? (await findProcess(batch.transaction, due.process));
    if (row === undefined || hasEnded(row.state) || row.turn !== due.turn) return;
    moveTo(row, "ready");
    this.#live.keepInput(row, due.input);
    updateProcess(batch.transaction, row);
    this.#live.drop(row.id);
    batch.afterCommit(() => this.#onReady(due.process, due.turn));
  }
}

function notRerunnable(id: number, why: string): TsunagiError {
  return new TsunagiError(
    "NOT_RERUNNABLE",
    `/process/${id} cannot be run again from its failed job: ${why}`,
    { hint: "Run it again from the start." },
  );
}
