import type { Clock } from "#kernel";

/**
 * Live updates as the pages see them: one connection for all of them, opened when the first topic is watched.
 * A hint says that a topic may have changed, and the page reads again. After a break all topics are watched
 * anew, and a watch begins with a hint, so nothing is missed.
 *
 * States: `live` (connected) → `reconnecting` (broken, for at most {@link staleAfterMs}) → `stale` (since when).
 */

export type LiveState =
  | { kind: "idle" }
  | { kind: "live" }
  | { kind: "reconnecting"; since: number }
  | { kind: "stale"; since: number };

export interface LiveConnection {
  send: (text: string) => void;
}

/** What a connection tells. */
export interface LiveEvents {
  opened: () => void;
  message: (text: string) => void;
  /** Also when it could not be opened. */
  closed: () => void;
}

export type Connect = (events: LiveEvents) => LiveConnection;

// A break this short is not worth a word.
const staleAfterMs = 2_000;

const firstDelayMs = 500;
const delayMaxMs = 10_000;

export class Live {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #stateListeners = new Set<() => void>();
  readonly #connect: Connect;
  readonly #clock: Clock;
  #connection: LiveConnection | undefined;
  #isOpen = false;
  #delayMs = firstDelayMs;
  #state: LiveState = { kind: "idle" };

  constructor(options: { connect: Connect; clock: Clock }) {
    this.#connect = options.connect;
    this.#clock = options.clock;
  }

  get state(): LiveState {
    return this.#state;
  }

  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  /** Calls back whenever the topic may have changed; the returned function ends that. */
  watch(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    if (listeners.size === 0) this.#send({ watch: topic });
    this.#listeners.set(topic, listeners.add(listener));
    if (this.#connection === undefined && this.#state.kind === "idle") this.#open();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.#listeners.delete(topic);
      this.#send({ unwatch: topic });
    };
  }

  #open(): void {
    this.#connection = this.#connect({
      opened: () => {
        this.#isOpen = true;
        this.#delayMs = firstDelayMs;
        this.#setState({ kind: "live" });
        for (const topic of this.#listeners.keys()) this.#send({ watch: topic });
      },
      message: (text) => this.#take(text),
      closed: () => this.#lost(),
    });
  }

  #take(text: string): void {
    const { changed } = JSON.parse(text) as { changed?: string };
    if (changed === undefined) return;
    for (const listener of this.#listeners.get(changed) ?? []) listener();
  }

  #lost(): void {
    this.#isOpen = false;
    this.#connection = undefined;
    if (this.#state.kind === "live" || this.#state.kind === "idle") {
      const since = this.#clock.now();
      this.#setState({ kind: "reconnecting", since });
      this.#clock.after(staleAfterMs, () => {
        const isSameBreak = this.#state.kind === "reconnecting" && this.#state.since === since;
        if (isSameBreak) this.#setState({ kind: "stale", since });
      });
    }
    this.#clock.after(this.#delayMs, () => this.#open());
    this.#delayMs = Math.min(this.#delayMs * 2, delayMaxMs);
  }

  #send(message: { watch: string } | { unwatch: string }): void {
    if (this.#isOpen) this.#connection?.send(JSON.stringify(message));
  }

  #setState(state: LiveState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
