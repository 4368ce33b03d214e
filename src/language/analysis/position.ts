import type { Diagnostic } from "./diagnostic.ts";
import type { Language } from "#kernel";
import { translateDiagnostic, translateSeverity } from "./translation.ts";

/** A place for people: both counted from 1, the column in characters (a character beyond U+FFFF is one). */
export interface Position {
  line: number;
  column: number;
}

/** Finds lines and columns of offsets in one source. Lines end with `\n`, `\r\n` or `\r`. */
export class LineIndex {
  readonly #source: string;
  readonly #starts: number[] = [0];
  /** Where characters beyond U+FFFF have their second half: a place is found without counting its line anew. */
  readonly #halves: number[] = [];

  constructor(source: string) {
    this.#source = source;
    for (let offset = 0; offset < source.length; offset++) {
      const code = source.charCodeAt(offset);
      if (code === 10 || (code === 13 && source.charCodeAt(offset + 1) !== 10))
        this.#starts.push(offset + 1);
      else if (isLowSurrogate(code) && isHighSurrogate(source.charCodeAt(offset - 1)))
        this.#halves.push(offset);
    }
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offsets outside of the source are taken to its nearest end. */
  position(offset: number): Position {
    const inside = Math.min(Math.max(0, offset), this.#source.length);
    const line = countUpTo(this.#starts, inside) - 1;
    const start = this.#starts[line] ?? 0;
    const halves = countUpTo(this.#halves, inside - 1) - countUpTo(this.#halves, start - 1);
    return { line: line + 1, column: inside - start - halves + 1 };
  }

  /** The text of a line, counted from 1, without its end. */
  lineText(line: number): string {
    const end = this.#starts[line] ?? this.#source.length;
    return this.#source.slice(this.#starts[line - 1] ?? 0, end).replace(/\r?\n$|\r$/, "");
  }
}

/** How many of the numbers, in ascending order, are not larger. */
function countUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

/** `file:line:column: error: message (hint)`, in one line. */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source: string,
  file: string,
  language: Language = "en",
): string {
  return formatLine(diagnostic, new LineIndex(source), file, language);
}

/** All of them, in order of place, a line each. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: string,
  file: string,
  language: Language = "en",
): string[] {
  const lines = new LineIndex(source);
  return diagnostics
    .toSorted((a, b) => a.span.start - b.span.start)
    .map((diagnostic) => formatLine(diagnostic, lines, file, language));
}

/** The one line, then the line of the source with the place marked, then the hint. */
export function explainDiagnostic(
  diagnostic: Diagnostic,
  source: string,
  file: string,
  language: Language = "en",
): string {
  const lines = new LineIndex(source);
  const start = lines.position(diagnostic.span.start);
  const end = lines.position(diagnostic.span.end);
  const text = lines.lineText(start.line);
  const characters = Array.from(text);
  const before = characters.slice(0, start.column - 1).join("");
  const marked = characters
    .slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined)
    .join("");
  const number = String(start.line);
  // Tabs stay tabs, so that the caret stands right however wide a tab is.
  const indent = before.replace(/[^\t]+/g, (run) => " ".repeat(displayWidth(run)));
  const explained = [
    formatLine(withoutDetails(diagnostic), lines, file, language),
    `${number} | ${text}`,
    `${" ".repeat(number.length)} | ${indent}${"^".repeat(Math.max(1, displayWidth(marked)))}`,
  ];
  const { hint, related } = translateDiagnostic(diagnostic, language);
  if (related) explained.push(relatedLine(related, lines, language));
  if (hint) explained.push(`${translateSeverity("hint", language)}: ${hint}`);
  return explained.join("\n");
}

function formatLine(
  diagnostic: Diagnostic,
  lines: LineIndex,
  file: string,
  language: Language,
): string {
  const { line, column } = lines.position(diagnostic.span.start);
  const { message, hint, related } = translateDiagnostic(diagnostic, language);
  const elsewhere = related ? `; ${relatedLine(related, lines, language)}` : "";
  const severity = translateSeverity(diagnostic.severity, language);
  return `${file}:${line}:${column}: ${severity}: ${message}${elsewhere}${hint ? ` (${hint})` : ""}`;
}

function withoutDetails({ code, severity, span, message }: Diagnostic): Diagnostic {
  return { code, severity, span, message };
}

function relatedLine(
  { span, message }: NonNullable<Diagnostic["related"]>,
  lines: LineIndex,
  language: Language,
): string {
  const { line } = lines.position(span.start);
  return language === "ja" ? `${line}行目: ${message}` : `line ${line}: ${message}`;
}

/** How many columns a terminal gives a text: East Asian wide and full-width characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (combining.test(character)) continue;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

/** Marks and formatting characters, such as a zero-width joiner, stand on the character before. */
const combining = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** The blocks of Unicode's East Asian Width that are wide as wholes. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff01 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
