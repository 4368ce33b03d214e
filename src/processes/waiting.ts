import { andThen, assert, type Soon } from "#kernel";
import type { Transaction } from "#database";
import {
  describeWait,
  principalOf,
  secretsOf,
  type Input,
  type ObjectValue,
  type Outcome,
  type Pause,
  type Reason,
  type State,
  type Value,
  type Wait,
} from "#machine";
import type { DueTurns } from "./due-turns.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import { failure, success } from "./input.ts";
import { moveTo, type Live, type LiveProcesses } from "./live-processes.ts";
import { endClosesCircle, lockClosesCircle, lockHolder, takeLock } from "./locks.ts";
import { takeMail } from "./mailbox.ts";
import { hasEnded } from "./process-state.ts";
import { findProcess, type ProcessRow } from "./process-table.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { heldEffect } from "./stepping.ts";
import { addWaiter, firstWaiter, setTimer, type Waiter } from "./waiters.ts";
import type { Batch } from "./work-queue.ts";

export type Waiting = Extract<Pause, { kind: "wait" }>;

/** What a process waits for: it is over at once, or written down, so that the process is a row until it comes. */
export class WaitingRoom {
  readonly #live: LiveProcesses;
  readonly #due: DueTurns;
  readonly #effects: EffectDispatch;
  readonly #snapshots: SnapshotStore;
  readonly #messageValue: (body: string) => Value;
  readonly #onTimer: (wakeAt: number) => void;
  readonly #onBug: (error: unknown) => void;

  constructor(options: {
    live: LiveProcesses;
    due: DueTurns;
    effects: EffectDispatch;
    snapshots: SnapshotStore;
    /** A message as it was kept. */
    messageValue: (body: string) => Value;
    /** After a commit: a timer was set. */
    onTimer: (wakeAt: number) => void;
    onBug: (error: unknown) => void;
  }) {
    this.#live = options.live;
    this.#due = options.due;
    this.#effects = options.effects;
    this.#snapshots = options.snapshots;
    this.#messageValue = options.messageValue;
    this.#onTimer = options.onTimer;
    this.#onBug = options.onBug;
  }

  /** The event of a wait that is over already, and what taking it changes. */
  async eventAtOnce(batch: Batch, live: Live, pause: Waiting): Promise<Input | undefined> {
    // A deadline, or another arm of a choice, may end it all the same.
    const isForGood = pause.waits.length === 1 && pause.deadline === null;
    for (const [index, wait] of pause.waits.entries()) {
      const outcome = await this.#outcomeAtOnce(batch, live, wait, isForGood);
      if (outcome !== undefined) return { kind: "event", index, outcome };
    }
    return undefined;
  }

  /** What an ended process left behind, for `wait` and for its parent. */
  outcomeOf(row: ProcessRow): Outcome {
    return {
      status: row.status ?? 0,
      reason: row.reason as Reason | null,
      error:
        row.trace === null ? null : (JSON.parse(row.trace) as { message: string | null }).message,
      result: row.value === null ? null : this.#snapshots.decodeValue(row.value),
    };
  }

  /** The process is a row until something comes; one in step mode is held before what it would do outside. */
  parkOrHold(batch: Batch, live: Live, pause: Waiting): Soon<void> {
    const { row } = live;
    const effect = row.step === 1 ? heldEffect(pause) : undefined;
    if (effect === undefined) return this.park(batch, live, pause);
    moveTo(row, "suspended");
    row.waits_for = `decision before ${describe(live.state, [effect])}`;
    row.waits_since = batch.now;
    this.#live.store(batch, live);
    this.#live.drop(row.id);
  }

  park(batch: Batch, live: Live, pause: Waiting): Soon<void> {
    const [wait] = pause.waits;
    const isEffectOnly =
      pause.waits.length === 1 && pause.deadline === null && wait !== undefined && isEffect(wait);
    // So goes every step of a process, and nothing of it needs to be waited for.
    if (!isEffectOnly || live.row.effect_number !== null)
      return this.#parkInRows(batch, live, pause);
    return andThen(this.#accept(batch, live, wait, 0), () => this.#stay(batch, live, pause, true));
  }

  async #parkInRows(batch: Batch, live: Live, pause: Waiting): Promise<void> {
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
        case "external":
          assert(!hasEffect, "a process waits for one effect at a time");
          hasEffect = true;
          // One that was suspended meanwhile has it open.
          if (row.effect_number === null) await this.#accept(batch, live, wait, index);
          break;
      }
    }
    if (wakeAt < Infinity) {
      live.hasWaits = true;
      const { id: process, turn, shard } = row;
      await setTimer(batch.transaction, { wake_at: wakeAt, process, turn, shard });
      batch.afterCommit(() => this.#onTimer(wakeAt));
    }
    this.#stay(batch, live, pause, hasEffect);
  }

  #stay(batch: Batch, live: Live, pause: Waiting, hasEffect: boolean): void {
    const { row } = live;
    moveTo(row, hasEffect ? "running" : "waiting");
    row.waits_for = describe(live.state, pause.waits);
    row.waits_since ??= batch.now;
    this.#live.store(batch, live);
    // A parked process is a row, not memory; one that runs a command goes on soon.
    if (!hasEffect) this.#live.drop(row.id);
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
        return this.#takeMessage(tx, wait.channel);
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

  /** The oldest message that can be read. One that cannot is left out: it would end everybody who listens. */
  async #takeMessage(tx: Transaction, { id, path }: ObjectValue): Promise<Outcome | undefined> {
    for (;;) {
      const mail = await takeMail(tx, id);
      if (mail === undefined) return undefined;
      try {
        return success(this.#messageValue(mail.body));
      } catch (cause) {
        const message = `message ${mail.id} of channel ${path} cannot be read and was left out`;
        this.#onBug(new Error(message, { cause }));
      }
    }
  }

  #accept(batch: Batch, { row, state }: Live, wait: Wait, index: number): Soon<void> {
    const principal = principalOf(state) ?? row.principal;
    return andThen(this.#effects.accept(batch, row, wait, principal), (accepted) => {
      if (accepted.kind !== "failed") return;
      const { outcome } = accepted;
      this.#due.push({
        process: row.id,
        turn: row.turn,
        input: { kind: "event", index, outcome },
      });
    });
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
      shard: live.row.shard,
    });
  }
}

/** Which of a pause's times is the first. */
export function dueInput(pause: Waiting): Input {
  let due = pause.deadline ?? Infinity;
  let input: Input = { kind: "deadline" };
  for (const [index, wait] of pause.waits.entries()) {
    if (wait.kind !== "sleep" || wait.until >= due) continue;
    due = wait.until;
    input = { kind: "event", index, outcome: success() };
  }
  return input;
}

function isEffect({ kind }: Wait): boolean {
  return kind === "command" || kind === "external";
}

function describe(state: State, waits: readonly Wait[]): string {
  const secrets = secretsOf(state);
  return waits.map((wait) => describeWait(wait, secrets)).join(" or ");
}
