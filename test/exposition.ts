/** Reads the text format of Prometheus, and throws where a line is not of it. */
export interface ReadSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const help = /^# HELP [a-z_]+ .+$/;
const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/;
const sample = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const label = /([a-z_]+)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gy;

export function readExposition(text: string): ReadSample[] {
  const types = new Map<string, string>();
  const samples: ReadSample[] = [];
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.slice(0, -1).split("\n")) {
    if (help.test(line)) continue;
    const declared = type.exec(line);
    if (declared !== null) {
      const [, name = "", kind = ""] = declared;
      if (types.has(name)) throw new Error(`${name} stands twice`);
      types.set(name, kind);
      continue;
    }
    const [, name, labels = "", value] = sample.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    const family = name.replace(/_(?:bucket|sum|count)$/, "");
    if (!types.has(name) && types.get(family) !== "histogram") {
      throw new Error(`${name} has no type`);
    }
    samples.push({
      name,
      labels: readLabels(labels),
      value: Number(value?.replace("Inf", "Infinity")),
    });
  }
  return samples;
}

function readLabels(text: string): Record<string, string> {
  const found = [...text.matchAll(label)];
  if (found.map(([whole]) => whole).join("") !== text) throw new Error(`no labels: ${text}`);
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value]));
}
