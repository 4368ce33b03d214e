import type { Database, Seat } from "#database";
import {
  fromErrorRecord,
  toErrorRecord,
  TsunagiError,
  type Clock,
  type ErrorRecord,
} from "#kernel";
import { hints, type Neighbours } from "./neighbours.ts";
import type { Batch } from "./work-queue.ts";

/** What people ask of a process goes to the server that has it, and its answer comes back. */
export type CallListener = (batch: Batch, request: unknown) => Promise<unknown>;

type Answer = { value: unknown } | { error: ErrorRecord };

/** An answer is looked for at least that often: hints may be lost. */
const lookEveryMs = 500;
/** Two leases: so that a server which takes over has its chance. */
const leasesToWait = 2;
const answersKeptMs = 3600_000;

export class Relay {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #seat: Seat;
  readonly #neighbours: Neighbours;
  readonly #perform: <T>(work: (batch: Batch) => Promise<T>) => Promise<T>;
  #waiting = new Set<() => void>();

  constructor(options: {
    database: Database;
    clock: Clock;
    seat: Seat;
    neighbours: Neighbours;
    perform: <T>(work: (batch: Batch) => Promise<T>) => Promise<T>;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#seat = options.seat;
    this.#neighbours = options.neighbours;
    this.#perform = options.perform;
    this.#seat.onHint((text) => {
      if (text === hints.answers) for (const look of this.#waiting) look();
    });
  }

  /** Resolves with the answer. SERVER_UNREACHABLE if none comes; then nothing was done. */
  async ask(to: { shard: number; process: number }, request: unknown): Promise<unknown> {
    const { arrivals } = this.#neighbours;
    const id = await this.#perform((batch) =>
      this.#neighbours.send(batch, to, { kind: "call", request }),
    );
    const until = this.#clock.now() + leasesToWait * this.#seat.leaseMs;
    for (;;) {
      const found = await this.#database.read((tx) => arrivals.findAnswer(tx, id));
      if (found !== undefined) {
        void this.#forget(id);
        const answer = found.answer as Answer;
        if ("error" in answer) throw fromErrorRecord(answer.error);
        return answer.value;
      }
      // One that was taken is being answered.
      if (this.#clock.now() > until && (await this.#withdraw(id))) throw unanswered(to.process);
      await this.#nextLook();
    }
  }

  /** Does what another server's caller asks for, in one transaction with the answer. */
  async answer(id: number, listener: CallListener): Promise<void> {
    const { arrivals } = this.#neighbours;
    const isDone = await this.#perform(async (batch) => {
      const arrival = await arrivals.take(batch.transaction, id);
      if (arrival?.kind !== "call") return;
      const value = await listener(batch, arrival.request);
      await this.#say(batch, id, { value: value ?? null });
    }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof TsunagiError && error.code === "SERVER_REPLACED") throw error;
        return error;
      },
    );
    if (isDone === true) return;
    // What it wrote was taken back, its arrival with it.
    await this.#perform(async (batch) => {
      if ((await arrivals.take(batch.transaction, id)) === undefined) return;
      await this.#say(batch, id, { error: toErrorRecord(isDone) });
    });
  }

  async #say(batch: Batch, id: number, answer: Answer): Promise<void> {
    await this.#neighbours.arrivals.answer(batch.transaction, id, answer, batch.now);
    batch.afterCommit(() => this.#seat.hint(hints.answers));
  }

  #withdraw(id: number): Promise<boolean> {
    return this.#perform((batch) => this.#neighbours.arrivals.withdraw(batch.transaction, id));
  }

  async #forget(id: number): Promise<void> {
    await this.#perform(
      (batch) =>
        this.#neighbours.arrivals.forgetAnswers(batch.transaction, {
          id,
          before: batch.now - answersKeptMs,
        }),
      // It goes with a later one.
    ).catch(() => undefined);
  }

  #nextLook(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        takeBack();
        this.#waiting.delete(look);
        resolve();
      };
      const takeBack = this.#clock.after(lookEveryMs, look);
      this.#waiting.add(look);
    });
  }
}

function unanswered(process: number): TsunagiError {
  return new TsunagiError(
    "SERVER_UNREACHABLE",
    `the server that has /process/${process} does not answer`,
    { hint: "nothing was done; try again when another server has taken over" },
  );
}
