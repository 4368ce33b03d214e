import type { Soon } from "#kernel";
import { currentLine, type Environment } from "#machine";
import type { DueTurns } from "./due-turns.ts";
import type { Ending } from "./ending.ts";
import type { LiveProcesses } from "./live-processes.ts";
import { BatchSpoilt, isStorageFailure, type Batch } from "./work-queue.ts";

/**
 * Work on one process: where it fails by a fault of ours, the process is set aside as aborted, and all others go on. That goes
 * without a savepoint until a batch had to be taken back (work-queue.ts, I4).
 */
export class GuardedWork {
  readonly #live: LiveProcesses;
  readonly #due: DueTurns;
  readonly #ending: Ending;
  readonly #environment: Environment;
  readonly #forget: () => void;
  readonly #onBug: (process: number, error: unknown) => void;

  constructor(options: {
    live: LiveProcesses;
    due: DueTurns;
    ending: Ending;
    environment: Environment;
    /** Drops all that memory holds. */
    forget: () => void;
    onBug: (process: number, error: unknown) => void;
  }) {
    this.#live = options.live;
    this.#due = options.due;
    this.#ending = options.ending;
    this.#environment = options.environment;
    this.#forget = options.forget;
    this.#onBug = options.onBug;
  }

  do(batch: Batch, id: number, work: (batch: Batch) => Soon<boolean>): Soon<boolean> {
    if (batch.isCareful) return this.#doCarefully(batch, id, work);
    try {
      const done = work(batch);
      return done instanceof Promise ? done.catch(spoil) : done;
    } catch (error) {
      return spoil(error);
    }
  }

  async #doCarefully(
    batch: Batch,
    id: number,
    work: (batch: Batch) => Soon<boolean>,
  ): Promise<boolean> {
    const dueBefore = this.#due.count;
    const actions: (() => void)[] = [];
    const inner: Batch = { ...batch, afterCommit: (action) => void actions.push(action) };
    try {
      const hasRun = await batch.transaction.savepoint(async () => work(inner));
      for (const action of actions) batch.afterCommit(action);
      return hasRun;
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      const state = this.#live.known(id)?.state;
      const place = state === undefined ? null : currentLine(state, this.#environment);
      this.#due.cutTo(dueBefore);
      this.#forget();
      this.#onBug(id, error);
      await this.#ending.setAside(batch, id, error, place);
      return true;
    }
  }
}

function spoil(error: unknown): never {
  if (isStorageFailure(error) || error instanceof BatchSpoilt) throw error;
  throw new BatchSpoilt(error);
}
