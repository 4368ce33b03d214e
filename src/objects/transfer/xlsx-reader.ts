/**
 * Reads a sheet of a spreadsheet, row by row. The file is gone through twice, as texts that cells share may stand behind
 * the cells: first for what describes the sheets, then for the sheet itself, of which only the row at hand is kept.
 */
import { createReadStream } from "node:fs";
import { TsunagiError } from "#kernel";
import { Unzip, UnzipInflate } from "fflate";
import { SaxesParser } from "saxes";
import type { Cell } from "./cell.ts";
import type { TableRow } from "./row-formats.ts";
import { columnIndex, unescapeXlsx } from "./xlsx-text.ts";

/** Texts that cells share are held in memory; a file of this many characters of them is no list of objects. */
const sharedLengthMax = 200_000_000;
/** What a file may hold unpacked; more is an attack. */
const inflatedMaxBytes = 8 * 1024 ** 3;

/** The rows of the sheet of that name, else of the first one. */
export async function* readXlsx(file: string, sheet?: string): AsyncGenerator<TableRow> {
  const book = await readBook(file);
  const path = book.pathOf(sheet);
  const reader = new SheetReader(book);
  let isThere = false;
  for await (const { name, text } of unpack(file, (each) => each === path)) {
    isThere ||= name === path;
    reader.take(text);
    yield* reader.rows.splice(0);
  }
  if (!isThere) throw invalid("its sheet is missing");
  reader.close();
  yield* reader.rows.splice(0);
}

/** What is said of the sheets beside them. */
class Book {
  readonly shared: string[] = [];
  readonly sheets: { name: string; relation: string }[] = [];
  readonly targets = new Map<string, string>();
  /** Formats of cells, by number: whether it shows dates. */
  readonly isDate: boolean[] = [];
  is1904 = false;

  pathOf(wanted: string | undefined): string {
    const sheet =
      wanted === undefined ? this.sheets[0] : this.sheets.find(({ name }) => name === wanted);
    const target = sheet && this.targets.get(sheet.relation);
    if (target === undefined) {
      const names = this.sheets.map(({ name }) => name).join(", ");
      throw invalid(
        wanted === undefined ? "it has no sheet" : `no sheet is named '${wanted}'`,
        names,
      );
    }
    return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  }
}

async function readBook(file: string): Promise<Book> {
  const book = new Book();
  const readers: Record<string, (book: Book) => SaxesParser> = {
    "xl/workbook.xml": workbookParser,
    "xl/_rels/workbook.xml.rels": relationParser,
    "xl/styles.xml": styleParser,
    "xl/sharedStrings.xml": sharedParser,
  };
  const parsers = new Map<string, SaxesParser>();
  for await (const { name, text } of unpack(file, (each) => Object.hasOwn(readers, each))) {
    const parser = parsers.get(name) ?? readers[name]?.(book);
    if (parser === undefined) continue;
    parsers.set(name, parser);
    parser.write(text);
  }
  if (!parsers.has("xl/workbook.xml")) throw invalid("it is none, or it is encrypted");
  return book;
}

/** The text of the parts of a file that are wanted, in pieces. */
async function* unpack(
  file: string,
  isWanted: (name: string) => boolean,
): AsyncGenerator<{ name: string; text: string }> {
  const found: { name: string; text: string }[] = [];
  let fault: unknown;
  let bytes = 0;
  const unzip = new Unzip((part) => {
    if (!isWanted(part.name)) return;
    const decoder = new TextDecoder();
    part.ondata = (error, chunk, isFinal) => {
      fault ??= error ?? undefined;
      if (error !== null) return;
      bytes += chunk.length;
      found.push({ name: part.name, text: decoder.decode(chunk, { stream: !isFinal }) });
    };
    part.start();
  });
  unzip.register(UnzipInflate);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 16 * 1024 })) {
      unzip.push(chunk as Uint8Array);
      if (fault !== undefined) throw fault;
      if (bytes > inflatedMaxBytes) throw invalid("it holds too much");
      yield* found.splice(0);
    }
    unzip.push(new Uint8Array(), true);
    yield* found.splice(0);
  } catch (error) {
    if (error instanceof TsunagiError) throw error;
    const { message } = error as Error;
    throw invalid(`it is damaged (${message})`);
  }
}

type Attributes = Record<string, string>;

/** A parser without namespaces, as prefixes of the main one are written by nobody. */
function parserOf(on: {
  open?: (name: string, attributes: Attributes) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}): SaxesParser {
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => on.open?.(name, attributes));
  parser.on("text", (text) => on.text?.(text));
  parser.on("closetag", ({ name }) => on.close?.(name));
  return parser;
}

function workbookParser(book: Book): SaxesParser {
  return parserOf({
    open(name, attributes) {
      if (name === "workbookPr") book.is1904 = ["1", "true"].includes(attributes["date1904"] ?? "");
      if (name !== "sheet") return;
      book.sheets.push({ name: attributes["name"] ?? "", relation: attributes["r:id"] ?? "" });
    },
  });
}

function relationParser(book: Book): SaxesParser {
  return parserOf({
    open(name, attributes) {
      if (name !== "Relationship") return;
      book.targets.set(attributes["Id"] ?? "", attributes["Target"] ?? "");
    },
  });
}

