import type { Value } from "#machine";
import { success } from "./input.ts";
import { keepMail, type MailboxFull } from "./mailbox.ts";
import type { ProcessLife } from "./process-life.ts";
import { firstWaiter } from "./waiters.ts";
import type { Batch } from "./work-queue.ts";

/** A message on its way to a channel; `body` is the value as it is stored when nobody can take it. */
export interface Message {
  channel: number;
  path: string;
  value: Value;
  body: string;
  sender: string;
  /** How many the channel holds at most. */
  limit: number;
  /** What becomes of one more; it is refused unless the channel says otherwise. */
  whenFull?: MailboxFull;
}

/** Gives a message to the process that waited longest, or keeps it: in the same transaction, so it is never lost. */
export async function deliver(
  life: ProcessLife,
  batch: Batch,
  message: Message,
): Promise<{ delivered: boolean }> {
  const waiter = await firstWaiter(batch.transaction, "channel", message.channel);
  if (waiter !== undefined) {
    await life.wake(batch, waiter, success(message.value));
    return { delivered: true };
  }
  await keepMail(batch.transaction, {
    channel: message.channel,
    path: message.path,
    body: message.body,
    sender: message.sender,
    at: batch.now,
    limit: message.limit,
    whenFull: message.whenFull ?? "refuse",
  });
  return { delivered: false };
}
