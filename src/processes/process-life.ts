import { assert, TsunagiError } from "#kernel";
import {
  currentLine,
  describeEnd,
  describeWait,
  JobRecorder,
  maskSecrets,
  pendingPause,
  postpone,
  principalOf,
  programsOf,
  secretsOf,
  variablesOf,
  type Environment,
  type Input,
  type Observer,
  type Outcome,
  type Pause,
  type ProcessEnd,
  type Reason,
  type State,
  type TraceEntry,
  type Wait,
} from "#machine";
import { isSimple, type Answerer, type Asking } from "./answerer.ts";
import { appendConsole } from "./console.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import type { OpenEffect } from "./effect.ts";
import { decodeInput, encodeInput, failure, success } from "./input.ts";
import {
  endClosesCircle,
  lockClosesCircle,
  lockHolder,
  locksOf,
  passLock,
  takeLock,
} from "./locks.ts";
import { takeMail } from "./mailbox.ts";
import { appendJobs, endOpenJobs, noteDecision, openJobsOf } from "./process-jobs.ts";
import { assertMove, hasEnded, type ProcessState } from "./process-state.ts";
import {
  familyOf,
  findProcess,
  insertProcess,
  listFamily,
  listLiveChildren,
  setStep,
  updateProcess,
  updateStep,
  type ProcessRow,
} from "./process-table.ts";
import type { ProgramStore } from "./program-store.ts";
import { shownResult } from "./shown-result.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import {
  assertHeld,
  assertSkippable,
  heldEffect,
  skippedResult,
  type Decision,
} from "./stepping.ts";
import { TurnShare } from "./turn-share.ts";
import {
  addWaiter,
  firstWaiter,
  listWaiters,
  removeWaits,
  setTimer,
  type Waiter,
} from "./waiters.ts";
import { BatchSpoilt, isStorageFailure, type Batch } from "./work-queue.ts";

/** A process in memory: its row, and the machine's state when it is needed. */
interface Live {
  row: ProcessRow;
  state: State;
  /** Whether it may have rows in `waiter` or `timer`. */
  hasWaits: boolean;
  /** What a step of a process that goes on leaves alone, as it is stored. */
  written: { state: ProcessState; children: number; hasStarted: boolean };
}

type Waiting = Extract<Pause, { kind: "wait" }>;

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
}

/** A process to go on with an input, in this batch if there is room. */
interface Wake {
  process: number;
  turn: number;
  input: Input;
}

// Turns that one piece of work may run in its transaction; what is left is stored as `ready` and has its turn later.
const turnsPerWorkMax = 200;

/**
 * The life of processes: the only code that changes a process's state. Everything here happens inside the transaction
 * of a batch; what leaves the house is registered for after the commit.
 *
 *   I1  All of a turn is written, or the process is set aside as aborted with the reason. That goes without a savepoint until a
 *       batch had to be taken back (work-queue.ts, I4).
 *   I2  An input belongs to one turn. One for an earlier turn is late or double, and is dropped.
 *   I3  When a process goes on, its waiters and timers go first: no event can reach it twice.
 *   I4  Memory never knows more than the transaction: `forget` drops it when something is rolled back.
 */
export class ProcessLife {
  readonly #programs: ProgramStore;
  readonly #snapshots: SnapshotStore;
  readonly #answerer: Answerer;
  readonly #effects: EffectDispatch;
  readonly #notify: (process: number) => void;
  readonly #onConsole: (process: number, lines: readonly string[]) => void;
  readonly #onTimer: (wakeAt: number) => void;
  readonly #onReady: (process: number, turn: number) => void;
  readonly #onBug: (process: number, error: unknown) => void;
  readonly #environment: Environment;
  /** Turns run one after the other: one is enough for all. */
  readonly #recorder = new JobRecorder();
  readonly #running = new Map<number, Live>();
  #wakes: Wake[] = [];

