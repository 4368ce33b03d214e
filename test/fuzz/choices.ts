/**
 * All randomness of a generated text: numbers, each smaller than some bound. They come from a seed, or are given to make the same
 * text again. Given fewer or smaller numbers, a generator makes a smaller text, which is how a finding is shrunk:
 * whatever draws has its simplest alternative at 0.
 */
export class Choices {
  /** What was drawn. */
  readonly taken: number[] = [];
  readonly #next: () => number;

  private constructor(next: () => number) {
    this.#next = next;
  }

  /** Those of one program of a run: each has its own, so that it can be made again without those before it. */
  static ofSeed(seed: number, index: number): Choices {
    let state = mix(Math.imul(seed, 0x9e37_79b1) ^ mix(index + 1));
    return new Choices(() => {
      state = (state + 0x9e37_79b9) | 0;
      return mix(state) >>> 0;
    });
  }

  static given(numbers: readonly number[]): Choices {
    let at = 0;
    return new Choices(() => numbers[at++] ?? 0);
  }

  /** From 0 to before the bound. */
  below(bound: number): number {
    const drawn = this.#next() % bound;
    this.taken.push(drawn);
    return drawn;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === times - 1;
  }

  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)] as T;
  }
}

/** The finalizer of MurmurHash3: neighbouring numbers become unrelated ones. */
export function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * The smallest choices found that still fail: parts are left out, then numbers made smaller, until nothing of that
 * helps any more.
 */
export function shrink(
  choices: readonly number[],
  stillFails: (choices: readonly number[]) => boolean,
  attemptsMax = 3000,
): readonly number[] {
  let best = choices;
  let attempts = 0;
  const better = (candidate: readonly number[]): boolean => {
    if (attempts >= attemptsMax) return false;
    attempts += 1;
    if (!stillFails(candidate)) return false;
    best = candidate;
    return true;
  };
  const leaveOut = (): boolean => {
    const { length } = best;
    for (let size = 1 << Math.floor(Math.log2(length || 1)); size >= 1; size >>= 1)
      for (let at = 0; at + size <= best.length;) {
        if (better(best.toSpliced(at, size))) continue;
        const simplest = best.map((each, index) => (index < at || index >= at + size ? each : 0));
        if (simplest.some((each, index) => each !== best[index])) better(simplest);
        at += size;
      }
    return best.length < length;
  };
  const lower = (): boolean => {
    const before = best;
    for (let at = 0; at < best.length; at += 1) {
      const value = best[at] as number;
      const smaller = [...new Set([0, value >> 1, value - 1])].filter((each) => each < value);
      smaller.some((each) => each >= 0 && better(best.with(at, each)));
    }
    return best !== before;
  };
  while (leaveOut() || lower());
  return best;
}
