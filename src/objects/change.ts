import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import type { JsonObject } from "./json.ts";

/**
 * What other domains do when objects change: rules, hooks, live updates, the compiler of jobflows.
 *
 * Called inside the transaction, once a change, with all values before and after. It refuses the change by
 * throwing, and may add rows of its own; both happen together with the change or not at all.
 */
export interface ChangeListener {
  changed(transaction: Transaction, change: ChangeRecord): Promise<void>;
}

/** One change: all that one actor wrote in one go. */
export interface ChangeRecord {
  id: number;
  at: number;
  actor: Actor;
  /** Whether source that does not compile is kept as a draft instead of refused. */
  isDraft: boolean;
  entries: ChangeEntry[];
}

export interface ChangeEntry {
  id: number;
  /** Null: the object was made. */
  before: ObjectState | null;
  /** Null: the object was deleted. */
  after: ObjectState | null;
  /** The names of the fields whose values differ. */
  changed: string[];
}

export interface ObjectState {
  path: string;
  type: string;
  ownerId: number;
  revision: number;
  /** As stored, by name: references are ids, secrets are masked. */
  fields: JsonObject;
}
