import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";

/**
 * Messages that no process could take yet, in the order in which they arrived, and so in that of each sender. Those of a channel
 * are numbered without gaps, and only the oldest is ever taken away: the first and the last number tell how many there are.
 */
export interface Mail {
  id: number;
  body: string;
}

/** What becomes of a message that a channel has no room for: it is refused, or the oldest one goes. */
export type MailboxFull = "refuse" | "drop_oldest";

export interface NewMail {
  channel: number;
  path: string;
  body: string;
  sender: string;
  at: number;
  /** How many the channel holds at most. */
  limit: number;
  whenFull: MailboxFull;
}

/** Keeps a message; MAILBOX_FULL when the channel holds as many as it may and refuses more. */
export async function keepMail(tx: Transaction, mail: NewMail): Promise<void> {
  const row = await tx.get<{ first: number | null; last: number | null }>(
    `select (select place from mailbox where channel = ? order by id limit 1) as first,
            (select place from mailbox where channel = ? order by id desc limit 1) as last`,
    [mail.channel, mail.channel],
  );
  const { first = null, last = null } = row ?? {};
  const held = first === null || last === null ? 0 : last - first + 1;
  if (held >= mail.limit) {
    if (mail.whenFull === "refuse") throw mailboxFull(mail);
    await tx.run("delete from mailbox where channel = ? and place <= ?", [
      mail.channel,
      (last ?? 0) - mail.limit + 1,
    ]);
    if (mail.limit === 0) return;
  }
  await tx.insert(
    "insert into mailbox (channel, place, body, sender, received_at) values (?, ?, ?, ?, ?)",
    [mail.channel, (last ?? 0) + 1, mail.body, mail.sender, mail.at],
  );
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

function mailboxFull({ path, limit }: NewMail): TsunagiError {
  return new TsunagiError(
    "MAILBOX_FULL",
    `channel ${path} already holds ${limit} messages that nobody has taken`,
    {
      details: { path, limit },
      hint: "start a jobflow that listens on it, or raise the channel's field 'limit'",
    },
  );
}
