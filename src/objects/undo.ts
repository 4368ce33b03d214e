/**
 * Taking back: a value, an object, a change, what a person or a process did, a period. The plan comes first, with
 * the conflicts in it; nothing that came later is overwritten unless it is named. An undo is a change like any
 * other, so it can be undone.
 */
import { TsunagiError } from "#kernel";
import type { UndoRequest } from "./undo-selection.ts";
import type { UndoConflict, UndoPlan } from "./undo-step.ts";

export interface UndoOptions {
  /** Undo what is free of conflicts, and leave the rest. */
  skipConflicts?: boolean;
  /** Conflicts that are to be overwritten, by their ids; `all` of those that can be. */
  force?: "all" | readonly string[];
}

/** Conflicts that an error names. */
const namedMax = 100;

/** Throws UNDO_CONFLICT if something is in the way that may not be left out. */
export function assertFree({ conflicts }: UndoPlan, options: UndoOptions): void {
  if (conflicts.length === 0 || options.skipConflicts === true) return;
  const [first] = conflicts;
  const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : "";
  throw new TsunagiError("UNDO_CONFLICT", `nothing is undone: ${describe(first)}${more}`, {
    details: { conflicts: conflicts.slice(0, namedMax).map(detailOf), total: conflicts.length },
    hint: "look at the conflicts; then leave them out, or name those that may be overwritten",
  });
}

/** What the history says as the cause of an undo, such as `change 41`. */
export function describeRequest(request: UndoRequest): string {
  const { change, author, cause, from, to, object, fields, below } = request;
  return [
    change === undefined ? undefined : `change ${change}`,
    cause,
    author === undefined ? undefined : `by ${author}`,
    from === undefined ? undefined : `from ${from}`,
    to === undefined ? undefined : `to ${to}`,
    object === undefined ? undefined : `of ${object}`,
    fields === undefined ? undefined : `(${fields.join(", ")})`,
    below === undefined ? undefined : `below ${below}`,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

function describe(conflict: UndoConflict | undefined): string {
  if (conflict === undefined) return "";
  const last = conflict.changes.at(-1);
  const by = last === undefined ? "" : `, by ${last.author} in change ${last.change}`;
  return `${conflict.message}${by}`;
}

/** As the API gives it: times as text. */
export function detailOf(conflict: UndoConflict) {
  return {
    ...conflict,
    changes: conflict.changes.map((head) => ({ ...head, at: new Date(head.at).toISOString() })),
  };
}
