import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { assertWhole, copyDatabase, hasDatabase, openCopy, sqliteFileName } from "#database";
import { TsunagiError } from "#kernel";
import { attachmentDirectory, listAttachments } from "#objects";
import { fileFailure, loadKey, version } from "#runtime";
import { fingerprintOf, hashOf, manifestFile, type BackupManifest } from "./backup-manifest.ts";
import { writeBackupRecord } from "./backup-record.ts";

export interface TakeBackupOptions {
  /** The data directory. */
  data: string;
  /** A directory that is not there yet, or empty. */
  to: string;
  /** The key, too: whoever has the backup then can read every password in it. */
  withKey?: boolean;
  /** How many files are copied. */
  onProgress?: (files: number) => void;
}

const pageSize = 1000;

/**
 * Takes a backup of a data directory, also while a server works on it: the database as it is at one moment, then the files that
 * it names. It is written beside its place, looked through, and moved there when it is whole.
 */
export async function takeBackup(options: TakeBackupOptions): Promise<BackupManifest> {
  const data = resolve(options.data);
  const to = resolve(options.to);
  if (!hasDatabase(data)) throw noDatabase(data);
  assertFree(to);
  const key = loadKey(data, { mustExist: true });
  const draft = `${to}.${process.pid}.unfinished`;
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    await copyDatabase(data, draft);
    assertWhole(draft);
    const attachments = await copyAttachments(data, draft, options.onProgress);
    if (options.withKey === true) copyFileSync(join(data, "key"), join(draft, "key"));
    const file = join(draft, sqliteFileName);
    const manifest: BackupManifest = {
      format: 1,
      version,
      takenAt: new Date().toISOString(),
      keyFingerprint: fingerprintOf(key),
      hasKey: options.withKey === true,
      database: { bytes: statSync(file).size, sha256: await hashOf(file) },
      ...attachments,
    };
    await writeDurably(join(draft, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(to, { recursive: true, force: true });
    renameSync(draft, to);
    await syncDirectory(dirname(to));
    writeBackupRecord(data, { takenAt: Date.now(), directory: to });
    return manifest;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw fileFailure(error, to);
  }
}

async function copyAttachments(
  data: string,
  draft: string,
  onProgress: TakeBackupOptions["onProgress"],
): Promise<Pick<BackupManifest, "attachments" | "missing">> {
  const from = attachmentDirectory(data);
  const to = attachmentDirectory(draft);
  const copy = await openCopy(draft);
  const done = { attachments: { count: 0, bytes: 0 }, missing: [] as string[] };
  try {
    for (let after = ""; ;) {
      const page = await copy.read((tx) => listAttachments(tx, after, pageSize));
      for (const { hash, size, content, isUsed } of page) {
        if (!from.keeps(content)) {
          // What nobody uses any more may be removed at any time.
          if (isUsed) done.missing.push(hash);
          continue;
        }
        const written = await to.write(from.read(content, { start: 0, end: size }), {
          sizeMax: size,
          size,
        });
        if (written.hash !== hash) done.missing.push(hash);
        done.attachments.count += 1;
        done.attachments.bytes += written.size;
        onProgress?.(done.attachments.count);
      }
      const last = page.at(-1);
      if (last === undefined) return done;
      after = last.hash;
    }
  } finally {
    await copy.close();
  }
}

function noDatabase(data: string): TsunagiError {
  return new TsunagiError("OBJECT_NOT_FOUND", `there is no database in ${data}`, {
    hint: "name the server's data directory with --data",
  });
}

function assertFree(to: string): void {
  if (!existsSync(to)) return;
  if (statSync(to).isDirectory() && readdirSync(to).length === 0) return;
  throw new TsunagiError("TARGET_NOT_EMPTY", `there is something in ${to} already`, {
    hint: "name a directory that is not there yet; each backup has its own",
  });
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
  await syncDirectory(dirname(file));
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}
