import { assert } from "#kernel";
import type { NewEffect } from "#processes";
import type { Order } from "./order.ts";
import { commandOrder } from "./orders/command.ts";
import { isSessionWait, sessionOrder } from "./orders/session.ts";
import { isTransferWait, transferOrder } from "./orders/transfer.ts";

/** The kinds of waits that are orders, as the engine names them. */
export const orderKinds: readonly string[] = [
  "command",
  "external:session_open",
  "external:session_send",
  "external:session_read",
  "external:session_close",
  "external:put",
  "external:get",
];

/** Throws a CommandFault where the arguments are no order. */
export function orderOf({ wait, number, process }: NewEffect): Order {
  if (isSessionWait(wait)) return sessionOrder(wait, { number, process });
  if (isTransferWait(wait)) return transferOrder(wait);
  assert(wait.kind === "command", "remote takes commands, steps of sessions, and copies");
  return commandOrder(wait);
}
