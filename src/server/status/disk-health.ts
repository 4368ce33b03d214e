import { statfs } from "node:fs/promises";
import type { DiskHealth } from "./status-document.ts";

/** The disk on which the data directory lies. */
export async function diskHealth(directory: string): Promise<DiskHealth> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { directory, freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}
