import type { Command } from "commander";
import type { MigratedInstallation } from "#server";
import { defaultDataDirectory } from "../data-directory.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";

interface MigrateOptions {
  data: string;
  to: string;
  json?: boolean;
}

export function command(): Command {
  return declare("migrate", "Move the installation of a stopped server to PostgreSQL", [
    "migrate --to postgres://tsunagi:secret@db.example.com/tsunagi --data /srv/tsunagi",
  ])
    .requiredOption("--to <url>", "an empty database: postgres://user:password@host/name")
    .option(
      "--data <dir>",
      "the server's data directory (else $TSUNAGI_DATA)",
      defaultDataDirectory(),
    )
    .option("--json", "print what was moved as JSON")
    .addHelpText(
      "after",
      "\nAll of it is moved, or nothing. Afterwards start the server with the same --data, which has the key, and --database.",
    )
    .action(migrate);
}

async function migrate({ json, ...options }: MigrateOptions): Promise<void> {
  const { migrateInstallation } = await import("#server");
  const isShown = process.stderr.isTTY && json !== true;
  const done = await migrateInstallation({
    ...options,
    ...(isShown ? { onProgress: showProgress } : {}),
  });
  if (isShown) process.stderr.write("\r\u001B[K");
  process.stdout.write(`${json === true ? JSON.stringify(done) : report(done).join("\n")}\n`);
}

function report({ tables, attachments, missing, before }: MigratedInstallation): string[] {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    told(
      `Moved ${rows} rows of ${tables.length} tables and ${attachments.count} files; all of them were compared`,
    ),
    ...(missing.length === 0
      ? []
      : [
          told(`${missing.length} files that objects hold were lost before: ${missing.join(", ")}`),
        ]),
    told(`The database that was here is ${before}`),
  ];
}

function showProgress(what: string, count: number): void {
  if (count % 1000 < 200) process.stderr.write(`\r${what}: ${count}\u001B[K`);
}
