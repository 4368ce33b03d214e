import { systemClock, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { findGroup, findGroupById, findUser, findUserById } from "#identity";
import type { Sealer } from "#runtime";
import type { Actor } from "./actor.ts";
import { attachmentSizeFor } from "./attachments/attachment-access.ts";
import type { ParseContext, ReadContext, ResolvedTarget } from "./field-kind.ts";
import { Reference, ValueFault } from "./field-value.ts";
import type { Json } from "./json.ts";
import { lookupsOf } from "./lookup-memory.ts";
import type { ObjectReader } from "./object-reader.ts";
import { pathOf } from "./object-table.ts";

/** What the kinds of fields ask the storage when a value is shown or read. */
export function readContext(transaction: Transaction, sealer: Sealer): ReadContext {
  return {
    pathOf: (id) => pathOf(transaction, id),
    userName: (id) => userName(transaction, id),
    groupName: async (id) => (await findGroupById(transaction, id))?.name ?? null,
    open: (sealed) => sealer.open(sealed),
    async reference(id) {
      const path = await pathOf(transaction, id);
      if (path === null) return null;
      const row = await transaction.get<{ type: string }>(
        "select t.name as type from object o join object_type t on t.id = o.type_id where o.id = ?",
        [id],
      );
      return row ? new Reference(id, path, row.type) : null;
    },
  };
}

/** What they ask when a value comes in. Only what the actor may read can be referred to. */
export function parseContext(
  transaction: Transaction,
  options: {
    actor: Actor;
    reader: ObjectReader;
    sealer: Sealer;
    previous: Json | undefined;
    now?: () => number;
  },
): ParseContext {
  const { actor, reader, sealer, previous, now = () => systemClock.now() } = options;
  return {
    previous,
    seal: (text) => sealer.seal(text),
    open: (sealed) => sealer.open(sealed),
    userId: async (name) => (await findUser(transaction, name))?.id,
    groupId: async (name) => (await findGroup(transaction, name))?.id,
    attachmentSize: (hash) => attachmentSizeFor(transaction, { actor, reader, now: now() }, hash),
    resolve(target) {
      const key = target instanceof Reference ? target.id : target;
      if (typeof key === "string" && !key.startsWith("/")) {
        throw new ValueFault("a path that begins with /");
      }
      const { targets } = lookupsOf(transaction, actor.principal);
      const known = typeof key === "string" ? targets.get(key) : undefined;
      return known ?? findTarget(transaction, reader, actor, key);
    },
  };
}

async function findTarget(
  transaction: Transaction,
  reader: ObjectReader,
  actor: Actor,
  key: string | number,
): Promise<ResolvedTarget> {
  const found = await findReadable(transaction, reader, actor, key);
  if (found === undefined || found.id === null) {
    throw new ValueFault("the path of an object that is there and that you may read");
  }
  const { id, path, type } = found;
  lookupsOf(transaction, actor.principal).targets.set(path, { id, path, type });
  return { id, path, type };
}

/** The name of a user; 0 is the system. */
export async function userName(transaction: Transaction, id: number): Promise<string | null> {
  if (id === 0) return "system";
  return (await findUserById(transaction, id))?.name ?? null;
}

async function findReadable(
  transaction: Transaction,
  reader: ObjectReader,
  actor: Actor,
  key: string | number,
): ReturnType<ObjectReader["find"]> {
  try {
    return await reader.find(transaction, actor, key);
  } catch (error) {
    // What he may not read is for him as if it were not there.
    if (error instanceof TsunagiError && error.code === "PERMISSION_DENIED") return undefined;
    throw error;
  }
}