  constructor(options: {
    programs: ProgramStore;
    snapshots: SnapshotStore;
    answerer: Answerer;
    effects: EffectDispatch;
    /** After a commit: something of this process can be seen. */
    notify: (process: number) => void;
    /** After a commit: what a process printed. */
    onConsole: (process: number, lines: readonly string[]) => void;
    /** After a commit: a timer was set. */
    onTimer: (wakeAt: number) => void;
    /** After a commit: a process was left `ready`. */
    onReady: (process: number, turn: number) => void;
    onBug: (process: number, error: unknown) => void;
    /** Watches all machines run. */
    observer: Observer | undefined;
  }) {
    this.#programs = options.programs;
    this.#snapshots = options.snapshots;
    this.#answerer = options.answerer;
    this.#effects = options.effects;
    this.#notify = options.notify;
    this.#onConsole = options.onConsole;
    this.#onTimer = options.onTimer;
    this.#onReady = options.onReady;
    this.#onBug = options.onBug;
    this.#environment = {
      program: options.programs.cached,
      observer: options.observer,
      recorder: this.#recorder,
    };
  }

  /** Drops what memory holds; everything is read again when it is needed (I4). */
  forget(): void {
    this.#running.clear();
    this.#wakes = [];
    this.#effects.forgetNumbers();
  }

  /** Makes a process whose first turn runs in this batch. */
  async create(batch: Batch, start: NewProcess): Promise<number> {
    const row: Omit<ProcessRow, "id"> = {
      parent: start.parent,
      root: start.root,
      jobflow_id: start.jobflowId,
      jobflow: start.jobflow,
      principal: start.principal,
      started_by: start.startedBy,
      state: "ready",
      turn: 0,
      snapshot: this.#snapshots.encodeState(start.state),
      input: null,
      live_children: 0,
      waits_for: null,
      waits_since: null,
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
    };
    const id = await insertProcess(batch.transaction, row);
    await this.#programs.load(batch.transaction, programsOf(start.state));
    this.#keep({ id, ...row }, start.state, { hasWaits: false });
    batch.afterCommit(() => this.#notify(id));
    this.#wakes.push({ process: id, turn: 0, input: { kind: "start" } });
    return id;
  }

  /** Gives a waiting process its event. */
  async wake(batch: Batch, waiter: Waiter, outcome: Outcome): Promise<void> {
    await removeWaits(batch.transaction, waiter.process);
    this.#wakes.push({
      process: waiter.process,
      turn: waiter.turn,
      input: { kind: "event", index: waiter.wait_index, outcome },
    });
  }

  /** Runs the turns that this batch's work made due. */
  async runDue(batch: Batch): Promise<void> {
    for (let turns = 0; this.#wakes.length > 0; turns += 1) {
      const wake = this.#wakes.shift() as Wake;
      if (turns < turnsPerWorkMax) await this.turn(batch, wake.process, wake.turn, wake.input);
      else await this.#leaveReady(batch, wake);
    }
  }

  /** The next turn of a process, if it is still at that turn (I2). */
  turn(batch: Batch, id: number, turn: number, input: Input): Promise<boolean> {
    return this.#guard(batch, id, async (inner) => {
      const live = await this.#load(inner, id);
      if (live === undefined || live.row.turn !== turn) return false;
      await this.#run(inner, live, input);
      return true;
    });
  }

  /** Works on one process; where that fails by a fault of ours, the process is set aside (I1). */
  async #guard(
    batch: Batch,
    id: number,
    work: (batch: Batch) => Promise<boolean>,
  ): Promise<boolean> {
    if (batch.isCareful) return this.#guardCarefully(batch, id, work);
    try {
      return await work(batch);
    } catch (error) {
      if (isStorageFailure(error) || error instanceof BatchSpoilt) throw error;
      throw new BatchSpoilt(error);
    }
  }

  async #guardCarefully(
    batch: Batch,
    id: number,
    work: (batch: Batch) => Promise<boolean>,
  ): Promise<boolean> {
    const wakesBefore = this.#wakes.length;
    const actions: (() => void)[] = [];
    const inner: Batch = { ...batch, afterCommit: (action) => void actions.push(action) };
    try {
      const hasRun = await batch.transaction.savepoint(() => work(inner));
      for (const action of actions) batch.afterCommit(action);
      return hasRun;
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      const wakes = this.#wakes.slice(0, wakesBefore);
      const state = this.#running.get(id)?.state;
      const place = state === undefined ? null : currentLine(state, this.#environment);
      this.forget();
      this.#wakes = wakes;
      this.#onBug(id, error);
      await this.#setAside(batch, id, error, place);
      return true;
    }
  }

  /** The stored turn of a process that was left `ready`. */
  async resumeReady(batch: Batch, id: number): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    if (row?.state === "ready") await this.turn(batch, id, row.turn, decodeInput(row.input));
  }

  /** The outcome of an effect, if it is still open. */
  completeEffect(
    batch: Batch,
    effect: { process: number; number: number },
    outcome: Outcome,
  ): Promise<boolean> {
    return this.#guard(batch, effect.process, async (inner) => {
      const live = await this.#load(inner, effect.process);
      if (live === undefined || live.row.effect_number !== effect.number) return false;
      const index = this.#effects.indexOf(pendingPause(live.state));
      assert(index >= 0, `process ${effect.process} has an effect that it does not wait for`);
      await this.#run(inner, live, { kind: "event", index, outcome });
      return true;
    });
  }

  /** Stores another `detail` of an effect, if it is still open. */
  async updateEffect(
    batch: Batch,
    effect: { process: number; number: number },
    detail: unknown,
  ): Promise<boolean> {
    const text = JSON.stringify(detail ?? null);
    const known = this.#running.get(effect.process);
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
    await this.#guard(batch, id, async (inner) => (await this.#load(inner, id)) !== undefined);
  }

  /** A timer of that turn is due. */
  async timerDue(batch: Batch, id: number, turn: number): Promise<void> {
    await this.#guard(batch, id, async (inner) => {
      const live = await this.#load(inner, id);
      if (live === undefined || live.row.turn !== turn) return false;
      const pause = pendingPause(live.state);
      assert(pause?.kind === "wait", `process ${id} has a timer and does not wait`);
      await this.#run(inner, live, dueInput(pause));
      return true;
    });
  }

  /** Ends a process and its children; what they wait for is given up. False if it had ended already. */
  async cancel(batch: Batch, id: number): Promise<boolean> {
    const live = await this.#load(batch, id);
    if (live === undefined || hasEnded(live.row.state)) return false;
    const pause = pendingPause(live.state);
    this.#abandonEffect(batch, live.row, pause);
    await endOpenJobs(batch.transaction, live.row, batch.now, cancelledEnd);
    await this.#finish(batch, live, {
      ...cancelledEnd,
      state: "cancelled",
      result: null,
      trace: [],
    });
    return true;
  }

  /** Switches whether a process, and all that stem from the same one, stop before each command. */
  async setStep(batch: Batch, id: number, step: boolean): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    assert(row !== undefined, `process ${id} is missing`);
    const family = familyOf(row);
    await setStep(batch.transaction, family, step);
    for (const { row: known } of this.#running.values()) {
      if (familyOf(known) === family) known.step = step ? 1 : 0;
    }
    batch.afterCommit(() => this.#notify(id));
  }

  /** What a person decided about the command before which a process is held at that turn; refused if it is not. */
  async decide(batch: Batch, id: number, turn: number, decision: Decision): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    assertHeld(row, id, turn);
    const live = await this.#load(batch, id);
    assert(live !== undefined, `process ${id} is held and has no state`);
    if (decision.decision === "skip") assertSkippable(pendingPause(live.state));
    if (decision.decision !== "free") return this.#release(batch, id, decision);
    await this.setStep(batch, id, false);
    for (const member of await listFamily(batch.transaction, familyOf(row))) {
      if (member.state === "suspended") await this.#release(batch, member.id, decision);
    }
  }

  /** Lets a held process go on. The time that it was held is not counted by its `timeout` blocks. */
  async #release(batch: Batch, id: number, { by, decision }: Decision): Promise<void> {
    await this.#guard(batch, id, async (inner) => {
      const live = await this.#load(inner, id);
      if (live === undefined) return false;
      const { row, state } = live;
      noteDecision(row, { by, decision, at: inner.now });
      if (decision === "abort") {
        await this.#abort(inner, live, `${by} aborted it before this command`);
        return true;
      }
      postpone(state, inner.now - (row.waits_since ?? inner.now));
      const pause = pendingPause(state);
      assert(pause?.kind === "wait", `process ${id} is held and does not wait`);
      if (decision === "skip") {
        const index = this.#effects.indexOf(pause);
        const outcome = success(skippedResult(pause.waits[index]));
        await this.#run(inner, live, { kind: "event", index, outcome });
        return true;
      }
      row.turn += 1;
      const event = await this.#eventAtOnce(inner, live, pause);
      if (event === undefined) await this.#park(inner, live, pause);
      else await this.#run(inner, live, event);
      return true;
    });
  }

  async #abort(batch: Batch, live: Live, error: string): Promise<void> {
    const end = { status: 1, reason: "abort", error } as const;
    await endOpenJobs(batch.transaction, live.row, batch.now, end);
    const trace = variablesOf(live.state, this.#environment).map(({ path, line }) => ({
      path,
      line,
    }));
    await this.#finish(batch, live, { ...end, state: "aborted", result: null, trace });
  }

  /** The secrets that a process which runs something knows, to be masked where its output is shown. */
  secretsOf(id: number): readonly string[] {
    const live = this.#running.get(id);
    return live === undefined ? [] : secretsOf(live.state);
  }

  /** What an ended process left behind, for `wait` and for its parent. */
  outcomeOf(row: ProcessRow): Outcome {
    return {
      status: row.status ?? 0,
      reason: row.reason as Outcome["reason"],
      error:
        row.trace === null ? null : (JSON.parse(row.trace) as { message: string | null }).message,
      result: row.value === null ? null : this.#snapshots.decodeValue(row.value),
    };
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

  async #load(batch: Batch, id: number): Promise<Live | undefined> {
    const known = this.#running.get(id);
    if (known !== undefined) return known;
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state) || row.snapshot === null) return undefined;
    const state = this.#snapshots.decodeState(row.snapshot);
    await this.#programs.load(batch.transaction, programsOf(state));
    return this.#keep(row, state, { hasWaits: true });
  }

  /** A process as it is stored. */
  #keep(row: ProcessRow, state: State, { hasWaits }: Pick<Live, "hasWaits">): Live {
    const written = {
      state: row.state,
      children: row.live_children,
      hasStarted: row.started_at !== null,
    };
    const live: Live = { row, state, hasWaits, written };
    this.#running.set(row.id, live);
    return live;
  }

  async #run(batch: Batch, live: Live, input: Input): Promise<void> {
    const { row, state } = live;
    if (live.hasWaits) await removeWaits(batch.transaction, row.id);
    this.#leaveWait(batch, live, input);
    row.turn += 1;
    row.started_at ??= batch.now;
    const asking: Asking = {
      batch,
      process: row,
      principal: () => principalOf(state) ?? row.principal,
      lines: [],
      life: this,
    };
    const { open, number } = openJobsOf(row);
    this.#recorder.begin(open, number, batch.now);
    const share = new TurnShare(state, this.#environment);
    let pause = share.advance(input);
    for (;;) {
      if (pause.kind === "ask") {
        const { request } = pause;
        const answer = isSimple(request)
          ? this.#answerer.answerAtOnce(asking, request)
          : await this.#answerer.answer(asking, request);
        if (hasEnded(row.state)) {
          // It has cancelled itself, or a parent that took it along.
          this.#print(batch, row, asking);
          await this.#answerer.finish(asking);
          await this.#keepJobs(batch, live);
          await endOpenJobs(batch.transaction, row, batch.now, cancelledEnd);
          updateProcess(batch.transaction, row);
          return;
        }
        pause = share.advance({ kind: "answer", answer });
        continue;
      }
      this.#print(batch, row, asking);
      if (pause.kind === "ended") {
        await this.#answerer.finish(asking);
        await this.#keepJobs(batch, live);
        await this.#finish(batch, live, pause.end);
        return;
      }
      const isInterrupted = pause.kind === "interrupted";
      const event: Input | undefined = isInterrupted
        ? { kind: "start" }
        : this.#isForEffect(pause as Waiting)
          ? undefined
          : await this.#eventAtOnce(batch, live, pause as Waiting);
      if (event !== undefined && !isInterrupted && !share.isUsedUp) {
        pause = share.advance(event);
        continue;
      }
      if (asking.change !== undefined) await this.#answerer.finish(asking);
      await this.#keepJobs(batch, live);
      if (event === undefined) await this.#parkOrHold(batch, live, pause as Waiting);
      else await this.#goOnLater(batch, live, event);
      return;
    }
  }

  /** Writes down what the turn did. */
  #keepJobs(batch: Batch, { row, state }: Live): Promise<void> | undefined {
    const taken = this.#recorder.take(this.#environment, secretsOf(state));
    return appendJobs(batch.transaction, row, taken);
  }

  /** The others have their turns first. */
  async #goOnLater(batch: Batch, live: Live, input: Input): Promise<void> {
    const { row } = live;
    this.#toState(row, "ready");
    row.input = encodeInput(input);
    this.#store(batch, live);
    batch.afterCommit(() => this.#onReady(row.id, row.turn));
  }

  /** Gives up what the last turn waited for, as far as this input did not come from it (I3). */
  #leaveWait(batch: Batch, live: Live, input: Input): void {
    const { row, state } = live;
    live.hasWaits = false;
    const pause = pendingPause(state);
    const waits: readonly Wait[] = pause?.kind === "wait" ? pause.waits : [];
    for (const [index, wait] of waits.entries()) {
      if (input.kind === "event" && input.index === index) continue;
      if (this.#effects.takes(wait)) this.#abandonEffect(batch, row, pause);
    }
    row.input = null;
    row.effect_number = null;
    row.effect_detail = null;
    row.waits_for = null;
    row.waits_since = null;
  }

  #abandonEffect(batch: Batch, row: ProcessRow, pause: Pause | null): void {
    const open = this.#effects.openOf(row, pause);
    if (open !== undefined) batch.afterCommit(() => this.#effects.abandon(open));
  }

  /** Whether nothing is waited for but an effect that can be given, which is over only when it has been given. */
  #isForEffect({ waits }: Waiting): boolean {
    const [wait] = waits;
    return waits.length === 1 && wait !== undefined && this.#effects.takes(wait);
  }

  /** The event of a wait that is over already, and what taking it changes. */
  async #eventAtOnce(batch: Batch, live: Live, pause: Waiting): Promise<Input | undefined> {
    // A deadline, or another arm of a choice, may end it all the same.
    const isForGood = pause.waits.length === 1 && pause.deadline === null;
    for (const [index, wait] of pause.waits.entries()) {
      const outcome = await this.#outcomeAtOnce(batch, live, wait, isForGood);
      if (outcome !== undefined) return { kind: "event", index, outcome };
    }
    return undefined;
  }

  async #outcomeAtOnce(
    batch: Batch,
    live: Live,
    wait: Wait,
    isForGood: boolean,
  ): Promise<Outcome | undefined> {
    const tx = batch.transaction;
    switch (wait.kind) {
      case "receive": {
        if (wait.channel.type !== "Channel") {
          return failure(
            "evaluation",
            `an event comes from a channel; ${wait.channel.path} is of the type ${wait.channel.type}`,
          );
        }
        // Those who waited longer come first; they have taken what was there.
        if ((await firstWaiter(tx, "channel", wait.channel.id)) !== undefined) return undefined;
        const mail = await takeMail(tx, wait.channel.id);
        return mail === undefined ? undefined : success(this.#answerer.messageValue(mail.body));
      }
      case "sleep":
        return wait.until <= batch.now ? success() : undefined;
      case "process": {
        if (wait.process.id === live.row.id) {
          return failure("limit", "a process that waits for its own end would never end");
        }
        const row = await findProcess(tx, wait.process.id);
        if (row === undefined) {
          return failure("evaluation", `there is no process /process/${wait.process.id}`);
        }
        if (hasEnded(row.state)) return this.outcomeOf(row);
        return isForGood && (await endClosesCircle(tx, live.row.id, row.id))
          ? failure(
              "limit",
              `waiting for /process/${row.id} would never end: it waits for this process`,
            )
          : undefined;
      }
      case "children":
        return live.row.live_children <= wait.atMost ? success() : undefined;
      case "lock": {
        const holder = await lockHolder(tx, wait.of.id);
        if (holder === undefined) await takeLock(tx, wait.of.id, live.row.id);
        if (holder === undefined || holder === live.row.id) return success();
        return (await lockClosesCircle(tx, live.row.id, wait.of.id))
          ? failure(
              "limit",
              `waiting for the lock on ${wait.of.path} would never end: its holder waits for this process`,
            )
          : undefined;
      }
      case "command":
      case "external":
        return this.#effects.refusal(wait);
    }
  }

  async #parkOrHold(batch: Batch, live: Live, pause: Waiting): Promise<void> {
    const { row } = live;
    const effect = row.step === 1 ? heldEffect(pause) : undefined;
    if (effect === undefined) return this.#park(batch, live, pause);
    this.#toState(row, "suspended");
    row.waits_for = `decision before ${this.#describe(live.state, [effect])}`;
    row.waits_since = batch.now;
    this.#store(batch, live);
    this.#running.delete(row.id);
  }

  async #park(batch: Batch, live: Live, pause: Waiting): Promise<void> {
    const { row } = live;
    let wakeAt = pause.deadline ?? Infinity;
    let hasEffect = false;
    for (const [index, wait] of pause.waits.entries()) {
      switch (wait.kind) {
        case "sleep":
          wakeAt = Math.min(wakeAt, wait.until);
          break;
        case "receive":
          await this.#addWaiter(batch, live, "channel", wait.channel.id, index);
          break;
        case "lock":
          await this.#addWaiter(batch, live, "lock", wait.of.id, index);
          break;
        case "process":
          await this.#addWaiter(batch, live, "process", wait.process.id, index);
          break;
        case "children":
          await this.#addWaiter(batch, live, "children", row.id, index, wait.atMost);
          break;
        case "command":
        case "external": {
          assert(!hasEffect, "a process waits for one effect at a time");
          hasEffect = true;
          const accepted = await this.#effects.accept(
            batch,
            row,
            wait,
            principalOf(live.state) ?? row.principal,
          );
          if (accepted.kind === "failed") {
            this.#wakes.push({
              process: row.id,
              turn: row.turn,
              input: { kind: "event", index, outcome: accepted.outcome },
            });
          }
          break;
        }
      }
    }
    this.#toState(row, hasEffect ? "running" : "waiting");
    row.waits_for = this.#describe(live.state, pause.waits);
    row.waits_since = batch.now;
    if (wakeAt < Infinity) {
      live.hasWaits = true;
      await setTimer(batch.transaction, { wake_at: wakeAt, process: row.id, turn: row.turn });
      batch.afterCommit(() => this.#onTimer(wakeAt));
    }
    this.#store(batch, live);
    // A parked process is a row, not memory; one that runs a command goes on soon.
    if (!hasEffect) this.#running.delete(row.id);
  }

  #describe(state: State, waits: readonly Wait[]): string {
    const secrets = secretsOf(state);
    return waits.map((wait) => describeWait(wait, secrets)).join(" or ");
  }

  async #addWaiter(
    batch: Batch,
    live: Live,
    kind: Waiter["kind"],
    target: number,
    index: number,
    argument = 0,
  ): Promise<void> {
    live.hasWaits = true;
    await addWaiter(batch.transaction, {
      kind,
      target,
      process: live.row.id,
      turn: live.row.turn,
      wait_index: index,
      argument,
    });
  }

  #print(batch: Batch, row: ProcessRow, asking: Asking): void {
    if (asking.lines.length === 0) return;
    const lines = asking.lines.splice(0);
    appendConsole(batch.transaction, row, batch.now, lines);
    batch.afterCommit(() => this.#onConsole(row.id, lines));
  }

  #store(batch: Batch, { row, state, written }: Live): void {
    row.snapshot = this.#snapshots.encodeState(state);
    const isStep =
      written.state === row.state &&
      written.children === row.live_children &&
      written.hasStarted === (row.started_at !== null);
    if (isStep) updateStep(batch.transaction, row);
    else {
      updateProcess(batch.transaction, row);
      Object.assign(written, {
        state: row.state,
        children: row.live_children,
        hasStarted: row.started_at !== null,
      });
    }
    batch.afterCommit(() => this.#notify(row.id));
  }

  #toState(row: ProcessRow, state: ProcessState): void {
    assertMove(row.state, state);
    row.state = state;
  }

  async #finish(batch: Batch, live: Live, end: ProcessEnd): Promise<void> {
    const { row, state } = live;
    if (live.hasWaits) await removeWaits(batch.transaction, row.id);
    this.#toState(row, end.state);
    row.ended_at = batch.now;
    row.started_at ??= batch.now;
    row.status = end.status;
    row.reason = end.reason;
    row.result = shownResult(end.result, state);
    row.value = end.state === "done" ? this.#snapshots.encodeValue(end.result, state) : null;
    const secrets = secretsOf(state);
    const message = end.error === null ? null : maskSecrets(end.error, secrets);
    row.trace =
      end.state === "done" && message === null ? null : JSON.stringify({ message, at: end.trace });
    row.error = describeEnd({ ...end, error: message });
    row.input = null;
    row.waits_for = null;
    row.waits_since = null;
    row.effect_number = null;
    row.effect_detail = null;
    // Aborting freezes: frames and stack are kept, so that a run from there is possible.
    row.snapshot = end.state === "aborted" ? this.#snapshots.encodeState(state) : null;
    updateProcess(batch.transaction, row);
    this.#running.delete(row.id);
    batch.afterCommit(() => this.#notify(row.id));
    await this.#afterEnd(batch, row);
  }

  /** Children end with their parent, locks pass on, and who waits for this process goes on. */
  async #afterEnd(batch: Batch, row: ProcessRow): Promise<void> {
    batch.afterCommit(() => this.#effects.processEnded(row.id));
    if (row.live_children > 0) await this.#cancelChildren(batch, row);
    for (const { object_id: objectId } of await locksOf(batch.transaction, row.id)) {
      await this.unlock(batch, objectId, row.id);
    }
    for (const waiter of await listWaiters(batch.transaction, "process", row.id)) {
      await this.wake(batch, waiter, this.outcomeOf(row));
    }
    if (row.parent !== null) await this.#childEnded(batch, row.parent);
  }

  async unlock(batch: Batch, objectId: number, holder: number): Promise<void> {
    const next = await passLock(batch.transaction, objectId, holder);
    if (next !== undefined) await this.wake(batch, next, success());
  }

  async #childEnded(batch: Batch, parentId: number): Promise<void> {
    const known = this.#running.get(parentId);
    if (known !== undefined) known.row.live_children -= 1;
    await batch.transaction.run(
      "update process set live_children = live_children - 1 where id = ? and ended_at is null",
      [parentId],
    );
    const waiter = await firstWaiter(batch.transaction, "children", parentId);
    if (waiter === undefined) return;
    const parent = known?.row ?? (await findProcess(batch.transaction, parentId));
    if (parent !== undefined && parent.live_children <= waiter.argument) {
      await this.wake(batch, waiter, success());
    }
  }

  async #cancelChildren(batch: Batch, row: ProcessRow): Promise<void> {
    for (const child of await listLiveChildren(batch.transaction, row.id)) {
      await this.cancel(batch, child.id);
    }
  }

  async #leaveReady(batch: Batch, wake: Wake): Promise<void> {
    const row =
      this.#running.get(wake.process)?.row ?? (await findProcess(batch.transaction, wake.process));
    if (row === undefined || hasEnded(row.state) || row.turn !== wake.turn) return;
    this.#toState(row, "ready");
    row.input = encodeInput(wake.input);
    updateProcess(batch.transaction, row);
    this.#running.delete(row.id);
    batch.afterCommit(() => this.#onReady(wake.process, wake.turn));
  }

  /** A process whose turn failed by a fault of ours, or whose state no longer loads, ends alone; all others go on. */
  async #setAside(
    batch: Batch,
    id: number,
    error: unknown,
    place: TraceEntry | null,
  ): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state)) return;
    await removeWaits(batch.transaction, id);
    const message = error instanceof Error ? error.message : String(error);
    await endOpenJobs(batch.transaction, row, batch.now, {
      status: -1,
      reason: reasonOf(error),
      error: message,
    });
    const where = place === null ? row.jobflow : `line ${place.line} in ${place.path}`;
    this.#toState(row, "aborted");
    Object.assign(row, {
      turn: row.turn + 1,
      status: -1,
      reason: reasonOf(error),
      error: `aborted ${place === null ? "in" : "at"} ${where}: ${message}`,
      trace: JSON.stringify({ message, at: place === null ? [] : [place] }),
      input: null,
      waits_for: null,
      waits_since: null,
      effect_number: null,
      effect_detail: null,
      started_at: row.started_at ?? batch.now,
      ended_at: batch.now,
    });
    updateProcess(batch.transaction, row);
    batch.afterCommit(() => this.#notify(id));
    await this.#afterEnd(batch, row);
  }
}

const cancelledEnd = { status: -1, reason: "cancelled", error: "cancelled" } as const;

/** Which of a pause's times is the first. */
function dueInput(pause: Waiting): Input {
  let due = pause.deadline ?? Infinity;
  let input: Input = { kind: "deadline" };
  for (const [index, wait] of pause.waits.entries()) {
    if (wait.kind !== "sleep" || wait.until >= due) continue;
    due = wait.until;
    input = { kind: "event", index, outcome: success() };
  }
  return input;
}

function reasonOf(error: unknown): Reason {
  if (!(error instanceof TsunagiError)) return "abort";
  return error.code === "LIMIT_EXCEEDED" ? "limit" : "refused";
}
