import { readFileSync, writeFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What a server's directory tells of its last backup, so that the server's status can say when it was. */
const record = z.object({ takenAt: z.number(), directory: z.string() });

export type BackupRecord = z.infer<typeof record>;

const fileName = "last-backup.json";

export function writeBackupRecord(data: string, taken: BackupRecord): void {
  const file = join(data, fileName);
  writeFileSync(`${file}.new`, `${JSON.stringify(taken)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The last backup of a data directory; null if none was taken. */
export function lastBackup(data: string): BackupRecord | null {
  try {
    return record.parse(JSON.parse(readFileSync(join(data, fileName), "utf8")));
  } catch {
    // It is a note beside the data: one that cannot be read tells nothing.
    return null;
  }
}
