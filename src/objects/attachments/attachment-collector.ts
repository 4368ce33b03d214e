/**
 * Removes what nobody needs: uploads of more than a day ago to which nothing refers, content that was never registered, and what
 * only a history held that has been cut.
 *
 * Content goes in a transaction after the one that took its row away, so that a crash in between leaves bytes without a row,
 * which the next run finds, and never a row without bytes.
 */
import type { Clock } from "#kernel";
import type { Database, Transaction } from "#database";
import { uploadKeptMs, type AttachmentStore } from "./attachment-store.ts";

export interface CollectorOptions {
  database: Database;
  /** Runs work in the one writer. */
  write: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  store: AttachmentStore;
  clock: Clock;
  onFailure: (error: unknown) => void;
}

// Processes that were interrupted go on first.
const startDelayMs = 60_000;

const intervalMs = 24 * 60 * 60 * 1000;

/** Few enough for other writers not to wait for them. */
const batchSize = 50;

export class AttachmentCollector {
  readonly #options: CollectorOptions;
  #takeBackTimer: () => void = () => undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Runs soon, and then once a day. */
  start(): void {
    this.#arm(startDelayMs);
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#takeBackTimer();
    await this.#running;
  }

  async runOnce(): Promise<void> {
    const before = this.#options.clock.now() - uploadKeptMs;
    await this.#dropUses();
    await this.#dropUploads(before);
    await this.#dropUnused(before);
    await this.#sweep(before);
  }

  #arm(delayMs: number): void {
    this.#takeBackTimer = this.#options.clock.after(delayMs, () => {
      this.#running = this.runOnce().catch((error: unknown) => {
        // What is not removed today is removed tomorrow.
        if (!this.#isStopped) this.#options.onFailure(error);
      });
      this.#arm(intervalMs);
    });
  }

  /** Uses of objects that no longer hold the hash, neither now nor in their history. */
  async #dropUses(): Promise<void> {
    const { database, write } = this.#options;
    let after = { hash: "", object_id: 0 };
    while (!this.#isStopped) {
      const page = await database.read((transaction) =>
        transaction.all<UseRow>(
          `select hash, object_id from attachment_use
            where hash > ? or (hash = ? and object_id > ?) order by hash, object_id limit ?`,
          [after.hash, after.hash, after.object_id, batchSize],
        ),
      );
      const gone = await database.read((transaction) => unneeded(transaction, page));
      if (gone.length > 0) {
        await write(async (transaction) => {
          // Asked again where nobody else writes.
          for (const { hash, object_id: id } of await unneeded(transaction, gone)) {
            await transaction.run("delete from attachment_use where hash = ? and object_id = ?", [
              hash,
              id,
            ]);
          }
        });
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last;
    }
  }

  async #dropUploads(before: number): Promise<void> {
    await this.#options.write((transaction) =>
      transaction.run("delete from attachment_upload where at <= ?", [before]),
    );
  }

  async #dropUnused(before: number): Promise<void> {
    while (!this.#isStopped) {
      const dropped = await this.#options.write(async (transaction) => {
        const rows = await transaction.all<{ hash: string; content: string }>(
          `select hash, content from attachment a where created_at <= ?
            and not exists (select 1 from attachment_use s where s.hash = a.hash)
            and not exists (select 1 from attachment_upload u where u.hash = a.hash) limit ?`,
          [before, batchSize],
        );
        for (const { hash } of rows) {
          await transaction.run("delete from attachment where hash = ?", [hash]);
        }
        return rows.map((row) => row.content);
      });
      await this.#remove(dropped);
      if (dropped.length < batchSize) return;
    }
  }

  /** What a store has without anybody knowing of it. */
  async #sweep(before: number): Promise<void> {
    let batch: string[] = [];
    for await (const content of this.#options.store.list(before)) {
      if (this.#isStopped) return;
      batch.push(content);
      if (batch.length < batchSize) continue;
      await this.#remove(await this.#unregistered(batch));
      batch = [];
    }
    await this.#remove(await this.#unregistered(batch));
  }

  #unregistered(contents: readonly string[]): Promise<string[]> {
    return this.#options.database.read(async (transaction) => {
      const found: string[] = [];
      for (const content of contents) {
        if (!(await isRegistered(transaction, content))) found.push(content);
      }
      return found;
    });
  }

  async #remove(contents: readonly string[]): Promise<void> {
    const { write, store } = this.#options;
    for (const content of contents) {
      await write(async (transaction) => {
        // The same may have come again meanwhile; from here on it cannot.
        if (!(await isRegistered(transaction, content))) await store.remove(transaction, content);
      });
    }
  }
}

interface UseRow {
  hash: string;
  object_id: number;
}

async function isRegistered(transaction: Transaction, content: string): Promise<boolean> {
  const row = await transaction.get("select 1 from attachment where content = ?", [content]);
  return row !== undefined;
}

async function unneeded(transaction: Transaction, uses: readonly UseRow[]): Promise<UseRow[]> {
  const found: UseRow[] = [];
  for (const use of uses) {
    // A hash is of no more than letters and digits.
    const pattern = `%${use.hash}%`;
    const holder = await transaction.get(
      `select 1 from object where id = ? and data like ?
        union all select 1 from object_history where object_id = ? and before like ? limit 1`,
      [use.object_id, pattern, use.object_id, pattern],
    );
    if (holder === undefined) found.push(use);
  }
  return found;
}
