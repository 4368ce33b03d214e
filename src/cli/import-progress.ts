/**
 * An import with a line of progress, where somebody sits before a terminal. The first Ctrl-C cancels it on the server, and
 * what became of it is told; a second one ends this process.
 */
import { randomUUID } from "node:crypto";
import type { ImportDocument } from "#contract";
import { TsunagiError } from "#kernel";
import type { Client } from "./client.ts";
import { Interrupt } from "./interrupt.ts";
import { told } from "./reader-language.ts";

const askedEveryMs = 500;

export async function importWithProgress(
  client: Client,
  file: Blob,
  query: Record<string, string>,
  reason: string | undefined,
): Promise<ImportDocument> {
  const id = randomUUID();
  const interrupt = new Interrupt();
  let isOver = false;
  const cancelled = interrupt.happened.then(() => (isOver ? undefined : client.cancelImport(id)));
  cancelled.catch(() => undefined);
  const progress = process.stderr.isTTY ? setInterval(() => void show(), askedEveryMs) : undefined;
  const show = async (): Promise<void> => {
    // An answer that does not come is no reason to end.
    const { rows } = await client.importProgress(id).catch(() => ({ rows: null }));
    if (rows !== null && !isOver) process.stderr.write(`\r${told(`${rows} rows`)}\u001B[K`);
  };
  try {
    return await client.import(file, { ...query, id }, reason);
  } catch (error) {
    if (!(error instanceof TsunagiError) || error.code !== "IMPORT_CANCELLED") throw error;
    throw new TsunagiError("IMPORT_CANCELLED", "the import was cancelled; nothing was changed", {
      cause: error,
    });
  } finally {
    isOver = true;
    clearInterval(progress);
    if (progress !== undefined) process.stderr.write("\r\u001B[K");
    interrupt.close();
  }
}
