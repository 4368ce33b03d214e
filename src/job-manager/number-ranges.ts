/**
 * Numbers that mostly follow one another, as ranges: a hundred thousand of them are a few bytes, in memory and as text (`1-170,180`).
 */
export class NumberRanges {
  /** Ascending, disjoint, and never adjacent. */
  readonly #ranges: [first: number, last: number][] = [];

  static from(numbers: Iterable<number>): NumberRanges {
    const ranges = new NumberRanges();
    for (const number of numbers) ranges.add(number);
    return ranges;
  }

  static parse(text: string): NumberRanges {
    const ranges = new NumberRanges();
    for (const part of text === "" ? [] : text.split(",")) {
      const [first, last = first] = part.split("-").map(Number) as [number, number?];
      ranges.#ranges.push([first, last]);
    }
    return ranges;
  }

  toString(): string {
    return this.#ranges
      .map(([first, last]) => (first === last ? String(first) : `${first}-${last}`))
      .join(",");
  }

  /** The largest, or 0. */
  get highest(): number {
    return this.#ranges.at(-1)?.[1] ?? 0;
  }

  has(number: number): boolean {
    const range = this.#ranges[this.#before(number)];
    return range !== undefined && number <= range[1];
  }

  add(number: number): void {
    const at = this.#before(number);
    const before = this.#ranges[at];
    if (before !== undefined && number <= before[1]) return;
    const after = this.#ranges[at + 1];
    const followsBefore = before?.[1] === number - 1;
    const precedesAfter = after?.[0] === number + 1;
    if (followsBefore && precedesAfter) {
      before[1] = after[1];
      this.#ranges.splice(at + 1, 1);
    } else if (followsBefore) before[1] = number;
    else if (precedesAfter) after[0] = number;
    else this.#ranges.splice(at + 1, 0, [number, number]);
  }

  remove(number: number): void {
    const at = this.#before(number);
    const range = this.#ranges[at];
    if (range === undefined || number > range[1]) return;
    const [first, last] = range;
    const left: [number, number][] = [];
    if (first < number) left.push([first, number - 1]);
    if (number < last) left.push([number + 1, last]);
    this.#ranges.splice(at, 1, ...left);
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [first, last] of this.#ranges) {
      for (let number = first; number <= last; number += 1) yield number;
    }
  }

  /** Leaves out all up to that one. */
  dropUpTo(number: number): void {
    let gone = 0;
    while ((this.#ranges[gone]?.[1] ?? Infinity) <= number) gone += 1;
    this.#ranges.splice(0, gone);
    const [first] = this.#ranges;
    if (first !== undefined && first[0] <= number) first[0] = number + 1;
  }

  /** The index of the last range that begins at or before a number; -1: there is none. */
  #before(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    // Most are asked for in their order, so at the end.
    if (high > 0 && (this.#ranges[high - 1]?.[0] ?? 0) <= number) return high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[0] ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
