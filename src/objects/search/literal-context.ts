import { AssertionError } from "#kernel";
import type { Transaction } from "#database";
import { findGroup, findUser } from "#identity";
import type { ParseContext } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";

/** What the values of a search may ask for where objects are looked at one by one: objects are found by their world, and secrets by nobody. */
export function literalContext(transaction: Transaction): ParseContext {
  const noSecret = (): never => {
    throw new AssertionError("a search holds no secret");
  };
  return {
    previous: undefined,
    resolve() {
      throw new ValueFault("no object");
    },
    userId: async (name) => (await findUser(transaction, name))?.id,
    groupId: async (name) => (await findGroup(transaction, name))?.id,
    attachmentSize: () => Promise.resolve(undefined),
    seal: noSecret,
    open: noSecret,
  };
}
