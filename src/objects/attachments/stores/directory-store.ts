/**
 * Attachments as files: `<directory>/ab/<hash>`, readable only for the server's user. What comes in is written to a temporary
 * name while it is hashed, brought to disk, and renamed; so a torn write is never seen, and the same content is kept once.
 */
import { randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import {
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  unlink,
  type FileHandle,
} from "node:fs/promises";
import { join } from "node:path";
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { fileFailure } from "#runtime";
import type {
  AttachmentStore,
  ByteRange,
  ReceivedContent,
  WriteOptions,
} from "../attachment-store.ts";
import { contentGone, MeasuredBytes } from "../measured-bytes.ts";

export interface DirectoryStoreOptions {
  /** So much of the disk stays free, as the database lies on it, too. */
  reserveBytes?: number;
}

const reserveDefaultBytes = 256 * 1024 ** 2;

// So often what was written is brought to disk: all of it at the end would hold up the commits of the database beside it.
const syncIntervalBytes = 32 * 1024 ** 2;

const incoming = "incoming";
const hashPattern = /^[0-9a-f]{64}$/;

export class DirectoryStore implements AttachmentStore {
  readonly #directory: string;
  readonly #reserveBytes: number;

  constructor(
    directory: string,
    { reserveBytes = reserveDefaultBytes }: DirectoryStoreOptions = {},
  ) {
    this.#directory = directory;
    this.#reserveBytes = reserveBytes;
  }

  /** Removes what a server that was killed had begun; before anything is written, by whoever holds the data directory. */
  async clear(): Promise<void> {
    await rm(join(this.#directory, incoming), { recursive: true, force: true });
  }

  async write(bytes: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<ReceivedContent> {
    const draft = join(this.#directory, incoming, randomUUID());
    try {
      await mkdir(join(this.#directory, incoming), { recursive: true, mode: 0o700 });
      await this.#assertRoom(options.size ?? 0);
      const measured = await this.#writeDraft(draft, bytes, options);
      const hash = measured.digest();
      await this.#publish(draft, hash);
      return { content: hash, hash, size: measured.size };
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      throw fileFailure(error, this.#directory);
    }
  }

  async *read(content: string, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
    if (end <= start) return;
    try {
      // Its `end` is the last byte.
      yield* createReadStream(this.#file(content), { start, end: end - 1 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === "ENOENT" ? contentGone(content) : fileFailure(error, this.#file(content));
    }
  }

  async has(_transaction: Transaction, content: string): Promise<boolean> {
    return this.keeps(content);
  }

  /** Whether there is content of that hash. */
  keeps(hash: string): boolean {
    return existsSync(this.#file(hash));
  }

  async remove(_transaction: Transaction, content: string): Promise<void> {
    await rm(this.#file(content), { force: true });
  }

  async *list(before: number): AsyncIterable<string> {
    for (const folder of await entries(this.#directory)) {
      if (folder === incoming) continue;
      for (const name of await entries(join(this.#directory, folder))) {
        if (!hashPattern.test(name)) continue;
        const found = await stat(this.#file(name)).catch(() => undefined);
        if (found !== undefined && found.mtimeMs < before) yield name;
      }
    }
  }

  async #writeDraft(
    draft: string,
    bytes: AsyncIterable<Uint8Array>,
    { sizeMax }: WriteOptions,
  ): Promise<MeasuredBytes> {
    const measured = new MeasuredBytes(sizeMax);
    const handle = await open(draft, "wx", 0o600);
    try {
      let unsynced = 0;
      for await (const chunk of bytes) {
        measured.add(chunk);
        await writeAll(handle, chunk);
        unsynced += chunk.length;
        if (unsynced < syncIntervalBytes) continue;
        unsynced = 0;
        await handle.datasync();
        await this.#assertRoom(0);
      }
      await handle.sync();
      return measured;
    } finally {
      await handle.close();
    }
  }

  /** The rename also renews what is there already: of the same content, but with the time of now. */
  async #publish(draft: string, hash: string): Promise<void> {
    const folder = join(this.#directory, hash.slice(0, 2));
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
    await rename(draft, this.#file(hash));
    await syncDirectory(folder);
    if (isNew) await syncDirectory(this.#directory);
  }

  async #assertRoom(needed: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    if (bavail * bsize - needed >= this.#reserveBytes) return;
    throw new TsunagiError(
      "STORAGE_FULL",
      `the disk that holds ${this.#directory} has no room for the file`,
      {
        details: { directory: this.#directory, free: bavail * bsize, reserve: this.#reserveBytes },
        hint: "make room on that disk, and try again; some of it stays free for the database",
      },
    );
  }

  #file(hash: string): string {
    return join(this.#directory, hash.slice(0, 2), hash);
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at)).bytesWritten;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
