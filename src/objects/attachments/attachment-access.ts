import type { Transaction } from "#database";
import { permitted } from "../acl.ts";
import type { Actor } from "../actor.ts";
import type { ObjectReader } from "../object-reader.ts";
import type { TreeObject } from "../stored-object.ts";
import { uploadKeptMs } from "./attachment-store.ts";

/** Objects with the same content that are looked at for one in which somebody may see it. */
const holdersMax = 100;

/**
 * The size of an attachment, for whom it is more than a hash: he has uploaded the content himself within a day, or sees it
 * in an object. Else undefined, as if there were none.
 */
export async function attachmentSizeFor(
  transaction: Transaction,
  { actor, reader, now }: { actor: Actor; reader: ObjectReader; now: number },
  hash: string,
): Promise<number | undefined> {
  const { userId } = actor.principal;
  const row = await transaction.get<{ size: number }>(
    "select size from attachment where hash = ?",
    [hash],
  );
  if (row === undefined) return undefined;
  const upload = await transaction.get(
    "select 1 from attachment_upload where hash = ? and user_id = ? and at > ?",
    [hash, userId, now - uploadKeptMs],
  );
  const isHis = upload !== undefined || (await isSeen(transaction, actor, reader, hash));
  return isHis ? row.size : undefined;
}

async function isSeen(
  transaction: Transaction,
  actor: Actor,
  reader: ObjectReader,
  hash: string,
): Promise<boolean> {
  const { condition, parameters } = permitted(actor.principal, "read");
  const holders = await reader.objects.select(transaction, {
    condition: `o.id in (select object_id from attachment_use where hash = ?) and ${condition}`,
    parameters: [hash, ...parameters],
    order: "o.id",
    limit: holdersMax,
  });
  for (const holder of holders) {
    if (holds(await reader.view(transaction, actor, holder), hash)) return true;
  }
  return false;
}

function holds({ content: { type, data } }: TreeObject, hash: string): boolean {
  return type.fields.some((field) => {
    const stored = data[field.id] ?? null;
    return stored !== null && field.kind.attachments?.(stored).includes(hash) === true;
  });
}
