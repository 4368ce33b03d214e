import type { Transaction } from "#database";
import { userName } from "./field-context.ts";
import type { Json } from "./json.ts";
import type { StoredObject } from "./stored-object.ts";

/** What every object has, whatever its type, as a column of a table shows it; null for a name that is no such value. */
export async function systemValue(
  transaction: Transaction,
  object: StoredObject,
  name: string,
): Promise<Json> {
  switch (name) {
    case "id":
    case "name":
    case "path":
    case "type":
    case "revision":
      return object[name];
    case "created":
      return new Date(object.createdAt).toISOString();
    case "updated":
      return new Date(object.updatedAt).toISOString();
    case "owner":
      return userName(transaction, object.ownerId);
    default:
      return null;
  }
}
