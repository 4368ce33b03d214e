import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";

/** Messages that no process could take yet, kept in the order in which they arrived. */
export interface Mail {
  id: number;
  body: string;
}

/** Keeps a message; MAILBOX_FULL when the channel already holds `limit`. */
export async function keepMail(
  tx: Transaction,
  mail: { channel: number; path: string; body: string; sender: string; at: number; limit: number },
): Promise<number> {
  const row = await tx.get<{ held: number }>(
    "select count(*) as held from mailbox where channel = ?",
    [mail.channel],
  );
  if ((row?.held ?? 0) >= mail.limit) {
    throw new TsunagiError(
      "MAILBOX_FULL",
      `channel ${mail.path} already holds ${mail.limit} messages that nobody has taken`,
      {
        details: { path: mail.path, limit: mail.limit },
        hint: "start a jobflow that listens on it, or raise the channel's field 'limit'",
      },
    );
  }
  return tx.insert("insert into mailbox (channel, body, sender, received_at) values (?, ?, ?, ?)", [
    mail.channel,
    mail.body,
    mail.sender,
    mail.at,
  ]);
}

/** Takes the oldest message out, or gives undefined. */
export async function takeMail(tx: Transaction, channel: number): Promise<Mail | undefined> {
  const mail = await tx.get<Mail>(
    "select id, body from mailbox where channel = ? order by id limit 1",
    [channel],
  );
  if (mail !== undefined) await tx.run("delete from mailbox where id = ?", [mail.id]);
  return mail;
}
