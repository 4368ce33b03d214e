import { InvalidArgumentError, type Command } from "commander";
import Papa from "papaparse";
import type { DuplicatesDocument, Json, StatisticsDocument } from "#contract";
import { connect, withConnection, type ConnectionOptions, type FoundRow } from "../client.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";
import { formatTable } from "../table.ts";

interface FindOptions extends ConnectionOptions {
  type?: string;
  select?: string;
  sort?: string;
  limit: number;
  count?: boolean;
  json?: boolean;
  csv?: boolean;
  asOf?: string;
  statistics?: string;
  duplicates?: string;
}

export function command(): Command {
  return withConnection(
    declare("find", "Find objects by what they are", [
      `find 'type = Server and rack.site.name = "Tokyo"'`,
      "find 'status = down and cores >= 8' --type Server --select path,host,rack.name --sort -cores",
      "find '<-Server.rack empty' --type Rack --csv",
      "find 'type = Server and under /nodes' --count",
      "find 'status = up' --type Server --statistics cores",
      "find --type Server --duplicates serial",
    ]),
  )
    .argument("[search]", "conditions, see docs/search.md; nothing finds everything", "")
    .option("--type <type>", "only objects of this type")
    .option("--select <ways>", "columns, separated by commas, such as path,host,rack.site.name")
    .option("--sort <field>", "sort by this field; `-field` for the reverse")
    .option("-n, --limit <number>", "how many at most", parseLimit, Number.POSITIVE_INFINITY)
    .option(
      "--as-of <moment>",
      "what would have been found then: a time, or the number of a change",
    )
    .option("--count", "print only how many there are")
    .option("--statistics <field>", "how the values of a field of the type are spread")
    .option("--duplicates <field>", "the values of a field that several of them have")
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
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
  };
  if (options.count === true) {
    const total = await client.count(query);
    process.stdout.write(`${total.isExact ? "" : "more than "}${total.count}\n`);
    return;
  }
  if (options.statistics !== undefined) {
    const figures = await client.statistics({ ...query, field: options.statistics }, options.limit);
    print(options.json === true ? JSON.stringify(figures) : statisticsText(figures));
    return;
  }
  if (options.duplicates !== undefined) {
    const found = await client.duplicates({ ...query, field: options.duplicates }, options.limit);
    print(options.json === true ? JSON.stringify(found) : duplicatesText(found));
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

function statisticsText({ values, ...figures }: StatisticsDocument): string {
  const { count, empty, distinct, min, max, average } = figures;
  const counts = told(`${count} objects, ${empty} without a value, ${distinct} different values`);
  const range =
    min === null || max === null || average === null
      ? []
      : [told(`from ${min} to ${max}, on average ${Number(average.toPrecision(12))}`)];
  const rows = values.map(({ value, count: times }) => [cell(value), String(times)]);
  const table = rows.length === 0 ? [] : [formatTable(["VALUE", "OBJECTS"], rows)];
  return [counts, ...range, ...table].join("\n");
}

function duplicatesText({ duplicates, isMore }: DuplicatesDocument): string {
  if (duplicates.length === 0) return told("no value occurs several times");
  const rows = duplicates.map(({ value, count, paths }) => [
    cell(value),
    String(count),
    paths.join(" ") + (count > paths.length ? " …" : ""),
  ]);
  const table = formatTable(["VALUE", "OBJECTS", "PATHS"], rows);
  return isMore ? `${table}\n${told("there are more; ask for them with --limit")}` : table;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
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
