/**
 * Reads CSV (RFC 4180, UTF-8, with or without a byte order mark) as it comes, and says of each row in which line it begins.
 * It never throws for what is wrong in a row: the row is given as a fault, and the next line is read again.
 */

import { decodeUtf8 } from "./text-lines.ts";

/** A row that could be read, or why not. */
export type CsvRow = { line: number; cells: string[] } | { line: number; fault: string };

/** Longer rows come from a quotation mark that is never closed. */
const rowLengthMax = 4 * 1024 * 1024;

export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  { separator = "," }: { separator?: string } = {},
): AsyncGenerator<CsvRow> {
  const reader = new CsvReader(separator);
  for await (const text of decodeUtf8(chunks)) yield* reader.take(text);
  yield* reader.end();
}

type State = "begin" | "plain" | "quoted" | "quote in quoted" | "skip";

class CsvReader {
  readonly #separator: string;
  #state: State = "begin";
  #line = 1;
  #rowLine = 1;
  #column = 1;
  #cells: string[] = [];
  #cell = "";
  #length = 0;
  #fault: string | undefined;
  #afterReturn = false;

  constructor(separator: string) {
    this.#separator = separator;
  }

  *take(text: string): Generator<CsvRow> {
    let from = 0;
    while (from < text.length) {
      from = this.#run(text, from);
      if (from >= text.length) return;
      const character = text[from] ?? "";
      from += 1;
      yield* this.#step(character);
    }
  }

  *end(): Generator<CsvRow> {
    if (this.#state === "quoted") {
      this.#fault = `a quotation mark is opened and never closed`;
    }
    const isEmpty = this.#cells.length === 0 && this.#cell === "" && this.#state === "begin";
    if (!isEmpty || this.#fault !== undefined) yield* this.#endRow();
  }

  /** Takes all that goes on as it is, in one piece; gives where something else stands. */
  #run(text: string, from: number): number {
    if (this.#state === "begin" || this.#state === "quote in quoted") return from;
    let to = from;
    const isQuoted = this.#state === "quoted";
    while (to < text.length) {
      const character = text[to];
      if (character === "\n" || character === "\r" || character === '"') break;
      if (!isQuoted && character === this.#separator) break;
      to += 1;
    }
    if (to === from) return from;
    if (this.#state !== "skip") this.#cell += text.slice(from, to);
    this.#length += to - from;
    this.#column += to - from;
    this.#afterReturn = false;
    if (this.#length > rowLengthMax)
      this.#fail("the row is too long; is a quotation mark left open?");
    return to;
  }

  *#step(character: string): Generator<CsvRow> {
    const isBreak = character === "\n" || character === "\r";
    // A line ends with CR LF, LF or CR.
    if (character === "\n" && this.#afterReturn) {
      this.#afterReturn = false;
      if (this.#state === "quoted") this.#cell += character;
      return;
    }
    this.#afterReturn = character === "\r";
    if (isBreak && this.#state !== "quoted") {
      yield* this.#endRow();
      this.#line += 1;
      this.#rowLine = this.#line;
      this.#column = 1;
      return;
    }
    if (isBreak) {
      this.#line += 1;
      this.#column = 0;
    }
    this.#column += 1;
    switch (this.#state) {
      case "begin":
        this.#begin(character);
        return;
      case "plain":
        if (character === this.#separator) this.#endCell();
        else if (character === '"') {
          this.#fail("a quotation mark inside of a cell that does not begin with one");
        }
        return;
      case "quoted":
        if (character === '"') this.#state = "quote in quoted";
        else this.#cell += character;
        return;
      case "quote in quoted":
        if (character === '"') {
          this.#cell += character;
          this.#state = "quoted";
        } else if (character === this.#separator) this.#endCell();
        else this.#fail("text after the closing quotation mark");
        return;
      case "skip":
        return;
    }
  }

  #begin(character: string): void {
    if (character === "\uFEFF" && this.#line === 1 && this.#cells.length === 0) return;
    if (character === '"') this.#state = "quoted";
    else if (character === this.#separator) this.#endCell();
    else {
      this.#cell = character;
      this.#state = "plain";
    }
  }

  #fail(fault: string): void {
    this.#fault ??= `${fault} (line ${this.#line}, column ${this.#column - 1})`;
    this.#state = "skip";
    this.#cell = "";
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "begin";
  }

  *#endRow(): Generator<CsvRow> {
    const wasQuoted = this.#state === "quote in quoted";
    if (this.#fault !== undefined) yield { line: this.#rowLine, fault: this.#fault };
    else {
      this.#endCell();
      // An empty line is no row.
      if (this.#cells.length > 1 || this.#cells[0] !== "" || wasQuoted) {
        yield { line: this.#rowLine, cells: this.#cells };
      }
    }
    this.#cells = [];
    this.#cell = "";
    this.#length = 0;
    this.#fault = undefined;
    this.#state = "begin";
  }
}

/** One row, as {@link readCsv} reads it again. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: string | number | boolean | null): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]|^\s|\s$|^\uFEFF/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
