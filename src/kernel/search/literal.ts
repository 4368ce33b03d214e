import type { Literal } from "./search-tree.ts";

const forms: readonly [RegExp, (text: string) => Literal][] = [
  [/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, (text) => ({ kind: "number", value: Number(text) })],
  [/^\d{4}-\d\d-\d\d$/, (value) => ({ kind: "date", value })],
  [
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
    (value) => ({ kind: "time", value }),
  ],
  [/^(\d+(\.\d+)?(ms|w|d|h|m|s))+$/, (text) => ({ kind: "duration", value: secondsOf(text) })],
  [/^\//, (value) => ({ kind: "path", value })],
  [/^true$/i, () => ({ kind: "boolean", value: true })],
  [/^false$/i, () => ({ kind: "boolean", value: false })],
  [/^null$/i, () => ({ kind: "null", value: null })],
];

/** What a value means that is written without quotes; a word is a text. */
export function literalOf(bare: string): Literal {
  const form = forms.find(([pattern]) => pattern.test(bare));
  return form === undefined ? { kind: "text", value: bare } : form[1](bare);
}

/** The value as it is written, so that it is read as the same again. */
export function printLiteral({ kind, value }: Literal): string {
  switch (kind) {
    case "text":
      return quote(value);
    case "path":
      // Blanks and brackets would end it.
      return isBare(value) ? value : quote(value);
    case "duration":
      return printSeconds(value);
    case "date":
    case "time":
    case "number":
    case "boolean":
    case "null":
      return String(value);
  }
}

/** Whether the text is one value without quotes. */
export function isBare(text: string): boolean {
  return /^[^\s'"(),=<>!~]+$/u.test(text);
}

export function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}

const unitSeconds = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 } as const;

function secondsOf(text: string): number {
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|w|d|h|m|s)/g)) {
    ms += Number(count) * unitSeconds[unit as keyof typeof unitSeconds] * 1000;
  }
  return Math.round(ms) / 1000;
}

function printSeconds(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
