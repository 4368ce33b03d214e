import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import { secretMask } from "./field-value.ts";
import { password } from "./fields/password.ts";
import { changedFieldIds } from "./history.ts";
import type { Json, JsonObject } from "./json.ts";
import { valueOf } from "./object-type.ts";
import type { TreeObject } from "./stored-object.ts";

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

/** An entry of a change. What listeners do not look at is not put together. */
export class ChangedObject implements ChangeEntry {
  readonly id: number;
  readonly #before: TreeObject | null;
  readonly #after: TreeObject | null;
  #states: Pick<ChangeEntry, "before" | "after"> | undefined;
  #changed: string[] | undefined;

  constructor(id: number, before: TreeObject | null, after: TreeObject | null) {
    this.id = id;
    this.#before = before;
    this.#after = after;
  }

  get before(): ObjectState | null {
    return this.#bothStates().before;
  }

  get after(): ObjectState | null {
    return this.#bothStates().after;
  }

  get changed(): string[] {
    this.#changed ??= changedFields(this.#before, this.#after);
    return this.#changed;
  }

  #bothStates(): Pick<ChangeEntry, "before" | "after"> {
    this.#states ??= {
      before: this.#before && toState(this.#before),
      after: this.#after && toState(this.#after),
    };
    return this.#states;
  }
}

function toState(object: TreeObject): ObjectState {
  const { path, type, ownerId, revision, content } = object;
  const fields = content.type.fields.map((field): [string, Json] => {
    const stored = valueOf(field, content.data);
    return [field.name, field.kind === password && stored !== null ? secretMask : stored];
  });
  return { path, type, ownerId, revision, fields: Object.fromEntries(fields) };
}

/** The names of the fields that differ between two states; of an object that took another type, all of both. */
function changedFields(before: TreeObject | null, after: TreeObject | null): string[] {
  const states = [before, after].filter((state) => state !== null);
  const types = new Map(states.map(({ content }) => [content.type.id, content.type]));
  const [type, other] = types.values();
  if (type === undefined) return [];
  if (other !== undefined) return [...new Set([...type.fieldNames, ...other.fieldNames])];
  // The type may itself be another version; the later one has the names of now.
  const { fields } = after?.content.type ?? type;
  const ids = changedFieldIds(before?.content.data ?? {}, after?.content.data ?? {});
  return fields.filter((field) => ids.includes(field.id)).map((field) => field.name);
}
