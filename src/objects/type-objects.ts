import type { Transaction } from "#database";
import type { ObjectTable } from "./object-table.ts";
import type { TreeObject } from "./stored-object.ts";

/** Objects read in one go. */
const batchSize = 500;

/** All objects of a type, batch by batch, in order of id; they may be written meanwhile. */
export async function* objectsOfType(
  transaction: Transaction,
  objects: ObjectTable,
  typeId: number,
): AsyncGenerator<TreeObject> {
  let last = 0;
  for (;;) {
    const page = await objects.select(transaction, {
      condition: "o.type_id = ? and o.id > ?",
      parameters: [typeId, last],
      order: "o.id",
      limit: batchSize,
    });
    for (const object of page) {
      last = object.id;
      yield object;
    }
    if (page.length < batchSize) return;
  }
}
