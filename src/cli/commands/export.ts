import { createWriteStream } from "node:fs";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type Client, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";
import { saveAttachments } from "../tree-attachments.ts";
import { shownFile, TreeWriter, type ExportedObject } from "../tree-writer.ts";
import { formatOf } from "./import.ts";

interface ExportOptions extends ConnectionOptions {
  format?: string;
  where?: string;
  type?: string;
  select?: string;
  sort?: string;
  asOf?: string;
  bom?: boolean;
  delete?: boolean;
  owners?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("export", "Write objects into a folder for git, or into a file", [
      "export ./procedures /ops --delete",
      "export nodes.csv --where 'type = Server' --select path,host,rack",
      "export nodes.xlsx /nodes --type Server",
      "export - /nodes --format yaml --as-of 2026-11-01",
    ]),
  )
    .argument("<target>", "a folder, or a .csv, .xlsx, .yaml or .jsonl; - is standard output")
    .argument("[path]", "only what is below this directory", "/")
    .option("--format <format>", "csv, xlsx, yaml or jsonl, where the name does not say it")
    .option("--where <search>", "only what this finds")
    .option("--type <type>", "only objects of this type")
    .option("--select <columns>", "of a table: path, type, fields, ways such as rack.site.name")
    .option("--sort <field>", "in the order of this field; -FIELD for the reverse")
    .option("--as-of <moment>", "as it was then: a time, or the number of a change")
    .option("--owners", "say to whom each object belongs; not of a table")
    .option("--bom", "of CSV: with the mark by which Excel knows that it is UTF-8")
    .option("--delete", "of a folder: remove the files of objects that are not there any more")
    .option("--json", "print errors as problem documents")
    .action(async (target: string, path: string, options: ExportOptions) => {
      const base = resolvePath(path);
      const client = connect(options);
      const isFile = options.format !== undefined || target === "-" || isFileName(target);
      await (isFile
        ? exportFile(client, target, base, options)
        : exportFolder(client, target, base, options));
    });
}

function isFileName(target: string): boolean {
  return [".csv", ".xlsx", ".yaml", ".yml", ".jsonl"].includes(extname(target).toLowerCase());
}

async function exportFile(
  client: Client,
  target: string,
  base: string,
  options: ExportOptions,
): Promise<void> {
  const { where, type, select, sort, asOf, bom, format, owners } = options;
  const query = {
    format: format ?? formatOf(target),
    ...(base === "/" ? {} : { below: base }),
    ...(owners === true ? { owners: "true" } : {}),
    ...(where === undefined ? {} : { q: where }),
    ...(type === undefined ? {} : { type }),
    ...(select === undefined ? {} : { select }),
    ...(sort === undefined ? {} : { sort }),
    ...(asOf === undefined ? {} : { "as-of": asOf }),
    ...(bom === true ? { bom: "true" } : {}),
  };
  const bytes = Readable.fromWeb(await client.export(query));
  if (target === "-") {
    for await (const chunk of bytes) process.stdout.write(chunk as Uint8Array);
    return;
  }
  try {
    await pipeline(bytes, createWriteStream(target));
  } catch (cause) {
    if (cause instanceof TsunagiError) throw cause;
    const { message } = cause as Error;
    throw new TsunagiError("FILE_UNWRITABLE", `${target} cannot be written: ${message}`, { cause });
  }
}

/** Writes what is below a directory as files that differ only where the objects do; gives the number of objects. */
export async function exportFolder(
  client: Client,
  folder: string,
  base: string,
  {
    where,
    type,
    asOf,
    owners,
    delete: deletes,
  }: Pick<ExportOptions, "where" | "type" | "delete" | "asOf" | "owners"> = {},
): Promise<number> {
  const moment = asOf === undefined ? {} : { "as-of": asOf };
  const query = {
    format: "jsonl",
    compact: "true",
    ...moment,
    ...(owners === true ? { owners: "true" } : {}),
    ...(base === "/" ? {} : { below: base }),
    ...(where === undefined ? {} : { q: where }),
    ...(type === undefined ? {} : { type }),
  };
  // Names that only differ by case are told apart when all are known.
  const paths: string[] = [];
  const types = new Set<string>();
  for await (const object of objectsOf(client, { ...query, select: "path" })) {
    paths.push(object.path);
    types.add(object.type);
  }
  const typePaths = base === "/" ? [] : [...types].map((name) => `/system/types/${name}`);
  const writer = new TreeWriter(folder, base, [...paths, ...typePaths]);
  let count = 0;
  for await (const object of objectsOf(client, query)) {
    writer.write(object);
    const saved = await saveAttachments(client, writer.stemOf(object.path), object, asOf);
    writer.add(saved.files, saved.changed);
    count += 1;
  }
  for (const path of typePaths) {
    const [name = ""] = path.split("/").slice(-1);
    const own = {
      format: "jsonl",
      compact: "true",
      ...moment,
      type: "Type",
      q: `name = '${name.replaceAll("'", "''")}'`,
    };
    for await (const object of objectsOf(client, own)) writer.write(object);
  }
  const left = writer.leftOver();
  if (deletes === true) writer.remove(left);
  else
    for (const file of left)
      process.stderr.write(`${told(`left as it is, of no object: ${shownFile(folder, file)}`)}\n`);
  process.stdout.write(`${told(`${count} objects, ${writer.changed} files changed`)}\n`);
  return count;
}

async function* objectsOf(
  client: Client,
  query: Record<string, string>,
): AsyncGenerator<ExportedObject> {
  const bytes = Readable.fromWeb(await client.export(query));
  for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
    yield JSON.parse(line) as ExportedObject;
  }
}
