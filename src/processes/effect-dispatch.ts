import { andThen, assert, type Soon } from "#kernel";
import type { Outcome, Pause, Wait } from "#machine";
import type { Transaction } from "#database";
import type { Acceptance, EffectHandler, OpenEffect } from "./effect.ts";
import { failure } from "./input.ts";
import type { ProcessRow } from "./process-table.ts";
import type { Batch } from "./work-queue.ts";

const numbersReserved = 1000;
const numbersBehindMax = 10_000;

/** Which handler gives which effect, and the numbers of effects. */
export class EffectDispatch {
  readonly #handlers = new Map<string, EffectHandler>();
  readonly #heedingEnds: EffectHandler[] = [];
  /** The last number that was used, and the last that is reserved. */
  #numbers = { used: 0, reserved: 0 };
  /** Whether the reservation is on disk. */
  #isReserved = false;

  add(handler: EffectHandler): void {
    for (const kind of handler.kinds) {
      assert(!this.#handlers.has(kind), `two handlers for ${kind}`);
      this.#handlers.set(kind, handler);
    }
    if (handler.processEnded !== undefined) this.#heedingEnds.push(handler);
  }

  handlers(): Set<EffectHandler> {
    return new Set(this.#handlers.values());
  }

  /** Whether this wait is an effect that a handler has. */
  takes(wait: Wait): boolean {
    const kind = effectKind(wait);
    return kind !== undefined && this.#handlers.has(kind);
  }

  /** Why an effect cannot be given at all, or undefined if it can be tried. */
  refusal(wait: Wait): Outcome | undefined {
    const kind = effectKind(wait);
    if (kind === undefined || this.#handlers.has(kind)) return undefined;
    // `session_open` is what a block `session` begins with.
    const name = wait.kind === "external" ? wait.name.replace(/_open$/, "") : wait.kind;
    return failure("refused", `'${name}' is not built yet`);
  }

  /** Takes on an effect in the turn's transaction; it is dispatched after the commit. */
  accept(batch: Batch, row: ProcessRow, wait: Wait, principal: number): Soon<Acceptance> {
    const { used, reserved } = this.#numbers;
    const numbered = used < reserved ? undefined : this.#reserve(batch);
    return andThen(numbered, () => this.#accept(batch, row, wait, principal));
  }

  #accept(batch: Batch, row: ProcessRow, wait: Wait, principal: number): Soon<Acceptance> {
    const handler = this.#handlerOf(wait);
    this.#numbers.used += 1;
    const number = this.#numbers.used;
    const effect = { process: row.id, turn: row.turn, number, wait, principal };
    return andThen(handler.accept(batch.transaction, effect), (acceptance) => {
      if (acceptance.kind === "accepted") {
        row.effect_number = number;
        row.effect_detail = JSON.stringify(acceptance.detail ?? null);
        const open: OpenEffect = { ...effect, detail: acceptance.detail };
        batch.afterCommit(() => handler.dispatch(open));
      }
      return acceptance;
    });
  }

  /** The effect that a row and its pause have open, or undefined. */
  openOf(row: ProcessRow, pause: Pause | null): OpenEffect | undefined {
    if (row.effect_number === null || pause?.kind !== "wait") return undefined;
    const wait = pause.waits.find((candidate) => this.takes(candidate));
    if (wait === undefined) return undefined;
    return {
      process: row.id,
      turn: row.turn,
      number: row.effect_number,
      wait,
      principal: row.principal,
      detail: JSON.parse(row.effect_detail ?? "null") as unknown,
    };
  }

  /** Which of a pause's waits is the effect. */
  indexOf(pause: Pause | null): number {
    return pause?.kind === "wait" ? pause.waits.findIndex((wait) => this.takes(wait)) : -1;
  }

  abandon(effect: OpenEffect): void {
    this.#handlerOf(effect.wait).abandon(effect);
  }

  processEnded(process: number): void {
    for (const handler of this.#heedingEnds) handler.processEnded?.(process);
  }

  /** Gives every handler what was open when the last server ended. */
  restore(open: readonly OpenEffect[]): void {
    for (const handler of this.handlers()) {
      handler.restore(open.filter((effect) => this.#handlerOf(effect.wait) === handler));
    }
  }

  isUnderWay(number: number): boolean {
    for (const handler of this.handlers()) if (handler.isUnderWay?.(number) === true) return true;
    return false;
  }

  released(numbers: ReadonlySet<number>): void {
    for (const handler of this.handlers()) handler.released?.(numbers);
  }

  /** If it is still open, its handler may give it to somebody else. */
  async returned(batch: Batch, process: number, number: number): Promise<void> {
    const open = await batch.transaction.get(
      "select 1 as is_open from process where id = ? and effect_number = ?",
      [process, number],
    );
    if (open === undefined) return;
    batch.afterCommit(() => {
      for (const handler of this.handlers()) handler.returned?.(number);
    });
  }

  /**
   * A block that is far behind the others' is left: a job manager remembers only so many of the numbers below the highest it
   * has seen, and takes older ones for used.
   */
  async leaveOldNumbers(tx: Transaction): Promise<void> {
    if (this.#numbers.used >= this.#numbers.reserved) return;
    const row = await tx.get<{ number: number }>("select number from effect_counter where id = 1");
    if ((row?.number ?? 0) - this.#numbers.used > numbersBehindMax) this.#leaveNumbers();
  }

  /** See `raiseNumber` of EffectHost. */
  async raiseNumber(tx: Transaction, atLeast: number): Promise<void> {
    if (atLeast <= this.#numbers.used) return;
    this.#leaveNumbers();
    await tx.run("update effect_counter set number = ? where id = 1 and number < ?", [
      atLeast,
      atLeast,
    ]);
  }

  /** When something was rolled back: it may have been what reserved the numbers. Those that it used are never used again. */
  forgetNumbers(): void {
    if (!this.#isReserved) this.#leaveNumbers();
  }

  #leaveNumbers(): void {
    this.#numbers = { used: 0, reserved: 0 };
  }

  /** Numbers are reserved on disk a block at a time; those that a crash leaves over are never used. */
  async #reserve(batch: Batch): Promise<void> {
    this.#isReserved = false;
    const row = await batch.transaction.get<{ number: number }>(
      "update effect_counter set number = number + ? where id = 1 returning number",
      [numbersReserved],
    );
    assert(row !== undefined, "the effect counter is missing");
    this.#numbers = { used: row.number - numbersReserved, reserved: row.number };
    batch.afterCommit(() => {
      this.#isReserved = true;
    });
  }

  #handlerOf(wait: Wait): EffectHandler {
    const handler = this.#handlers.get(effectKind(wait) ?? "");
    assert(handler !== undefined, `no handler for ${wait.kind}`);
    return handler;
  }
}

function effectKind(wait: Wait): string | undefined {
  if (wait.kind === "command") return "command";
  return wait.kind === "external" ? `external:${wait.name}` : undefined;
}
