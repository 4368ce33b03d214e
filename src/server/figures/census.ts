/**
 * How much of everything there is. Counting rows takes long where there are millions, so it is done on the thread that reads,
 * when somebody asks, and seldom: what it gave stands in memory until it is a hundred times as old as it took. So however
 * much there is, counting takes a hundredth of one reader's time at most, and none of the engine's.
 */
import type { Database, Transaction } from "#database";
import { gauge, samplesBy, type Clock, type Figure } from "#kernel";
import { countLiveByState, countMessages, nextTimerAt } from "#processes";
import { countAttachments } from "#objects";

const ageMinMs = 15_000;
const restFactor = 100;

export const databaseBytes = {
  name: "tsunagi_database_file_bytes",
  help: "The database's files, or all of it on PostgreSQL.",
};

export class Census {
  readonly #database: Database;
  readonly #clock: Clock;
  #taken: Promise<Figure[]> | undefined;
  #goodUntil = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The last count, renewed if it is too old. */
  async figures(): Promise<Figure[]> {
    if (this.#taken === undefined || this.#clock.now() >= this.#goodUntil) {
      this.#goodUntil = Infinity;
      this.#taken = this.#take();
      // One that failed is not kept.
      this.#taken.catch(() => (this.#taken = undefined));
    }
    return this.#taken;
  }

  async #take(): Promise<Figure[]> {
    const began = this.#clock.now();
    try {
      const isPostgres = this.#database.dialect === "postgres";
      return await this.#database.read(async (tx) => [
        ...(await count(tx)),
        ...(isPostgres ? [await databaseSize(tx)] : []),
      ]);
    } finally {
      const ended = this.#clock.now();
      this.#goodUntil = ended + Math.max(ageMinMs, restFactor * (ended - began));
    }
  }
}

async function count(transaction: Transaction): Promise<Figure[]> {
  const attachments = await countAttachments(transaction);
  return [
    gauge(
      "tsunagi_processes",
      "Processes that have not ended, of the whole installation.",
      samplesBy("state", await countLiveByState(transaction)),
    ),
    gauge(
      "tsunagi_mailbox_messages",
      "Messages that are kept until a process takes them.",
      await countMessages(transaction),
    ),
    gauge("tsunagi_attachments", "Files that objects or their history hold.", attachments.count),
    gauge("tsunagi_attachment_bytes", "Their size.", attachments.bytes),
  ];
}

/** On SQLite the files say so (program-figures.ts). */
async function databaseSize(transaction: Transaction): Promise<Figure> {
  const row = await transaction.get<{ bytes: number }>(
    "select pg_database_size(current_database()) as bytes",
  );
  return gauge(databaseBytes.name, databaseBytes.help, [
    { labels: { file: "database" }, value: row?.bytes ?? 0 },
  ]);
}

/** How long the next timer has been due; 0 where none is. */
export async function timerLagMs(transaction: Transaction, now: number): Promise<number> {
  const next = await nextTimerAt(transaction);
  return next === undefined ? 0 : Math.max(0, now - next);
}
