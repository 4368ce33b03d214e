/** A measured figure: ours and the peers', each with one value a run. */
export interface Figure {
  /** Such as `alert/message-to-command/p50`. */
  name: string;
  unit: string;
  runs: readonly number[];
  /** What stood beside us in the same runs; a peer that cannot be had is absent. */
  peers: Readonly<Record<string, readonly number[]>>;
}

/** One line for programs: the median of the runs, with minimum and maximum. */
export function toJson({ name, unit, runs, peers }: Figure): string {
  return JSON.stringify({
    name,
    value: round(median(runs)),
    unit,
    min: round(Math.min(...runs)),
    max: round(Math.max(...runs)),
    runs: runs.length,
    peers: Object.fromEntries(
      Object.entries(peers).map(([peer, values]) => [peer, round(median(values))]),
    ),
  });
}

/** A row for people: name, median, minimum and maximum, and each peer's median with its ratio to ours. */
export function toRow({ name, unit, runs, peers }: Figure): string[] {
  const ours = median(runs);
  const beside = Object.entries(peers).map(([peer, values]) => {
    const theirs = median(values);
    return `${peer} ${show(theirs)} ${unit} (${show(theirs / ours)}×)`;
  });
  const range = `${show(Math.min(...runs))} – ${show(Math.max(...runs))}`;
  return [name, `${show(ours)} ${unit}`, range, String(runs.length), beside.join(", ")];
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that at least so many percent do not exceed; between two middle ones for an even median. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) =>
    sorted[Math.min(Math.max(index, 0), sorted.length - 1)] ?? Number.NaN;
  const rank = (percent / 100) * sorted.length;
  return percent === 50 && Number.isInteger(rank)
    ? (at(rank - 1) + at(rank)) / 2
    : at(Math.ceil(rank) - 1);
}

/** Three significant digits: more is noise. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

const show = (value: number) => round(value).toLocaleString("en", { maximumSignificantDigits: 3 });
