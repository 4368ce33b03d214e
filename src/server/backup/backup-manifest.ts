import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TsunagiError } from "#kernel";

/**
 * What a backup says of itself, in `backup.json`. It is written last: a directory without it is no backup.
 *
 *   tsunagi.sqlite   everything but the bytes of files: objects, history, users, processes where they stand
 *   attachments/     the files of objects and their history
 *   key              only if it was asked for: it opens the passwords in the database
 *
 * What is not in it: the journal of the job manager beside the server. It must never go back, because what it knows is what a
 * restored database has forgotten.
 */
const manifest = z.object({
  format: z.literal(1),
  /** The release that took it. */
  version: z.string(),
  takenAt: z.iso.datetime(),
  /** Told again from the same key, and tells nothing about it. */
  keyFingerprint: z.string(),
  hasKey: z.boolean(),
  database: z.object({ bytes: z.number(), sha256: z.string() }),
  attachments: z.object({ count: z.number(), bytes: z.number() }),
  /** Files that an object holds and the disk had lost when it was taken. */
  missing: z.array(z.string()),
});

export type BackupManifest = z.infer<typeof manifest>;

export const manifestFile = "backup.json";

/** Throws BACKUP_INVALID if the directory is no backup, or one of a later form. */
export function readManifest(directory: string): BackupManifest {
  try {
    return manifest.parse(JSON.parse(readFileSync(join(directory, manifestFile), "utf8")));
  } catch (cause) {
    throw new TsunagiError("BACKUP_INVALID", `${directory} is no backup that can be read`, {
      hint: `a backup holds ${manifestFile}, which is written last: one without it was not finished`,
      cause,
    });
  }
}

export function fingerprintOf(key: Uint8Array): string {
  return createHash("sha256").update("tsunagi key\0").update(key).digest("hex").slice(0, 16);
}

/** SHA-256 of a file, in hex. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 ** 2 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
