import { assert } from "#kernel";
import { pendingPause, postpone } from "#machine";
import type { DueTurns } from "./due-turns.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import type { Ending } from "./ending.ts";
import type { GuardedWork } from "./guarded-work.ts";
import { success } from "./input.ts";
import type { Live, LiveProcesses } from "./live-processes.ts";
import { noteDecision } from "./process-jobs.ts";
import { familyOf, findProcess, listFamily, setStep } from "./process-table.ts";
import {
  assertDecidable,
  assertHeld,
  assertSkippable,
  skippedResult,
  type Decision,
} from "./stepping.ts";
import {
  assertLive,
  assertSuspended,
  resumeFamily,
  suspendFamily,
  suspensionOf,
} from "./suspension.ts";
import type { TurnRunner } from "./turn-runner.ts";
import type { WaitingRoom } from "./waiting.ts";
import type { Batch } from "./work-queue.ts";

// So many go on in the same transaction.
const resumedAtOnceMax = 50;

/** Processes that are held until a person lets them go on: before a command (stepping.ts), or wherever they are (suspension.ts). */
export class Holding {
  readonly #live: LiveProcesses;
  readonly #due: DueTurns;
  readonly #waiting: WaitingRoom;
  readonly #ending: Ending;
  readonly #runner: TurnRunner;
  readonly #guarded: GuardedWork;
  readonly #effects: EffectDispatch;
  readonly #onReady: (process: number, turn: number) => void;

  constructor(options: {
    live: LiveProcesses;
    due: DueTurns;
    waiting: WaitingRoom;
    ending: Ending;
    runner: TurnRunner;
    guarded: GuardedWork;
    effects: EffectDispatch;
    /** After a commit: a process was left `ready`. */
    onReady: (process: number, turn: number) => void;
  }) {
    this.#live = options.live;
    this.#due = options.due;
    this.#waiting = options.waiting;
    this.#ending = options.ending;
    this.#runner = options.runner;
    this.#guarded = options.guarded;
    this.#effects = options.effects;
    this.#onReady = options.onReady;
  }

  /** Switches whether a process, and all that stem from the same one, stop before each command. */
  async setStep(batch: Batch, id: number, step: boolean): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    assert(row !== undefined, `process ${id} is missing`);
    const family = familyOf(row);
    await setStep(batch.transaction, family, step);
    for (const { row: known } of this.#live.all()) {
      if (familyOf(known) === family) known.step = step ? 1 : 0;
    }
    this.#live.tell(batch, id);
  }

  /** What a person decided about the command before which a process is held at that turn; refused if it is not. */
  async decide(batch: Batch, id: number, turn: number, decision: Decision): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    assertHeld(row, id, turn);
    assertDecidable(row);
    const live = await this.#live.load(batch, id);
    assert(live !== undefined, `process ${id} is held and has no state`);
    if (decision.decision === "skip") assertSkippable(pendingPause(live.state));
    if (decision.decision !== "free") return this.#release(batch, id, decision);
    await this.setStep(batch, id, false);
    for (const member of await listFamily(batch.transaction, familyOf(row))) {
      const isHeld = member.state === "suspended" && member.suspension === null;
      if (isHeld) await this.#release(batch, member.id, decision);
    }
  }

  /** Suspends a process and its children until somebody resumes them. False if it is suspended already. */
  async suspend(
    batch: Batch,
    id: number,
    { by, reason }: { by: string; reason: string | null },
  ): Promise<boolean> {
    const row = await findProcess(batch.transaction, id);
    assertLive(row, id);
    if (row.state === "suspended" && row.suspension !== null) return false;
    const suspension = { by, reason, since: batch.now };
    this.#changed(batch, await suspendFamily(batch.transaction, id, suspension));
    return true;
  }

  /** Lets a suspended process and its children go on. PROCESS_NOT_SUSPENDED if nobody has suspended it. */
  async resume(batch: Batch, id: number): Promise<void> {
    assertSuspended(await findProcess(batch.transaction, id), id);
    const { due, members } = await resumeFamily(batch.transaction, id);
    this.#changed(batch, members);
    for (const [index, { id: process, turn, input }] of due.entries()) {
      if (index < resumedAtOnceMax) {
        this.#due.push({ process, turn, input: this.#live.openInput(input) });
      } else {
        // They are ready, and have their turns one after the other.
        batch.afterCommit(() => this.#onReady(process, turn));
      }
    }
  }

  /** Their rows were changed; memory reads them again. */
  #changed(batch: Batch, members: readonly number[]): void {
    for (const member of members) {
      this.#live.drop(member);
      this.#live.tell(batch, member);
    }
  }

  /** The first turn after a suspension: the time of it is not counted by `timeout` blocks. */
  endSuspension(batch: Batch, { row, state }: Live): void {
    const suspension = suspensionOf(row);
    if (suspension === null) return;
    postpone(state, batch.now - suspension.since, { sleeps: false });
    row.suspension = null;
  }

  /** Goes on with what it waits for, which may be over meanwhile. */
  async waitAgain(batch: Batch, live: Live): Promise<void> {
    const { row, state } = live;
    const pause = pendingPause(state);
    assert(pause?.kind === "wait", `process ${row.id} is to wait and does not`);
    row.turn += 1;
    const event = await this.#waiting.eventAtOnce(batch, live, pause);
    if (event === undefined) await this.#waiting.park(batch, live, pause);
    else await this.#runner.run(batch, live, event);
  }

  /** Lets a held process go on. The time that it was held is not counted by its `timeout` blocks. */
  async #release(batch: Batch, id: number, { by, decision }: Decision): Promise<void> {
    await this.#guarded.do(batch, id, async (inner) => {
      const live = await this.#live.load(inner, id);
      if (live === undefined) return false;
      const { row, state } = live;
      noteDecision(row, { by, decision, at: inner.now });
      if (decision === "abort") {
        await this.#ending.abort(inner, live, `${by} aborted it before this command`);
        return true;
      }
      postpone(state, inner.now - (row.waits_since ?? inner.now), { sleeps: true });
      if (decision === "skip") {
        const pause = pendingPause(state);
        assert(pause?.kind === "wait", `process ${id} is held and does not wait`);
        const index = this.#effects.indexOf(pause);
        const outcome = success(skippedResult(pause.waits[index]));
        await this.#runner.run(inner, live, { kind: "event", index, outcome });
        return true;
      }
      row.waits_since = null;
      await this.waitAgain(inner, live);
      return true;
    });
  }
}