function styleParser(book: Book): SaxesParser {
  const own = new Map<number, boolean>();
  let isInCells = false;
  return parserOf({
    open(name, attributes) {
      if (name === "numFmt") {
        own.set(Number(attributes["numFmtId"]), showsDate(attributes["formatCode"] ?? ""));
      } else if (name === "cellXfs") isInCells = true;
      else if (name === "xf" && isInCells) {
        const id = Number(attributes["numFmtId"]);
        book.isDate.push(own.get(id) ?? isBuiltInDate(id));
      }
    },
    close(name) {
      if (name === "cellXfs") isInCells = false;
    },
  });
}

/** Formats that every program knows by their number; the later ones are those of East Asia. */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
}

function showsDate(format: string): boolean {
  const bare = format.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, "");
  return /[ymdg]/i.test(bare) && !/^general$/i.test(bare);
}

function sharedParser(book: Book): SaxesParser {
  let length = 0;
  const texts = new TextGatherer();
  return parserOf({
    open: (name) => {
      if (name === "si") texts.clear();
      texts.open(name);
    },
    text: (text) => texts.take(text),
    close(name) {
      texts.close(name);
      if (name !== "si") return;
      length += texts.text.length;
      if (length > sharedLengthMax) throw invalid("its texts are too long");
      book.shared.push(unescapeXlsx(texts.text));
    },
  });
}

/** The text of a cell, in one piece or in several formats, without the readings that Japanese texts have beside them. */
class TextGatherer {
  text = "";
  #isInText = false;
  #isInReading = false;

  clear(): void {
    this.text = "";
  }

  open(name: string): void {
    if (name === "rPh") this.#isInReading = true;
    if (name === "t") this.#isInText = !this.#isInReading;
  }

  take(text: string): void {
    if (this.#isInText) this.text += text;
  }

  close(name: string): void {
    if (name === "rPh") this.#isInReading = false;
    if (name === "t") this.#isInText = false;
  }
}

class SheetReader {
  readonly rows: TableRow[] = [];
  readonly #book: Book;
  readonly #parser: SaxesParser;
  readonly #texts = new TextGatherer();
  #row = 0;
  #cells: Cell[] = [];
  #fault: string | undefined;
  #column = -1;
  #type = "n";
  #style = 0;
  #value = "";
  #isInValue = false;

  constructor(book: Book) {
    this.#book = book;
    this.#parser = parserOf({
      open: (name, attributes) => this.#open(name, attributes),
      text: (text) => {
        if (this.#isInValue) this.#value += text;
        this.#texts.take(text);
      },
      close: (name) => this.#close(name),
    });
  }

  take(text: string): void {
    try {
      this.#parser.write(text);
    } catch (error) {
      if (error instanceof TsunagiError) throw error;
      throw invalid(`its sheet is damaged (${(error as Error).message})`);
    }
  }

  close(): void {
    this.#parser.close();
  }

  #open(name: string, attributes: Attributes): void {
    this.#texts.open(name);
    switch (name) {
      case "row":
        this.#row = Number(attributes["r"] ?? this.#row + 1);
        this.#cells = [];
        this.#fault = undefined;
        this.#column = -1;
        return;
      case "c":
        this.#column = columnIndex(attributes["r"] ?? "") ?? this.#column + 1;
        this.#type = attributes["t"] ?? "n";
        this.#style = Number(attributes["s"] ?? 0);
        this.#value = "";
        this.#texts.clear();
        return;
      case "v":
        this.#isInValue = true;
        return;
    }
  }

  #close(name: string): void {
    this.#texts.close(name);
    if (name === "v") this.#isInValue = false;
    else if (name === "c") {
      while (this.#cells.length < this.#column) this.#cells.push(null);
      this.#cells[this.#column] = this.#cell();
    } else if (name === "row") {
      const at = `row ${this.#row}`;
      if (this.#fault !== undefined) this.rows.push({ at, fault: this.#fault });
      // Spreadsheets keep formatted rows that hold nothing.
      else if (this.#cells.some((cell) => cell !== null))
        this.rows.push({ at, cells: this.#cells });
    }
  }

  #cell(): Cell {
    const value = this.#value;
    switch (this.#type) {
      case "s":
        return this.#book.shared[Number(value)] ?? null;
      case "inlineStr":
        return unescapeXlsx(this.#texts.text);
      case "str":
        return unescapeXlsx(value);
      case "b":
        return value === "1";
      case "e":
        this.#fault ??= `the cell in column ${this.#column + 1} shows the error ${value}`;
        return null;
      case "d":
        return value;
      default:
        return this.#number(value);
    }
  }

  #number(value: string): Cell {
    if (value === "") return null;
    const number = Number(value);
    if (this.#book.isDate[this.#style] !== true || number < 1) return number;
    return dateOf(number, this.#book.is1904);
  }
}

/** A day is a number, its time the fraction; spreadsheets know no zones, so that it is taken for UTC. */
function dateOf(days: number, is1904: boolean): string {
  const msPerDay = 86_400_000;
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const date = new Date(epoch + Math.round(days * msPerDay));
  if (Number.isNaN(date.getTime())) return String(days);
  return Number.isInteger(days) ? date.toISOString().slice(0, 10) : date.toISOString();
}

function invalid(why: string, known?: string): TsunagiError {
  return new TsunagiError(
    "FORMAT_INVALID",
    `this is no spreadsheet (xlsx) that can be read: ${why}`,
    known === undefined ? {} : { hint: `its sheets are: ${known || "none"}` },
  );
}
