/**
 * Files as rows of an import, whatever their format, one after another: never more than a row of them in memory.
 *
 *   csv     the first row names the columns
 *   xlsx    as csv, of the first sheet or the one that is named
 *   yaml    documents, divided by `---`: `path`, `type`, `fields`, `grants`, `owner`
 *   jsonl   such an object a line
 */
import { createReadStream } from "node:fs";
import { parseDocument } from "yaml";
import { TsunagiError } from "#kernel";
import { isJsonObject, type Json } from "../json.ts";
import { rights, type Right } from "../rights.ts";
import type { Cell } from "./cell.ts";
import { readCsv } from "./csv-reader.ts";
import type { TransferObject, TransferRow } from "./row.ts";
import { linesOf } from "./text-lines.ts";
import { readXlsx } from "./xlsx-reader.ts";

export const transferFormats = ["csv", "xlsx", "yaml", "jsonl"] as const;
export type TransferFormat = (typeof transferFormats)[number];

export interface RowSource {
  file: string;
  format: TransferFormat;
  /** Of a spreadsheet: the name of the sheet, else it is the first. */
  sheet?: string;
}

/** Reads a file; throws FORMAT_INVALID for what is wrong with it as a whole. */
export async function* readRows({ file, format, sheet }: RowSource): AsyncGenerator<TransferRow> {
  switch (format) {
    case "csv":
      yield* tableRows(csvRows(createReadStream(file)));
      return;
    case "xlsx":
      yield* tableRows(readXlsx(file, sheet));
      return;
    case "yaml":
      yield* yamlRows(createReadStream(file));
      return;
    case "jsonl":
      yield* jsonRows(createReadStream(file));
      return;
  }
}

/** A row of a table, before its cells have names. */
export type TableRow = { at: string; cells: readonly Cell[] } | { at: string; fault: string };

async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TableRow> {
  for await (const { line, ...row } of readCsv(chunks)) yield { at: `line ${line}`, ...row };
}

async function* tableRows(rows: AsyncIterable<TableRow>): AsyncGenerator<TransferRow> {
  let columns: string[] | undefined;
  for await (const row of rows) {
    if (columns === undefined) columns = columnsOf(row);
    else if ("fault" in row) yield row;
    else if (row.cells.length > columns.length) {
      const fault = `it has ${row.cells.length} cells, but there are ${columns.length} columns`;
      yield { at: row.at, fault };
    } else {
      const { at, cells } = row;
      yield {
        at,
        cells: Object.fromEntries(columns.map((name, column) => [name, cells[column] ?? null])),
      };
    }
  }
  if (columns === undefined) throw invalid("the file is empty");
}

function columnsOf(row: TableRow): string[] {
  if ("fault" in row) throw invalid(`the names of the columns cannot be read: ${row.fault}`);
  const names = row.cells.map((cell) => String(cell ?? "").trim());
  // Spreadsheets leave empty columns behind.
  while (names.at(-1) === "") names.pop();
  const empty = names.indexOf("");
  if (empty >= 0) throw invalid(`the column ${empty + 1} has no name`);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalid(`there are two columns '${twice}'`);
  return names;
}

async function* yamlRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TransferRow> {
  let text: string[] = [];
  let first = 1;
  const document = function* (): Generator<TransferRow> {
    const source = text.join("\n");
    if (/^\s*(?:#[^\n]*\s*)*$/.test(source)) return;
    const lead = text.findIndex((line) => /^[^\s#]/.test(line));
    yield yamlRow(source, first, first + Math.max(lead, 0));
  };
  for await (const { line, text: each } of linesOf(chunks)) {
    // The marker ends any document, also inside of a block of text.
    const marker = /^---(?:\s+(.*))?$/.exec(each);
    if (marker === null && each !== "...") {
      text.push(each);
      continue;
    }
    yield* document();
    text = [];
    first = line + 1;
  }
  yield* document();
}

function yamlRow(source: string, firstLine: number, leadLine: number): TransferRow {
  const at = `line ${leadLine}`;
  const parsed = parseDocument(source, { prettyErrors: true });
  const [fault] = parsed.errors;
  if (fault === undefined) {
    return objectRow(at, parsed.toJS({ maxAliasCount: 100 }) as unknown);
  }
  const line = firstLine - 1 + (fault.linePos?.[0].line ?? 1);
  const column = fault.linePos?.[0].col ?? 1;
  const message = (fault.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
  return { at, fault: `no YAML: ${message} (line ${line}, column ${column})` };
}

async function* jsonRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TransferRow> {
  for await (const { line, text } of linesOf(chunks)) {
    if (text.trim() === "") continue;
    const at = `line ${line}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      yield { at, fault: `no JSON: ${error instanceof Error ? error.message : String(error)}` };
      continue;
    }
    yield objectRow(at, value);
  }
}

/** `at` may stand in the row itself: whoever made it of a file knows better where it was. */
function objectRow(at: string, value: unknown): TransferRow {
  if (!isJsonObject(value)) return { at, fault: "no object: expected path, type and fields" };
  const { at: place, path, id, type, fields, grants, owner, ...others } = value;
  const row = { at: typeof place === "string" ? place : at };
  const fault = (text: string): TransferRow => ({ ...row, fault: text });
  // What GET gives may be given back.
  const surplus = Object.keys(others).find((name) => !shownOnly.has(name));
  if (surplus !== undefined) return fault(`'${surplus}' is unknown: values stand below 'fields'`);
  if (path !== undefined && typeof path !== "string") return fault("'path' must be a text");
  if (id !== undefined && id !== null && !Number.isSafeInteger(id)) {
    return fault("'id' must be a whole number");
  }
  if (type !== undefined && typeof type !== "string") return fault("'type' must be a text");
  if (fields !== undefined && !isJsonObject(fields))
    return fault("'fields' must hold values by name");
  const object: TransferObject = {};
  if (fields !== undefined) object.fields = fields;
  if (path !== undefined) object.path = path;
  if (typeof id === "number") object.id = id;
  if (type !== undefined) object.type = type;
  if (typeof owner === "string") object.owner = owner;
  if (grants === undefined) return { ...row, object };
  if (!isGrants(grants)) {
    return fault(`'grants' must hold lists of ${rights.join(", ")} by user:NAME, group:NAME`);
  }
  return { ...row, object: { ...object, grants } };
}

const shownOnly = new Set(["name", "revision", "createdAt", "updatedAt"]);

function isGrants(value: Json): value is Record<string, Right[]> {
  return (
    isJsonObject(value) &&
    Object.values(value).every(
      (list) =>
        Array.isArray(list) && list.every((right) => (rights as readonly Json[]).includes(right)),
    )
  );
}

function invalid(message: string): TsunagiError {
  return new TsunagiError("FORMAT_INVALID", message, {
    hint: "The first row names the columns: path, type, and fields of the type.",
  });
}
