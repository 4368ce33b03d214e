/**
 * Simulated time: one thing after another, in the order of moments that a seed draws. Nothing here looks at a real clock.
 *
 *   host    a computer with a wall clock of its own; it may stand still
 *   life    one start of a program on a host, up to its end; what it had planned ends with it
 *   event   something that happens at a moment, in a life or in the world outside
 *
 * Invariants:
 *   S1  Promises that an event resolves are followed to their end before the next event.
 *   S2  Whatever code plans (`setImmediate`, timers of the clock) belongs to the life in which it runs.
 *   S3  A dead life does nothing any more; one whose host stands still does it when that goes on.
 *   S4  What was planned by `setImmediate` runs in its order, as in an event loop; `fuse` ends a life in the middle of that.
 */
import type { Clock } from "#kernel";
import { Random } from "./random.ts";

export interface Event {
  at: number;
  readonly order: number;
  readonly life: Life | null;
  readonly label: string;
  readonly run: () => void | Promise<void>;
  isTaken: boolean;
}

export interface Host {
  readonly name: string;
  /** How far its wall clock is off. */
  skewMs: number;
  standsUntil: number;
}

export interface Immediate {
  callback: () => void;
  isTaken: boolean;
}

const planImmediate = globalThis.setImmediate;

/** Until every promise that can be followed is. */
export function drained(): Promise<void> {
  return new Promise((resolve) => planImmediate(resolve));
}

export class Scheduler {
  readonly random: Random;
  /** Milliseconds since the epoch, with fractions. */
  now = Date.UTC(2026, 0, 1);
  /** The life whose code runs. */
  current: Life | null = null;
  steps = 0;
  readonly #heap = new Heap();
  #order = 0;
  readonly #startedAt = this.now;
  readonly #onEvent: (event: Event) => void;

  constructor(random: Random, onEvent: (event: Event) => void = () => undefined) {
    this.random = random;
    this.#onEvent = onEvent;
  }

  /** Since the beginning. */
  get elapsedMs(): number {
    return this.now - this.#startedAt;
  }

  after(delayMs: number, life: Life | null, label: string, run: () => void | Promise<void>): Event {
    return this.at(this.now + Math.max(0, delayMs), life, label, run);
  }

  at(moment: number, life: Life | null, label: string, run: () => void | Promise<void>): Event {
    this.#order += 1;
    const event: Event = {
      at: Math.max(moment, this.now),
      order: this.#order,
      life,
      label,
      run,
      isTaken: false,
    };
    this.#heap.push(event);
    return event;
  }

  /** Does what is next. False if nothing is planned before that moment. */
  async step(until: number): Promise<boolean> {
    for (;;) {
      const event = this.#heap.first();
      if (event === undefined || event.at > until) return false;
      this.#heap.pop();
      if (event.isTaken || event.life?.isDead === true) continue;
      this.now = Math.max(this.now, event.at);
      const { life } = event;
      if (life !== null && life.host.standsUntil > this.now) {
        event.at = life.host.standsUntil;
        this.#heap.push(event);
        continue;
      }
      this.steps += 1;
      this.#onEvent(event);
      await this.runIn(life, event.run);
      return true;
    }
  }

  /** (S1) */
  async runIn(life: Life | null, run: () => void | Promise<void>): Promise<void> {
    this.current = life;
    await run();
    await drained();
    this.current = null;
  }
}

export class Life {
  readonly name: string;
  readonly host: Host;
  readonly clock: Clock;
  isDead = false;
  /** After so many more steps of its event loop it dies. */
  fuse: number | undefined;
  readonly #scheduler: Scheduler;
  readonly #onEnd: () => void;
  #immediates: Immediate[] = [];

  constructor(scheduler: Scheduler, host: Host, name: string, onEnd: () => void) {
    this.#scheduler = scheduler;
    this.host = host;
    this.name = name;
    this.#onEnd = onEnd;
    this.clock = {
      now: () => Math.floor(scheduler.now + host.skewMs),
      after: (delayMs, callback) => {
        // The timers of a computer count what passes, whatever its wall clock says; they are up to a millisecond late.
        const delay = Math.max(0, delayMs) + scheduler.random.next();
        const event = scheduler.after(delay, this, "timer", callback);
        return () => void (event.isTaken = true);
      },
    };
  }

  plan(callback: () => void): Immediate {
    const immediate = { callback, isTaken: false };
    this.#immediates.push(immediate);
    if (this.#immediates.length === 1) {
      this.#scheduler.after(this.#scheduler.random.mostlyNear(0.01, 3), this, "turn", () =>
        this.#turn(),
      );
    }
    return immediate;
  }

  /** kill -9 */
  end(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#immediates = [];
    this.#onEnd();
  }

  async #turn(): Promise<void> {
    const planned = this.#immediates;
    this.#immediates = [];
    for (const immediate of planned) {
      if (this.isDead) return;
      if (!immediate.isTaken) immediate.callback();
      await drained();
      this.burn();
    }
  }

  /** One step towards the end of the fuse, if there is one. */
  burn(): void {
    if (this.fuse === undefined) return;
    this.fuse -= 1;
    if (this.fuse <= 0) this.end();
  }
}

/** The event that is next, first. */
class Heap {
  readonly #events: Event[] = [];

  first(): Event | undefined {
    return this.#events[0];
  }

  push(event: Event): void {
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(events[parent] as Event, event)) break;
      events[at] = events[parent] as Event;
      at = parent;
    }
    events[at] = event;
  }

  pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      const right = events[child + 1];
      if (right !== undefined && isBefore(right, events[child] as Event)) child += 1;
      if (isBefore(last, events[child] as Event)) break;
      events[at] = events[child] as Event;
      at = child;
    }
    events[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
