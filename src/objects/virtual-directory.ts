import type { Transaction } from "#database";
import type { Actor } from "./actor.ts";
import type { Json, JsonObject } from "./json.ts";
import type { RightSet } from "./rights.ts";

/**
 * Objects that are kept where it is efficient, and read, list and permit like any other: processes, users.
 * They stand directly below a directory of the tree, which the storage makes when it is installed.
 */
export interface VirtualDirectory {
  /** Such as `/process`. */
  readonly path: string;
  /** The type of all that is in it: what fields it has stands there, as for any other object. */
  readonly type: string;
  /**
   * Gives what has that name, or undefined. `inherited` are the actor's rights on the directory itself; whoever
   * has more or less of them on one object says so in its `rights`.
   */
  find(
    transaction: Transaction,
    actor: Actor,
    name: string,
    inherited: RightSet,
  ): Promise<VirtualObject | undefined>;
  /**
   * What the actor may read, in the directory's own order, after that name. `equal` are values of fields that are asked for, by
   * name; what has others may be left out, where that is quicker than to give it.
   */
  list(
    transaction: Transaction,
    actor: Actor,
    page: { after?: string; limit: number; equal?: ReadonlyMap<string, Json> },
    inherited: RightSet,
  ): Promise<VirtualObject[]>;
}

export interface VirtualObject {
  name: string;
  type: string;
  ownerId: number;
  owner: string | null;
  /** As they are shown. */
  fields: JsonObject;
  revision: number;
  createdAt: number;
  updatedAt: number;
  rights: RightSet;
}
