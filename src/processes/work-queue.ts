import { TsunagiError, type Clock, type Soon } from "#kernel";
import type { Database } from "#database";
import { LateWrites } from "./late-writes.ts";

/** What a piece of work sees: the transaction it shares with others, and what is to happen after the commit. */
export interface Batch {
  readonly transaction: LateWrites;
  readonly now: number;
  /** A turn of it went wrong before: each of them is now to guard itself by a savepoint, which is dear. */
  readonly isCareful: boolean;
  /** Called after the commit, in order. What leaves the house leaves here. */
  afterCommit(action: () => void): void;
}

/** Thrown by work that has spoilt its batch: all of it is taken back and done again, carefully. */
export class BatchSpoilt extends Error {
  override name = "BatchSpoilt";
  constructor(cause: unknown) {
    super("a turn went wrong that was not guarded", { cause });
  }
}

/** What a commit was. */
export interface Commit {
  /** How many pieces of work shared it. */
  works: number;
  /** From the beginning of the transaction to its end on disk. */
  batchMs: number;
  commitMs: number;
}

interface Entry {
  work: (batch: Batch) => Soon<unknown>;
  /** Work of the engine's own waits for better times when nothing can be written; a person is told. */
  isPatient: boolean;
  /** It takes back by itself what it wrote and does not want. */
  isGuarded: boolean;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** What became of an entry. */
type Outcome = { value: unknown } | { error: unknown };
const unknownYet: Outcome = { error: undefined };

// A pump takes at most this many and at most this long, so that nobody behind it waits longer than some milliseconds.
const batchSizeMax = 1000;
const batchTimeMaxMs = 8;

/** How long the engine's own work waits after the database could not be written. */
const pauseAfterFailureMs = 1000;

/**
 * The one writer of the house. All that is waiting when it begins shares one transaction (group commit): while one
 * commit runs, the next batch gathers by itself, so there is no time window to tune.
 *
 *   I1  Nothing that a piece of work did is seen, and no promise of it resolves, before the commit.
 *   I2  A piece that rejects takes back only what it wrote itself; its neighbours go on.
 *   I3  When the commit fails, `onRollback` is told first: what memory holds is ahead of the disk.
 *   I4  Turns hardly ever go wrong, so none of them has a savepoint. When one does, its batch is taken back and done again with one
 *       for each, which costs nothing but time: nothing has left the house.
 */
export class WorkQueue {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #onRollback: () => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #onCommit: (commit: Commit) => void;
  #queue: Entry[] = [];
  #isPumping = false;
  #isPaused = false;
  #isClosed = false;
  #isCareful = false;
  #failure: TsunagiError | undefined;
  /** Since when something has been waiting without a commit in between. */
  #waitingSince: number | undefined;

  constructor(options: {
    database: Database;
    clock: Clock;
    onRollback: () => void;
    onFailure: (error: unknown) => void;
    onCommit: (commit: Commit) => void;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#onRollback = options.onRollback;
    this.#onFailure = options.onFailure;
    this.#onCommit = options.onCommit;
  }

  /** Why nothing can be written at the moment, or undefined. */
  get failure(): TsunagiError | undefined {
    // The database knows by itself when it can be reached again.
    const isOver = this.#failure?.code === "DATABASE_UNREACHABLE";
    return this.#database.failure ?? (isOver ? undefined : this.#failure);
  }

  /** How many pieces of work wait. */
  get length(): number {
    return this.#queue.length;
  }

  /** How long nothing has been committed although something waited, in milliseconds. */
  get waitMs(): number {
    return this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
  }

  submit<T>(
    work: (batch: Batch) => Soon<T>,
    options: { isPatient?: boolean; isGuarded?: boolean } = {},
  ): Promise<T> {
    if (this.#isClosed) {
      return Promise.reject(
        new TsunagiError("SERVER_UNREACHABLE", "the server is stopping", {
          hint: "try again when it has started",
        }),
      );
    }
    const unreachable = this.#database.failure;
    if (unreachable !== undefined && options.isPatient !== true) return Promise.reject(unreachable);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        work,
        isPatient: options.isPatient ?? false,
        isGuarded: options.isGuarded ?? false,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#schedule();
    });
  }

