/**
 * A walk through a directory that goes on for a long time, such as a loop of a jobflow: in order of name, over what was there
 * when it began. What is deleted before it gets there is left out; so is what was made, came in, or took another name since.
 *
 * I1  An object's number is larger than those of all that were made before it, and says so before its history is written.
 * I2  What has left a place since is known by the history (`past-place.ts`), so that an object which the walk itself renames
 *     does not come again under its new name. Who moves things in a change that is open finishes it first.
 */
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import type { Actor } from "./actor.ts";
import type { ObjectKey, ObjectPage, ObjectReader } from "./object-reader.ts";
import type { StoredObject } from "./stored-object.ts";

/** When the walk began: the newest object and the newest change that there were. */
export interface WalkMark {
  object: number;
  change: number;
}

export interface WalkPage {
  items: StoredObject[];
  /** Where the next page begins, or null at the end. */
  next: string | null;
  mark: WalkMark;
}

interface WalkServices {
  transaction: Transaction;
  reader: ObjectReader;
  actor: Actor;
}

export async function walkDirectory(
  services: WalkServices,
  key: ObjectKey,
  { after, mark: given, limit }: { after?: string; mark?: WalkMark; limit: number },
): Promise<WalkPage> {
  const { transaction, reader, actor } = services;
  const mark = given ?? (await markOf(transaction));
  try {
    const page = await reader.children(transaction, actor, key, {
      limit,
      ...(after === undefined ? {} : { after }),
      ...(given === undefined ? {} : { condition: wasThere(given) }),
    });
    const [first] = page.items;
    // What is kept elsewhere has no number: a walk that makes such things would have no end.
    if (first?.id === null && page.next !== null) {
      return { items: await allBehind(services, key, page), next: null, mark };
    }
    return { ...page, mark };
  } catch (error) {
    const isGone = error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND";
    // With the directory, everything in it is deleted.
    if (given === undefined || !isGone) throw error;
    return { items: [], next: null, mark };
  }
}

async function allBehind(
  { transaction, reader, actor }: WalkServices,
  key: ObjectKey,
  { items, next }: ObjectPage,
): Promise<StoredObject[]> {
  const found = [...items];
  for (let after = next; after !== null;) {
    const page = await reader.children(transaction, actor, key, { after, limit: 1000 });
    found.push(...page.items);
    after = page.next;
  }
  return found;
}

function wasThere({ object, change }: WalkMark): { sql: string; parameters: SqlValue[] } {
  return {
    sql: `o.id <= ? and not exists
      (select 1 from object_place p where p.object_id = o.id and p.change_id > ?)`,
    parameters: [object, change],
  };
}

async function markOf(transaction: Transaction): Promise<WalkMark> {
  const newest = await transaction.get<WalkMark>(
    `select (select coalesce(max(id), 0) from object) as object,
      (select coalesce(max(id), 0) from object_change) as change`,
  );
  return newest ?? { object: 0, change: 0 };
}
