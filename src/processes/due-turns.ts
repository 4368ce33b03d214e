import type { Input, Outcome } from "#machine";
import type { Neighbours } from "./neighbours.ts";
import { removeWaits, type Waiter } from "./waiters.ts";
import type { Batch } from "./work-queue.ts";

/** A process to go on with an input, if it is still at that turn. */
export interface DueTurn {
  process: number;
  turn: number;
  input: Input;
}

/** Turns that a batch's work made due, in the order in which they became so; they run in the same batch if there is room. */
export class DueTurns {
  readonly #neighbours: Neighbours;
  #due: DueTurn[] = [];

  constructor(neighbours: Neighbours) {
    this.#neighbours = neighbours;
  }

  get count(): number {
    return this.#due.length;
  }

  push(due: DueTurn): void {
    this.#due.push(due);
  }

  /** Gives a waiting process its event, on whichever server it is. */
  async wake(batch: Batch, waiter: Waiter, outcome: Outcome): Promise<void> {
    await removeWaits(batch.transaction, waiter.process);
    const { process, turn, wait_index: index, shard } = waiter;
    const input: Input = { kind: "event", index, outcome };
    if (this.#neighbours.owns(shard)) this.push({ process, turn, input });
    else await this.#neighbours.send(batch, { shard, process }, { kind: "wake", turn, input });
  }

  next(): DueTurn | undefined {
    return this.#due.shift();
  }

  /** What became due since there were so many is taken back. */
  cutTo(count: number): void {
    this.#due.length = count;
  }

  forget(): void {
    this.#due = [];
  }
}
