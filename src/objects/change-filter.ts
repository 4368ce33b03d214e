import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { findUser } from "#identity";
import { changeAt } from "./moment.ts";

/** Which changes are meant; all that is given must hold. */
export interface ChangeFilter {
  change?: number;
  /** The name of a user. */
  author?: string;
  /** Such as `process /process/17`, `process`, `import`. */
  cause?: string;
  /** After that moment. */
  from?: string;
  /** Up to that moment, and with it. */
  to?: string;
}

/** SQL for a filter, on `object_change`. */
export async function changeCondition(
  transaction: Transaction,
  filter: ChangeFilter,
): Promise<{ condition: string; parameters: SqlValue[] }> {
  const conditions = ["1 = 1"];
  const parameters: SqlValue[] = [];
  const add = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (filter.change !== undefined) add("id = ?", filter.change);
  if (filter.author !== undefined) add("author_id = ?", await authorId(transaction, filter.author));
  if (filter.cause !== undefined) {
    const [kind = "", ...id] = filter.cause.split(" ");
    add("cause_kind = ?", kind);
    if (id.length > 0) add("cause_id = ?", id.join(" "));
  }
  if (filter.from !== undefined) add("id > ?", await changeAt(transaction, filter.from));
  if (filter.to !== undefined) add("id <= ?", await changeAt(transaction, filter.to));
  return { condition: conditions.join(" and "), parameters };
}

async function authorId(transaction: Transaction, name: string): Promise<number> {
  if (name === "system") return 0;
  const user = await findUser(transaction, name);
  if (user !== undefined) return user.id;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no user '${name}'`, { details: { name } });
}
