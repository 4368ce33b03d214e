import type { Migration, Transaction } from "#database";
import { jobManagerMigration } from "./job-manager-objects.ts";
import { otherServersMigration } from "./other-servers.ts";

/**
 * The highest number that each journal is known to have taken, kept beyond this server's life: a journal that knows less
 * when it comes back is an older copy, and says nothing about what was handed to it since.
 */
export interface JournalHeights {
  /** 0: nothing is known. */
  find(transaction: Transaction, journal: string): Promise<number>;
  record(transaction: Transaction, heights: ReadonlyMap<string, number>): Promise<void>;
}

export const remoteMigrations: readonly Migration[] = [
  {
    name: "remote/0001-journals",
    async up(transaction) {
      await transaction.run(
        "create table remote_journal (journal text primary key, highest bigint not null)",
      );
    },
  },
  jobManagerMigration,
  otherServersMigration,
];

/** In a table of this domain. */
export const storedJournalHeights: JournalHeights = {
  async find(transaction, journal) {
    const row = await transaction.get<{ highest: number }>(
      "select highest from remote_journal where journal = ?",
      [journal],
    );
    return row?.highest ?? 0;
  },

  async record(transaction, heights) {
    for (const [journal, highest] of heights) {
      await transaction.run(
        `insert into remote_journal (journal, highest) values (?, ?)
         on conflict (journal) do update set highest = excluded.highest
           where excluded.highest > remote_journal.highest`,
        [journal, highest],
      );
    }
  },
};
