import { join, resolve } from "node:path";
import { assertWhole, openCopy, sqliteFileName } from "#database";
import { TsunagiError } from "#kernel";
import { attachmentDirectory, listAttachments } from "#objects";
import { createHash } from "node:crypto";
import { hashOf, readManifest, type BackupManifest } from "./backup-manifest.ts";

const pageSize = 1000;
const faultsShown = 20;

/** Reads all of a backup, and throws BACKUP_INVALID where a byte is not as it was when it was taken. */
export async function checkBackup(directory: string): Promise<BackupManifest> {
  const from = resolve(directory);
  const manifest = readManifest(from);
  const file = join(from, sqliteFileName);
  if ((await hashOf(file).catch(() => undefined)) !== manifest.database.sha256) {
    throw new TsunagiError("BACKUP_INVALID", `${file} is not as it was when it was taken`, {
      hint: "take another backup, and look at the disk that held this one",
    });
  }
  assertWhole(from);
  const faults = await damagedFiles(from, new Set(manifest.missing));
  if (faults.length === 0) return manifest;
  throw new TsunagiError("BACKUP_INVALID", `${faults.length} files in ${from} are damaged`, {
    details: { files: faults.slice(0, faultsShown) },
    hint: "take another backup, and look at the disk that held this one",
  });
}

async function damagedFiles(from: string, missing: ReadonlySet<string>): Promise<string[]> {
  const store = attachmentDirectory(from);
  const database = await openCopy(from);
  const faults: string[] = [];
  try {
    for (let after = ""; ;) {
      const page = await database.read((tx) => listAttachments(tx, after, pageSize));
      for (const { hash, size, content, isUsed } of page) {
        if (missing.has(hash) || (!isUsed && !store.keeps(content))) continue;
        const sum = createHash("sha256");
        try {
          for await (const chunk of store.read(content, { start: 0, end: size })) sum.update(chunk);
        } catch {
          // What cannot be read is told as damaged below.
        }
        if (sum.digest("hex") !== hash) faults.push(hash);
      }
      const last = page.at(-1);
      if (last === undefined) return faults;
      after = last.hash;
    }
  } finally {
    await database.close();
  }
}
