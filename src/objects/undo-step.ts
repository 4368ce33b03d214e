import type { Transaction } from "#database";
import type { ChangeHead } from "./history-view.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { PastAccess } from "./past-access.ts";
import type { PastState } from "./past-state.ts";
import type { Aspect } from "./undo-merge.ts";

/** What one object is to become. */
export interface UndoStep {
  id: number;
  /** Where it is, or was when it was deleted. */
  path: string;
  current: PastState | null;
  target: PastState | null;
  /** Of what stands in the history last. */
  lastRevision: number;
}

export interface UndoConflict {
  /** By which it is named to be forced. */
  id: string;
  path: string;
  /** The field, or `name`, `directory`, `owner`, `type`, `grants`, `object`. */
  what: string;
  reason: ConflictReason;
  message: string;
  /** Later changes that are in the way. */
  changes: ChangeHead[];
  isForceable: boolean;
}

export type ConflictReason =
  | "changed"
  | "deleted"
  | "name-taken"
  | "directory-gone"
  | "type-gone"
  | "target-gone"
  | "not-empty"
  | "referred-to"
  | "not-unique"
  | "not-permitted"
  | "system";

export interface UndoPlan {
  steps: UndoStep[];
  conflicts: UndoConflict[];
  /** References of objects that stay, to what is going to be deleted; through fields that say `clear`. */
  clearings: { id: number; fieldId: string; targetId: number }[];
  isPartial: boolean;
}

export interface PlanServices {
  transaction: Transaction;
  reader: ObjectReader;
  access: PastAccess;
  /** Names of conflicts that are to be overwritten; `all` of them. */
  force: "all" | ReadonlySet<string>;
  /** Whether the actor may make an object the property of that user. */
  mayOwn: (userId: number) => boolean;
}

export function conflictId(id: number, aspect: Aspect): string {
  return `${id}:${aspect}`;
}
