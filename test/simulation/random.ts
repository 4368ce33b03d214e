import { mix } from "../fuzz/choices.ts";

/** Numbers that a seed repeats (mulberry32). Each stream of a seed is its own: what one draws does not move the others. */
export class Random {
  #state: number;

  constructor(seed: number, stream = 0) {
    this.#state = mix(Math.imul(seed, 0x9e37_79b1) ^ mix(stream + 1));
  }

  /** From 0 to before 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to before the bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** From `least` to before `most`. */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** Mostly near `least`, seldom near `most`: as things outside take their time. */
  mostlyNear(least: number, most: number): number {
    const drawn = this.next();
    return least + drawn ** 6 * (most - least);
  }

  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)] as T;
  }
}
