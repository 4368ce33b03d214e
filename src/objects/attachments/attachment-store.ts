/**
 * Where the bytes of attachments are: files in the data directory, or rows that every server of a database sees. A store knows
 * neither users nor objects; what is kept and who may have it stands in the rows of `attachment-rows.ts`.
 *
 * I1  Content is only found under its key when all of it is there, on disk, and its hash is known: what was begun and not
 *     finished is never seen, and is removed.
 * I2  Content is put in at any time and by any thread, but removed only in a transaction of the one writer that has seen that
 *     no row needs it; so that registering content, in that writer too, finds it or knows that it is gone.
 */
import type { Transaction } from "#database";

export interface AttachmentStore {
  /**
   * Takes a stream in. Its content is nobody's until it is registered; what nobody registers is removed after a day.
   * Throws BODY_TOO_LARGE beyond `sizeMax` and STORAGE_FULL without room; nothing of it is then left.
   */
  write(bytes: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<ReceivedContent>;
  /** The bytes from `start` up to and without `end`. Rejects with ATTACHMENT_NOT_FOUND if they are gone. */
  read(content: string, range: ByteRange): AsyncIterable<Uint8Array>;
  has(transaction: Transaction, content: string): Promise<boolean>;
  /** Only in the writer (I2). What is not there is no error. */
  remove(transaction: Transaction, content: string): Promise<void>;
  /** Keys of content that was put in before that moment, registered or not. */
  list(before: number): AsyncIterable<string>;
}

export interface WriteOptions {
  sizeMax: number;
  /** How much will come, if whoever sends it has said so. */
  size?: number | undefined;
}

/** What came in: its key in the store, and what it is known by. */
export interface ReceivedContent {
  content: string;
  /** SHA-256, in hex. */
  hash: string;
  size: number;
}

export interface ByteRange {
  start: number;
  end: number;
}

/** The largest file, in bytes. */
export const attachmentBytesMax = 1024 ** 3;

/** So long whoever has uploaded something may refer to it, and nothing is removed that is younger. */
export const uploadKeptMs = 24 * 60 * 60 * 1000;
