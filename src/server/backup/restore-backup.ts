import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hasDatabase, openCopy, sqliteFileName } from "#database";
import { TsunagiError } from "#kernel";
import { attachmentDirectory, listAttachments } from "#objects";
import { fileFailure, loadKey, lockDirectory, openDataDirectory } from "#runtime";
import { fingerprintOf, type BackupManifest } from "./backup-manifest.ts";
import { checkBackup } from "./check-backup.ts";

export interface RestoreBackupOptions {
  /** The backup. */
  from: string;
  /** The data directory, of a server that is stopped. */
  data: string;
  /** The key file of the installation, where neither the data directory nor the backup has it. */
  key?: string;
  /** Takes the place of the database that is there, which is kept beside it. */
  replace?: boolean;
}

export interface RestoredBackup extends BackupManifest {
  /** Where the database is now that was there before. */
  before: string | null;
}

const pageSize = 1000;

/**
 * Puts a backup in the place of a data directory's database. The job manager's journal stays as it is: by what it knows
 * the server finds, when it connects, which commands the restored database has forgotten, and goes on behind their numbers.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const from = resolve(options.from);
  const manifest = await checkBackup(from);
  const data = openDataDirectory(options.data);
  const lock = lockDirectory(data);
  try {
    if (hasDatabase(data) && options.replace !== true) {
      throw new TsunagiError("TARGET_NOT_EMPTY", `there is a database in ${data} already`, {
        hint: "give --replace to put the backup in its place; what is there now is kept beside it",
      });
    }
    placeKey(manifest, from, data, options.key);
    await copyAttachments(from, data, new Set(manifest.missing));
    const incoming = join(data, `${sqliteFileName}.restoring`);
    copyFileSync(join(from, sqliteFileName), incoming);
    await sync(incoming);
    const before = putAside(data);
    renameSync(incoming, join(data, sqliteFileName));
    await sync(data);
    return { ...manifest, before };
  } catch (error) {
    throw fileFailure(error, data);
  } finally {
    lock.release();
  }
}

/** Sees that the key of the backup is the data directory's, before anything is changed. */
function placeKey(
  manifest: BackupManifest,
  from: string,
  data: string,
  given: string | undefined,
): void {
  const place = join(data, "key");
  if (!existsSync(place)) {
    const source = given ?? (manifest.hasKey ? join(from, "key") : undefined);
    if (source === undefined) {
      throw new TsunagiError(
        "KEY_FILE_INVALID",
        `the key file is neither in ${data} nor in the backup`,
        {
          hint: "name your copy of it with --key; without it the stored passwords cannot be opened",
        },
      );
    }
    const text = readFileSync(source);
    copyFileSync(source, `${place}.new`);
    renameSync(`${place}.new`, place);
    if (
      fingerprintOf(Buffer.from(text.toString("utf8").trim(), "base64")) === manifest.keyFingerprint
    ) {
      return;
    }
    rmSync(place);
    throw otherKey(source);
  }
  if (fingerprintOf(loadKey(data)) !== manifest.keyFingerprint) throw otherKey(place);
}

function otherKey(file: string): TsunagiError {
  return new TsunagiError(
    "KEY_FILE_INVALID",
    `the key file ${file} is not the one of this backup`,
    {
      details: { file },
      hint: "use the key file of the installation that was backed up, in an empty data directory",
    },
  );
}

async function copyAttachments(
  from: string,
  data: string,
  missing: ReadonlySet<string>,
): Promise<void> {
  const source = attachmentDirectory(from);
  const target = attachmentDirectory(data);
  const database = await openCopy(from);
  try {
    for (let after = ""; ;) {
      const page = await database.read((tx) => listAttachments(tx, after, pageSize));
      for (const { hash, size, content, isUsed } of page) {
        if (missing.has(hash) || target.keeps(content)) continue;
        if (!isUsed && !source.keeps(content)) continue;
        const bytes = source.read(content, { start: 0, end: size });
        await target.write(bytes, { sizeMax: size, size });
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.hash;
    }
  } finally {
    await database.close();
  }
}

/** Keeps what is there, with its log, which must not be taken for the log of what comes. Gives where it is now. */
function putAside(data: string): string | null {
  const file = join(data, sqliteFileName);
  if (!existsSync(file)) return null;
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const kept = join(data, `before-restore-${time}.sqlite`);
  for (const suffix of ["-wal", "-shm"]) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${kept}${suffix}`);
  }
  // The database itself stays in its place until the other one takes it: at no moment is there none.
  linkSync(file, kept);
  return kept;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync();
  await handle.close();
}
