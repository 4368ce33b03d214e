import type { Figure, Labels } from "./figures.ts";

/** Writes figures in the text format of Prometheus, version 0.0.4. Figures of one name, as of several threads, stand together. */
export function writeExposition(figures: readonly Figure[]): string {
  const byName = new Map<string, Figure[]>();
  for (const figure of figures) {
    const known = byName.get(figure.name);
    if (known === undefined) byName.set(figure.name, [figure]);
    else known.push(figure);
  }
  const lines: string[] = [];
  for (const [name, all] of byName) {
    const [first] = all;
    if (first === undefined) continue;
    lines.push(`# HELP ${name} ${escapeHelp(first.help)}`, `# TYPE ${name} ${first.kind}`);
    for (const figure of all) lines.push(...sampleLines(figure));
  }
  return `${lines.join("\n")}\n`;
}

function sampleLines(figure: Figure): string[] {
  if (figure.kind !== "histogram") {
    return figure.samples.map(({ labels, value }) => line(figure.name, labels, value));
  }
  return figure.samples.flatMap(({ labels, bounds, counts, sum }) => {
    let count = 0;
    const buckets = counts.map((each, index) => {
      count += each;
      const le = index < bounds.length ? String(bounds[index]) : "+Inf";
      return line(`${figure.name}_bucket`, { ...labels, le }, count);
    });
    return [
      ...buckets,
      line(`${figure.name}_sum`, labels, sum),
      line(`${figure.name}_count`, labels, count),
    ];
  });
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
