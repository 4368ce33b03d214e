import { InvalidArgumentError, type Command } from "commander";
import Papa from "papaparse";
import type { Json } from "#contract";
import { connect, withConnection, type ConnectionOptions, type FoundRow } from "../client.ts";
import { declare } from "../declare.ts";
import { formatTable } from "../table.ts";

interface FindOptions extends ConnectionOptions {
  type?: string;
  select?: string;
  sort?: string;
  limit: number;
  count?: boolean;
  json?: boolean;
  csv?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("find", "Find objects by what they are", [
      `find 'type = Server and rack.site.name = "Tokyo"'`,
      "find 'status = down and cores >= 8' --type Server --select path,host,rack.name --sort -cores",
      "find '<-Server.rack empty' --type Rack --csv",
      "find 'type = Server and under /nodes' --count",
    ]),
  )
    .argument("[search]", "conditions, see docs/search.md; nothing finds everything", "")
    .option("--type <type>", "only objects of this type")
    .option("--select <ways>", "columns, separated by commas, such as path,host,rack.site.name")
    .option("--sort <field>", "sort by this field; `-field` for the reverse")
    .option("-n, --limit <number>", "how many at most", parseLimit, Number.POSITIVE_INFINITY)
    .option("--count", "print only how many there are")
    .option("--json", "print one object a line as JSON")
    .option("--csv", "print CSV with a header")
    .action(find);
}

async function find(search: string, options: FindOptions): Promise<void> {
  const client = connect(options);
  const query = {
    q: search,
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(options.sort === undefined ? {} : { sort: options.sort }),
  };
  if (options.count === true) {
    const total = await client.count(query);
    process.stdout.write(`${total.isExact ? "" : "more than "}${total.count}\n`);
    return;
  }
  const columns = options.select?.split(",").map((way) => way.trim());
  if (options.json === true) {
    const found =
      columns === undefined
        ? client.find(query, options.limit)
        : client.findValues({ ...query, select: columns }, options.limit);
    for await (const each of found) process.stdout.write(`${JSON.stringify(each)}\n`);
    return;
  }
  const select = columns ?? ["path", "type", "updated"];
  const rows = client.findValues({ ...query, select }, options.limit);
  if (options.csv === true) await printCsv(select, rows);
  else await printTable(select, rows);
}

/** Row by row: what is found may be long. */
async function printCsv(select: readonly string[], rows: AsyncIterable<FoundRow>): Promise<void> {
  const print = (cells: readonly string[]) =>
    // A spreadsheet runs a text that begins like a formula; an apostrophe keeps it a text.
    process.stdout.write(`${Papa.unparse([cells], { escapeFormulae: true })}\r\n`);
  print(select);
  for await (const { values } of rows) print(select.map((way) => cell(values[way] ?? null)));
}

async function printTable(select: readonly string[], rows: AsyncIterable<FoundRow>): Promise<void> {
  const found = await Array.fromAsync(rows);
  const cells = found.map(({ values }) => select.map((way) => cell(values[way] ?? null)));
  process.stdout.write(
    `${formatTable(
      select.map((way) => way.toUpperCase()),
      cells,
    )}\n`,
  );
}

function cell(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,9}$/.test(text) || limit < 1) {
    throw new InvalidArgumentError("A limit is a number from 1 up.");
  }
  return limit;
}
