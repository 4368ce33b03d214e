import { openAsBlob, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { ImportDocument } from "#contract";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type Client, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { assertNoFaults, readFolderTree } from "../folder-tree.ts";
import { importWithProgress } from "../import-progress.ts";
import { uploadAttachments } from "../tree-attachments.ts";
import { told } from "../reader-language.ts";
import { faultLines, importSummary, previewLines } from "../transfer-report.ts";

interface ImportOptions extends ConnectionOptions {
  format?: string;
  sheet?: string;
  type?: string;
  match?: string;
  replace?: boolean;
  delete?: boolean;
  where?: string;
  ofType?: string;
  dryRun?: boolean;
  owners?: boolean;
  stop?: boolean;
  batch?: number;
  draft?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("import", "Bring a folder or a file of objects into the tree", [
      "import examples/web-recovery",
      "import ./procedures /ops --delete --dry-run",
      "import nodes.csv --dry-run",
      "import ledger.xlsx /nodes --type Server --match serial",
    ]),
  )
    .argument("<source>", "a folder (x.jobflow, x.sh, x.yaml …), or a .csv, .xlsx, .yaml or .jsonl")
    .argument(
      "[path]",
      "the directory they go to; what is in system/ of a folder goes to /system",
      "/",
    )
    .option("--format <format>", "csv, xlsx, yaml or jsonl, where the name does not say it")
    .option("--sheet <name>", "of a spreadsheet: which sheet; else the first")
    .option("--type <type>", "of rows that do not name theirs")
    .option("--match <field>", "find objects by this field, instead of by path")
    .option("--replace", "of a file: fields that are not given have no value any more")
    .option("--delete", "delete what is below the path and in no row or file")
    .option("--where <search>", "of what is deleted: only what this finds")
    .option("--of-type <type>", "of what is deleted: only objects of this type")
    .option("--owners", "of YAML and JSON lines: objects belong to whom the file says")
    .option("--dry-run", "only show what would be done, and what is wrong")
    .option("--stop", "do nothing if any row is wrong")
    .option("--batch <rows>", "a change for so many rows each; else all are one change", parseBatch)
    .option("--draft", "keep source that does not compile as not runnable")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the result as JSON")
    .action(async (source: string, path: string, options: ImportOptions) => {
      const client = connect(options);
      const base = resolvePath(path);
      const { file, query } = isFolder(source)
        ? { file: await folderRows(client, source, base), query: folderQuery }
        : await fileRows(source, base, options);
      const done = await importWithProgress(
        client,
        file,
        { ...query, ...queryOf(source, base, options) },
        options.reason,
      );
      report(done, options);
    });
}

/** Puts all objects of a folder; gives their number. */
export async function importFolder(client: Client, folder: string, base = "/"): Promise<number> {
  const query = { ...folderQuery, name: basename(folder), stop: "true" };
  const { rows } = await client.import(await folderRows(client, folder, base), query);
  return rows;
}

/** A tree in git says all of its objects. */
const folderQuery: Record<string, string> = { format: "jsonl", mode: "replace", owners: "true" };

async function folderRows(client: Client, folder: string, base: string): Promise<Blob> {
  const { objects, faults } = readFolderTree(folder, base);
  assertNoFaults(faults);
  const lines: string[] = [];
  for (const object of objects) {
    const { path, type, grants, owner, file, isImplied } = object;
    const said = isImplied === true ? {} : { fields: await uploadAttachments(client, object) };
    lines.push(`${JSON.stringify({ at: file, path, type, owner, ...said, grants })}\n`);
  }
  return new Blob(lines);
}

async function fileRows(
  file: string,
  base: string,
  { format, sheet, type, match, replace }: ImportOptions,
): Promise<{ file: Blob; query: Record<string, string> }> {
  const query = {
    format: format ?? formatOf(file),
    into: base,
    ...(sheet === undefined ? {} : { sheet }),
    ...(type === undefined ? {} : { type }),
    ...(match === undefined ? {} : { match }),
    ...(replace === true ? { mode: "replace" } : {}),
  };
  return { file: await openAsBlob(file), query };
}

function queryOf(
  source: string,
  base: string,
  { dryRun, stop, batch, draft, where, ofType, owners, ...options }: ImportOptions,
): Record<string, string> {
  return {
    name: basename(source),
    ...(dryRun === true ? { "dry-run": "true" } : {}),
    ...(stop === true ? { stop: "true" } : {}),
    ...(owners === true ? { owners: "true" } : {}),
    ...(draft === true ? { draft: "true" } : {}),
    ...(batch === undefined ? {} : { batch: String(batch) }),
    ...(options.delete === true ? { delete: "true", below: base } : {}),
    ...(where === undefined ? {} : { q: where }),
    ...(ofType === undefined ? {} : { "of-type": ofType }),
  };
}

function report(done: ImportDocument, { json, dryRun }: ImportOptions): void {
  if (json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
  else {
    for (const line of previewLines(done.objects, done.total)) process.stdout.write(`${line}\n`);
    for (const line of faultLines(done.faults)) process.stderr.write(`${line}\n`);
    if (done.ignoredColumns.length > 0) {
      const columns = done.ignoredColumns.join(", ");
      process.stderr.write(
        `${told(`these columns are worked out, and were left out: ${columns}`)}\n`,
      );
    }
    process.stdout.write(`${importSummary(done, dryRun === true)}\n`);
  }
  // Something was left out: who calls it from a program sees it.
  if (done.faulty > 0) process.exitCode = 65;
  if (done.isCancelled) process.exitCode = 75;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new TsunagiError(
      "FILE_UNREADABLE",
      `${path} cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

/** The format of a file, by its name. */
export function formatOf(file: string): string {
  const format = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".jsonl": "jsonl",
  }[extname(file).toLowerCase()];
  if (format !== undefined) return format;
  throw new TsunagiError("USAGE", `the name ${file} does not say of which format it is`, {
    hint: "Say it with --format: csv, xlsx, yaml or jsonl.",
  });
}

function parseBatch(text: string): number {
  const rows = Number(text);
  if (/^\d{1,6}$/.test(text) && rows >= 1 && rows <= 100_000) return rows;
  throw new InvalidArgumentError("A batch is a number of rows from 1 to 100000.");
}
