/**
 * A text that becomes secret was readable before. From then on its values are kept sealed, and what the history still
 * has of them in clear text is taken out: the past says that there was a change, and not what the value was.
 */
import type { Transaction } from "#database";
import type { Before } from "./history.ts";

/** Objects whose history is rewritten in one go. */
const batchSize = 500;

interface Row {
  object_id: number;
  revision: number;
  before: string | null;
}

/** Takes the values of these fields out of the history of all objects that are or were of the type. */
export async function forgetPastValues(
  transaction: Transaction,
  typeId: number,
  fieldIds: ReadonlySet<string>,
): Promise<void> {
  let last = 0;
  for (;;) {
    // What was of it once says so where it took another type or was deleted.
    const rows = await transaction.all<{ id: number }>(
      `select distinct object_id as id from object_history
        where object_id > ? and (before like ?
          or object_id in (select id from object where type_id = ?))
        order by object_id limit ?`,
      [last, `%"typeId":${typeId}%`, typeId, batchSize],
    );
    for (const { id } of rows) {
      last = id;
      await forgetOf(transaction, id, typeId, fieldIds);
    }
    if (rows.length < batchSize) return;
  }
}

async function forgetOf(
  transaction: Transaction,
  objectId: number,
  typeId: number,
  fieldIds: ReadonlySet<string>,
): Promise<void> {
  const now = await transaction.get<{ type_id: number }>(
    "select type_id from object where id = ?",
    [objectId],
  );
  const rows = await transaction.all<Row>(
    `select object_id, revision, before from object_history
      where object_id = ? order by revision desc`,
    [objectId],
  );
  let type = now?.type_id ?? 0;
  for (const row of rows) {
    if (row.before === null) continue;
    const before = JSON.parse(row.before) as Before;
    // What stands in a row is of the type that the object had before.
    type = before.typeId ?? type;
    if (type !== typeId || before.data === undefined) continue;
    const data = Object.entries(before.data);
    if (!data.some(([id]) => fieldIds.has(id))) continue;
    before.data = Object.fromEntries(
      data.map(([id, value]) => [id, fieldIds.has(id) ? null : value]),
    );
    await transaction.run(
      "update object_history set before = ? where object_id = ? and revision = ?",
      [JSON.stringify(before), objectId, row.revision],
    );
  }
}
