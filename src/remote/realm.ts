import type { Transaction } from "#database";

/** A network segment that is served by job managers of its own. */
export interface Realm {
  name: string;
  /** How long a command waits for a job manager to be connected. */
  waitMs: number;
  /** After so long without the job manager that has it, a command's fate counts as unknown. */
  lostAfterMs: number;
}

/** What `remote` needs of the object storage: the realms that are objects. */
export interface Realms {
  find(transaction: Transaction, name: string): Promise<Realm | undefined>;
  names(transaction: Transaction): Promise<string[]>;
}

export const realmDefaults = { waitMs: 120_000, lostAfterMs: 600_000 };
