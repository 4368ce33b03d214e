/**
 * What was looked up in a transaction already: the directories, targets of references and types of an import are few, and
 * it asks for them with every object.
 *
 * I1  It belongs to the transaction, and all changes in it share it: who moves, deletes or grants anything, or changes a
 *     type, makes all forget everything ({@link forgetLookups}).
 * I2  What a savepoint took back is forgotten, too.
 * I3  What was found for one principal says nothing to another.
 */
import type { Transaction } from "#database";
import type { Principal } from "#identity";
import type { ResolvedTarget } from "./field-kind.ts";
import type { ObjectType } from "./object-type.ts";
import type { TreeObject } from "./stored-object.ts";

export interface Lookups {
  /** Objects in which the principal may make others, by path. */
  readonly parents: Map<string, TreeObject>;
  /** Objects that the principal may read, by path. */
  readonly targets: Map<string, ResolvedTarget>;
  readonly types: Map<string, ObjectType>;
}

/** More than any import has directories at once; each is small. */
const rememberedMax = 20_000;

interface Memory {
  rollbacks: number;
  /** Ids of directories by path, whoever asks. */
  directories: Map<string, number>;
  of: Map<Principal, Lookups>;
}

const memories = new WeakMap<Transaction, Memory>();

export function lookupsOf(transaction: Transaction, principal: Principal): Lookups {
  const memory = memoryOf(transaction);
  let lookups = memory.of.get(principal);
  if (lookups === undefined || lookups.targets.size + lookups.parents.size > rememberedMax) {
    lookups = { parents: new Map(), targets: new Map(), types: new Map() };
    memory.of.set(principal, lookups);
  }
  return lookups;
}

/** The ids of directories that a path led through, by their paths. */
export function directoriesOf(transaction: Transaction): Map<string, number> {
  const { directories } = memoryOf(transaction);
  if (directories.size > rememberedMax) directories.clear();
  return directories;
}

function memoryOf(transaction: Transaction): Memory {
  const { rollbacks } = transaction;
  let memory = memories.get(transaction);
  if (memory === undefined || memory.rollbacks !== rollbacks) {
    memory = { rollbacks, directories: new Map(), of: new Map() };
    memories.set(transaction, memory);
  }
  return memory;
}

export function forgetLookups(transaction: Transaction): void {
  memories.delete(transaction);
}
