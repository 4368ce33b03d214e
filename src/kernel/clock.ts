/** The time and the timers of the world; tests and simulations bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after the delay; the returned function takes the timer back. */
  after(delayMs: number, callback: () => void): () => void;
}

// Node.js turns longer delays into 1 ms.
const delayMaxMs = 2 ** 31 - 1;

/** The machine's own clock. Its timers do not keep the program running. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), delayMaxMs));
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer);
  },
};
