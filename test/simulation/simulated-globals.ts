/**
 * Takes from the code under simulation what would tell one run from another: the event loop, the clock, and chance. Only for
 * a program that does nothing else.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import type { Immediate, Scheduler } from "./scheduler.ts";

let running: Scheduler | undefined;

/** All of this program's code lives in that simulation from now on; undefined: in none. */
export function simulateIn(scheduler: Scheduler | undefined): void {
  install();
  running = scheduler;
}

let isInstalled = false;

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const real = {
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
    setTimeout: globalThis.setTimeout,
    dateNow: Date.now,
    random: Math.random,
    performanceNow: performance.now.bind(performance),
    randomUUID: crypto.randomUUID,
    randomBytes: crypto.randomBytes,
  };

  const plan = (callback: (...given: unknown[]) => void, ...given: unknown[]): unknown =>
    running?.current == null
      ? real.setImmediate(callback, ...given)
      : running.current.plan(() => callback(...given));
  Object.assign(globalThis, {
    setImmediate: plan,
    clearImmediate: (planned: unknown) => {
      if (isOurs(planned)) planned.isTaken = true;
      else real.clearImmediate(planned as NodeJS.Immediate);
    },
    setTimeout: (callback: () => void, delay?: number) => {
      if (running?.current == null) return real.setTimeout(callback, delay);
      throw new Error("code under simulation uses a real timer; its clock is to be injected");
    },
  });
  Date.now = () => running?.current?.clock.now() ?? real.dateNow();
  Math.random = () => running?.random.next() ?? real.random();
  // It stands still within an event: no budget of time is used up.
  performance.now = () => running?.now ?? real.performanceNow();

  const bytes = (size: number): Buffer<ArrayBuffer> => {
    if (running === undefined) return real.randomBytes(size);
    const drawn = Buffer.alloc(size);
    for (let at = 0; at < size; at += 1) drawn[at] = running.random.below(256);
    return drawn;
  };
  Object.assign(crypto, {
    randomBytes: bytes,
    randomUUID: () => {
      if (running === undefined) return real.randomUUID();
      const hex = bytes(16).toString("hex");
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
        .concat(hex.slice(20))
        .join("-");
    },
  });
  syncBuiltinESMExports();
}

function isOurs(planned: unknown): planned is Immediate {
  return typeof planned === "object" && planned !== null && "isTaken" in planned;
}
