/**
 * What the house counts about itself while it works: plain numbers in memory, so that counting costs nothing and a thread can
 * send them to the one that shows them. Names and units follow Prometheus: `tsunagi_…_total`, seconds, bytes.
 */

/** A figure with its samples, as it is shown. */
export type Figure =
  | { kind: "counter" | "gauge"; name: string; help: string; samples: Sample[] }
  | { kind: "histogram"; name: string; help: string; samples: HistogramSample[] };

export interface Sample {
  labels: Labels;
  value: number;
}

export interface HistogramSample {
  labels: Labels;
  /** Upper bounds, ascending; what is above the last one is only in `counts` at the end. */
  bounds: readonly number[];
  /** One more than there are bounds: how many fell into each, not cumulated. */
  counts: readonly number[];
  sum: number;
}

export type Labels = Readonly<Record<string, string>>;

/** How often values fell between bounds. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] as number)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  sample(labels: Labels = {}): HistogramSample {
    return { labels, bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum };
  }
}

/** From a fraction of a millisecond to ten seconds. */
export const secondsBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

export function counter(name: string, help: string, value: number | Sample[]): Figure {
  return { kind: "counter", name, help, samples: samplesOf(value) };
}

export function gauge(name: string, help: string, value: number | Sample[]): Figure {
  return { kind: "gauge", name, help, samples: samplesOf(value) };
}

export function histogram(name: string, help: string, samples: HistogramSample[]): Figure {
  return { kind: "histogram", name, help, samples };
}

/** Counts by one label, such as a state. */
export function samplesBy(label: string, counts: ReadonlyMap<string, number>): Sample[] {
  return [...counts].map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function samplesOf(value: number | Sample[]): Sample[] {
  return typeof value === "number" ? [{ labels: {}, value }] : value;
}
