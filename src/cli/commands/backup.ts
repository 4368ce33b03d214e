import type { Command } from "commander";
import { TsunagiError } from "#kernel";
import type { BackupManifest } from "#server";
import { defaultDataDirectory } from "../data-directory.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";

interface CreateOptions {
  data: string;
  withKey?: boolean;
  json?: boolean;
}

interface RestoreOptions {
  data: string;
  key?: string;
  replace?: boolean;
  json?: boolean;
}

export function command(): Command {
  return declare("backup", "Back up a server's data directory, check a backup, restore one", [
    "backup /backups/2026-11-20",
    "backup check /backups/2026-11-20",
    "backup restore /backups/2026-11-20 --data /srv/tsunagi",
  ])
    .addCommand(createCommand(), { isDefault: true })
    .addCommand(checkCommand())
    .addCommand(restoreCommand());
}

function createCommand(): Command {
  return declare("create", "Take a backup, on the server's host, also while it runs", [
    "backup create /backups/2026-11-20",
    "backup create /backups/all --with-key",
  ])
    .argument("<directory>", "where it is put; not there yet, or empty")
    .option(
      "--data <dir>",
      "the server's data directory (else $TSUNAGI_DATA)",
      defaultDataDirectory(),
    )
    .option("--with-key", "the key file, too: the backup then opens every password in it")
    .option("--json", "print what was taken as JSON")
    .addHelpText(
      "after",
      "\nA backup holds the database and all files, but not the key: keep a copy of DATA/key somewhere else.\nOf PostgreSQL its own tools take backups; see docs/operations.md.",
    )
    .action(create);
}

function checkCommand(): Command {
  return declare("check", "Read all of a backup, and say whether it is whole", [
    "backup check /backups/2026-11-20",
  ])
    .argument("<directory>", "the backup")
    .option("--json", "print what it says of itself as JSON")
    .action(async (directory: string, { json }: { json?: boolean }) => {
      const { checkBackup } = await import("#server");
      print(json, await checkBackup(directory), (taken) => [
        told(`The backup of ${taken.takenAt} is whole: ${contents(taken)}`),
      ]);
    });
}

function restoreCommand(): Command {
  return declare("restore", "Restore a backup into the data directory of a stopped server", [
    "backup restore /backups/2026-11-20 --data /srv/tsunagi --replace",
  ])
    .argument("<directory>", "the backup")
    .option(
      "--data <dir>",
      "the server's data directory (else $TSUNAGI_DATA)",
      defaultDataDirectory(),
    )
    .option("--key <file>", "your copy of the key file, where the data directory has none")
    .option("--replace", "in the place of the database there, which is kept beside it")
    .option("--json", "print what was restored as JSON")
    .addHelpText(
      "after",
      "\nProcesses go on from where they stood when the backup was taken. Commands that ran then end as unknown: they are not run again.",
    )
    .action(async (from: string, { json, ...options }: RestoreOptions) => {
      const { restoreBackup } = await import("#server");
      print(json, await restoreBackup({ from, ...options }), (done) => [
        told(`Restored the backup of ${done.takenAt}: ${contents(done)}`),
        ...(done.before === null ? [] : [told(`What was there before is ${done.before}`)]),
      ]);
    });
}

async function create(directory: string, { json, ...options }: CreateOptions): Promise<void> {
  if (process.env.DATABASE_URL) {
    throw new TsunagiError("DATABASE_UNSUPPORTED", "this is for a database in a data directory", {
      hint: "use pg_dump, or the backups of your PostgreSQL, and keep the key file; see docs/operations.md",
    });
  }
  const { takeBackup } = await import("#server");
  const isShown = process.stderr.isTTY && json !== true;
  const manifest = await takeBackup({
    ...options,
    to: directory,
    ...(isShown ? { onProgress: showFiles } : {}),
  });
  if (isShown) process.stderr.write("\r\u001B[K");
  print(json, manifest, (taken) => [
    told(`Backed up to ${directory}: ${contents(taken)}`),
    ...(taken.hasKey
      ? []
      : [told("The key is not in it: keep a copy of the file 'key' elsewhere.")]),
  ]);
  if (manifest.missing.length === 0) return;
  throw new TsunagiError(
    "BACKUP_INVALID",
    `${manifest.missing.length} files that objects hold were lost before`,
    {
      details: { files: manifest.missing.slice(0, 20) },
      hint: "the backup holds all the rest; look at the disk of the data directory, and for the files in older backups",
    },
  );
}

function print<T>(json: boolean | undefined, value: T, lines: (value: T) => string[]): void {
  process.stdout.write(`${json === true ? JSON.stringify(value) : lines(value).join("\n")}\n`);
}

function contents({ database, attachments }: BackupManifest): string {
  return `${megabytes(database.bytes)} MB of database, ${attachments.count} files of ${megabytes(attachments.bytes)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function showFiles(files: number): void {
  if (files % 100 === 0) process.stderr.write(`\r${told(`${files} files`)}\u001B[K`);
}
