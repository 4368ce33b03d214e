/**
 * Attachments as rows of 1 MB, so that every server of a database sees them. Each upload has a key of its own, as its hash is
 * known only at its end; of the same content that came twice, the later rows go when it is registered.
 *
 * Every row is read and written in a transaction of its own: a slow client holds none.
 */
import { randomUUID } from "node:crypto";
import { systemClock, type Clock } from "#kernel";
import type { Database, Transaction } from "#database";
import type {
  AttachmentStore,
  ByteRange,
  ReceivedContent,
  WriteOptions,
} from "../attachment-store.ts";
import { contentGone, MeasuredBytes } from "../measured-bytes.ts";

const chunkBytes = 1024 ** 2;

/** The tables' part of a migration. */
export const chunkStatements = [
  `create table attachment_chunk (
    content text not null,
    position bigint not null,
    at bigint not null,
    bytes blob not null,
    primary key (content, position)
  )`,
];

export class DatabaseStore implements AttachmentStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  async write(
    bytes: AsyncIterable<Uint8Array>,
    { sizeMax }: WriteOptions,
  ): Promise<ReceivedContent> {
    const content = randomUUID();
    const measured = new MeasuredBytes(sizeMax);
    let position = 0;
    try {
      // One at least: content without a row is content that is gone.
      for await (const chunk of inChunks(bytes, measured)) {
        const row = [content, position, this.#clock.now(), chunk];
        await this.#database.write((transaction) =>
          transaction.run(
            "insert into attachment_chunk (content, position, at, bytes) values (?, ?, ?, ?)",
            row,
          ),
        );
        position += 1;
      }
      return { content, hash: measured.digest(), size: measured.size };
    } catch (error) {
      // Where not even this is possible, it is removed with what is old and nobody's.
      await this.#database
        .write((transaction) => this.remove(transaction, content))
        .catch(() => undefined);
      throw error;
    }
  }

  async *read(content: string, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
    for (let at = start; at < end;) {
      const position = Math.floor(at / chunkBytes);
      const row = await this.#database.read((transaction) =>
        transaction.get<{ bytes: Uint8Array }>(
          "select bytes from attachment_chunk where content = ? and position = ?",
          [content, position],
        ),
      );
      if (row === undefined) throw contentGone(content);
      const from = at - position * chunkBytes;
      const part = row.bytes.subarray(from, from + end - at);
      if (part.length === 0) throw contentGone(content);
      yield part;
      at += part.length;
    }
  }

  async has(transaction: Transaction, content: string): Promise<boolean> {
    const row = await transaction.get(
      "select 1 from attachment_chunk where content = ? and position = 0",
      [content],
    );
    return row !== undefined;
  }

  async remove(transaction: Transaction, content: string): Promise<void> {
    await transaction.run("delete from attachment_chunk where content = ?", [content]);
  }

  async *list(before: number): AsyncIterable<string> {
    let after = "";
    for (;;) {
      const rows = await this.#database.read((transaction) =>
        transaction.all<{ content: string }>(
          `select content from attachment_chunk
            where position = 0 and at < ? and content > ? order by content limit 100`,
          [before, after],
        ),
      );
      for (const { content } of rows) yield content;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.content;
    }
  }
}

/** Puts content in under a key that is known, within a transaction; rejects if its hash is not the one it should have. */
export async function storeContent(
  transaction: Transaction,
  content: {
    key: string;
    hash: string;
    size: number;
    bytes: AsyncIterable<Uint8Array>;
    at: number;
  },
): Promise<void> {
  const { key, hash, size, bytes, at } = content;
  const measured = new MeasuredBytes(size);
  let position = 0;
  for await (const chunk of inChunks(bytes, measured)) {
    await transaction.run(
      "insert into attachment_chunk (content, position, at, bytes) values (?, ?, ?, ?)",
      [key, position, at, chunk],
    );
    position += 1;
  }
  if (measured.digest() !== hash) throw contentGone(key);
}

/** Pieces of one size, but for the last; an empty stream is one empty piece. */
async function* inChunks(
  bytes: AsyncIterable<Uint8Array>,
  measured: MeasuredBytes,
): AsyncIterable<Uint8Array> {
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  let isEmpty = true;
  for await (const piece of bytes) {
    measured.add(piece);
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < chunkBytes) continue;
      yield chunk;
      isEmpty = false;
      chunk = new Uint8Array(chunkBytes);
      filled = 0;
    }
  }
  if (filled > 0 || isEmpty) yield chunk.subarray(0, filled);
}
