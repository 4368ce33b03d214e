import { systemClock, type Clock } from "#kernel";
import { Thread } from "./thread.ts";
import type { ThreadSettings } from "./thread-settings.ts";

/** Long enough that nobody who works waits for its start again; an idle server gives back what a thread costs. */
const idleMaxMs = 10 * 60_000;

/** Of a thread that does not run: no token and no session was used. */
const noUsage = { tokens: [], sessions: [] };

/** The thread that answers people's queries: started by the first one, ended when nobody has asked for a while. */
export class Reader {
  readonly #settings: ThreadSettings;
  readonly #onEnd: (error: unknown) => void;
  readonly #clock: Clock;
  #thread: Thread | undefined;
  #calls = 0;
  #takeBackTimer: () => void = () => undefined;

  constructor(options: {
    settings: ThreadSettings;
    /** It has ended by itself, which is a fault of ours. */
    onEnd: (error: unknown) => void;
    clock?: Clock;
  }) {
    this.#settings = options.settings;
    this.#onEnd = options.onEnd;
    this.#clock = options.clock ?? systemClock;
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  async call(name: string, argument: unknown): Promise<unknown> {
    this.#takeBackTimer();
    this.#calls += 1;
    try {
      const thread = this.#started();
      await thread.isReady;
      return await thread.line.call(name, argument);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#endLater();
    }
  }

  /** Which tokens and sessions it has seen since it was asked last. */
  async takeUsage(): Promise<unknown> {
    return this.#thread?.line.call("take-usage", {}) ?? noUsage;
  }

  async stop(): Promise<void> {
    this.#takeBackTimer();
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.stop();
  }

  #started(): Thread {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Thread("reader", this.#settings, () => undefined, this.#onEnd);
    this.#thread = thread;
    // One that could not open the database is not the one of the next call.
    thread.isReady.catch(() => {
      if (this.#thread === thread) void this.stop();
    });
    return thread;
  }

  #endLater(): void {
    this.#takeBackTimer();
    this.#takeBackTimer = this.#clock.after(idleMaxMs, () => void this.stop());
  }
}
