import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import type { BulkEditBody, BulkEditDocument, Json } from "#contract";
import { TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { parameterValue, parseJson } from "../parameters.ts";
import { told } from "../reader-language.ts";
import { faultLines, previewLines } from "../transfer-report.ts";
import { showFaults } from "./apply.ts";

interface UpdateOptions extends ConnectionOptions {
  where: string;
  type?: string;
  directory?: string;
  dryRun?: boolean;
  skipFaults?: boolean;
  yes?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("update", "Give all objects that a search finds the same values", [
      "update --where 'type = Server and rack = /racks/r1' status=maintenance --dry-run",
      "update --where 'status = maintenance' status=up note=",
      `update --type Server --where 'name ~ web' 'tags:=["web","tokyo"]'`,
    ]),
  )
    .argument("<values...>", "FIELD=VALUE, FIELD= for no value, FIELD:=JSON")
    .requiredOption("--where <search>", "which objects; see docs/search.md")
    .option("--type <type>", "only objects of this type")
    .option("--directory <path>", "only what is directly in this directory")
    .option("--dry-run", "only show what would be done, and what is wrong")
    .option("--skip-faults", "leave out what is wrong or may not be written")
    .option("-y, --yes", "do not ask, also at a terminal")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the result as JSON")
    .action(async (values: string[], options: UpdateOptions) => {
      const client = connect(options);
      const body = bodyOf(values, options);
      const asks = options.yes !== true && process.stdin.isTTY && options.json !== true;
      try {
        if (options.dryRun === true || asks) {
          const preview = await client.bulkEdit({ ...body, dryRun: true });
          report(preview, options, true);
          if (options.dryRun === true || !(await isAgreed())) return;
          process.exitCode = 0;
          // What was looked at is what is done.
          body.fingerprint = preview.fingerprint;
        }
        report(await client.bulkEdit(body), options, false);
      } catch (error) {
        if (options.json !== true) showFaults(error);
        throw error;
      }
    });
}

function bodyOf(values: readonly string[], options: UpdateOptions): BulkEditBody {
  const { where, type, directory, skipFaults, reason } = options;
  return {
    q: where,
    fields: Object.fromEntries(values.map(assignment)),
    ...(type === undefined ? {} : { type }),
    ...(directory === undefined ? {} : { directory }),
    ...(skipFaults === true ? { skipFaults } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

function assignment(text: string): [string, Json] {
  const [, field, sign, value] = /^([^=:]+)(:?=)([^]*)$/.exec(text) ?? [];
  if (field === undefined || sign === undefined || value === undefined) {
    throw new TsunagiError("USAGE", `'${text}' gives no field a value`, {
      hint: "Write FIELD=VALUE, or FIELD:=JSON.",
    });
  }
  if (sign === ":=") return [field, parseJson(value)];
  return [field, value === "" ? null : parameterValue(value)];
}

function report(done: BulkEditDocument, { json }: UpdateOptions, isPreview: boolean): void {
  const { found, total, objects, faults, change } = done;
  if (json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
  else {
    for (const line of previewLines(objects, total)) process.stdout.write(`${line}\n`);
    for (const line of faultLines(faults)) process.stderr.write(`${line}\n`);
    const outcome = isPreview
      ? told(`would change ${total} of ${found} objects`)
      : change === null
        ? told(`${found} objects; nothing has changed`)
        : told(`${found} objects, as change ${change}`);
    process.stdout.write(`${outcome}\n`);
  }
  if (faults.length > 0) process.exitCode = 65;
}

async function isAgreed(): Promise<boolean> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await line.question(told("Do it? (y/n) "))).trim());
  } finally {
    line.close();
  }
}