  /** Takes nothing new; resolves when what was taken is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settled();
  }

  /** Resolves when all that was taken is done, and what that brought with it. */
  async settled(): Promise<void> {
    while (this.#isPumping || (this.#queue.length > 0 && !this.#isPaused)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #schedule(): void {
    if (this.#isPumping || this.#isPaused) return;
    this.#isPumping = true;
    setImmediate(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    this.#waitingSince ??= performance.now();
    let begunAt = 0;
    let workedAt = 0;
    const taken: { entry: Entry; outcome: Outcome }[] = [];
    const actions: (() => void)[] = [];
    let committed = false;
    try {
      await this.#database.write(async (transaction) => {
        // It is run again where the transaction met another program's.
        if (taken.length > 0) {
          this.#takeBack(taken);
          actions.length = 0;
        }
        const batch: Batch = {
          transaction: new LateWrites(transaction),
          now: this.#clock.now(),
          isCareful: this.#isCareful,
          afterCommit: (action) => void actions.push(action),
        };
        begunAt = performance.now();
        while (this.#queue.length > 0 && taken.length < batchSizeMax) {
          if (taken.length > 0 && performance.now() - begunAt > batchTimeMaxMs) break;
          const entry = this.#queue.shift() as Entry;
          const item: { entry: Entry; outcome: Outcome } = { entry, outcome: unknownYet };
          taken.push(item);
          const outcome = this.#perform(batch, entry, actions);
          // Hundreds share a batch, and most are done at once.
          item.outcome = outcome instanceof Promise ? await outcome : outcome;
        }
        await batch.transaction.flush();
        workedAt = performance.now();
      });
      committed = true;
      this.#isCareful = false;
      this.#failure = undefined;
    } catch (error) {
      if (error instanceof BatchSpoilt) {
        this.#isCareful = true;
        this.#takeBack(taken);
      } else this.#giveBack(taken, error);
    }
    this.#isPumping = false;
    if (committed || this.#queue.length === 0) this.#waitingSince = undefined;
    if (committed) {
      for (const action of actions) action();
      const endedAt = performance.now();
      this.#onCommit({
        works: taken.length,
        batchMs: endedAt - begunAt,
        commitMs: endedAt - workedAt,
      });
      for (const { entry, outcome } of taken) {
        if ("value" in outcome) entry.resolve(outcome.value);
        else entry.reject(outcome.error);
      }
    }
    if (this.#queue.length > 0) this.#schedule();
  }

  #perform(batch: Batch, entry: Entry, actions: (() => void)[]): Soon<Outcome> {
    const before = actions.length;
    const failed = (error: unknown): Outcome => {
      if (isStorageFailure(error) || error instanceof BatchSpoilt) throw error;
      // What guards itself has kept what it wrote before, and so what follows from that.
      if (!entry.isGuarded) actions.length = before;
      this.#onRollback();
      return { error };
    };
    try {
      const value = entry.isGuarded
        ? entry.work(batch)
        : batch.transaction.savepoint(async () => entry.work(batch));
      return value instanceof Promise
        ? value.then((given) => ({ value: given }), failed)
        : { value };
    } catch (error) {
      return failed(error);
    }
  }

  /** All of it is to be done once more. */
  #takeBack(taken: { entry: Entry }[]): void {
    this.#queue.unshift(...taken.splice(0).map(({ entry }) => entry));
    this.#onRollback();
  }

  #giveBack(taken: readonly { entry: Entry }[], error: unknown): void {
    this.#onRollback();
    const failure = isStorageFailure(error)
      ? (error as TsunagiError)
      : new TsunagiError("STORAGE_FAILED", "the database could not be written", { cause: error });
    // An outage is said once, not at every attempt.
    if (this.#failure?.code !== failure.code) this.#onFailure(error);
    this.#failure = failure;
    // Where not even a transaction could be begun, that is true for all that wait.
    const refused = taken.length > 0 ? taken.map(({ entry }) => entry) : this.#queue.splice(0);
    for (const entry of refused) if (!entry.isPatient) entry.reject(failure);
    const patient = refused.filter((entry) => entry.isPatient);
    this.#queue.unshift(...patient);
    if (patient.length === 0) return;
    this.#isPaused = true;
    this.#clock.after(pauseAfterFailureMs, () => {
      this.#isPaused = false;
      if (this.#queue.length > 0) this.#schedule();
    });
  }
}

const storageFailures: ReadonlySet<string> = new Set([
  "STORAGE_FULL",
  "STORAGE_FAILED",
  "DATABASE_UNREACHABLE",
  "SERVER_REPLACED",
  "COMMIT_UNKNOWN",
]);

/** Whether the disk or the database said no, and not the work itself. */
export function isStorageFailure(error: unknown): boolean {
  return error instanceof TsunagiError && storageFailures.has(error.code);
}
