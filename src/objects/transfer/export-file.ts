/** Exported objects as the bytes of a file, whatever its format; never more than a page of them in memory. */
import { stringify } from "yaml";
import type { Json } from "../json.ts";
import { toCell, type Cell } from "./cell.ts";
import { csvLine } from "./csv-reader.ts";
import type { ExportPage } from "./object-export.ts";
import type { TransferFormat } from "./row-formats.ts";
import { keyColumns } from "./row-import.ts";
import { writeXlsx } from "./xlsx-writer.ts";

/** Asks for the page that begins at a cursor. */
export type PageSource = (cursor: string | undefined) => Promise<ExportPage>;

export interface ExportLayout {
  format: TransferFormat;
  /** Of a table; else path, type and every field that any of the objects has. */
  columns?: readonly string[];
  /** A byte order mark before CSV, by which Excel knows that it is UTF-8. */
  withBom?: boolean;
}

export async function* exportFile(
  pages: PageSource,
  { format, columns, withBom = false }: ExportLayout,
): AsyncGenerator<Uint8Array> {
  switch (format) {
    case "yaml":
      for await (const { objects } of allPages(pages)) {
        yield Buffer.from(objects.map((object) => `---\n${toYaml(object)}`).join(""));
      }
      return;
    case "jsonl":
      for await (const { objects } of allPages(pages)) {
        yield Buffer.from(objects.map((object) => `${JSON.stringify(object)}\n`).join(""));
      }
      return;
    case "csv": {
      const names = columns ?? (await columnsOf(pages));
      yield Buffer.from(`${withBom ? "\uFEFF" : ""}${csvLine(names)}`);
      for await (const page of allPages(pages)) {
        yield Buffer.from(tableRows(page, names).map(csvLine).join(""));
      }
      return;
    }
    case "xlsx": {
      const names = columns ?? (await columnsOf(pages));
      yield* writeXlsx(sheetRows(pages, names));
      return;
    }
  }
}

/** An object as YAML that people read, and that is the same for the same object. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

async function* sheetRows(pages: PageSource, names: readonly string[]): AsyncGenerator<Cell[]> {
  yield [...names];
  for await (const page of allPages(pages)) yield* tableRows(page, names);
}

function tableRows({ objects, kinds }: ExportPage, columns: readonly string[]): Cell[][] {
  return objects.map(({ path, type, fields }) =>
    columns.map((column) => {
      if (column === "path") return toCell(path);
      if (column === "type") return toCell(type);
      const name = column.startsWith("fields.") ? column.slice("fields.".length) : column;
      const value: Json = fields[name] ?? null;
      return toCell(value, kinds[type]?.[name]);
    }),
  );
}

/** All fields that occur; the objects are gone through once for them. */
async function columnsOf(pages: PageSource): Promise<string[]> {
  const names = new Set<string>();
  for await (const { kinds } of allPages(pages)) {
    for (const fields of Object.values(kinds))
      for (const name of Object.keys(fields)) names.add(name);
  }
  return [
    "path",
    "type",
    ...[...names].map((name) => (keyColumns.has(name) ? `fields.${name}` : name)),
  ];
}

async function* allPages(pages: PageSource): AsyncGenerator<ExportPage> {
  let cursor: string | undefined;
  do {
    const page = await pages(cursor);
    yield page;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
