import type { Transaction } from "#database";

/** What was done to a user or a group, by whom. Passwords are never in it: that one was set is. */
export interface IdentityChange {
  at: number;
  authorId: number;
  /** Such as `person`, `token`. */
  cause: string;
  reason: string | null;
  /** `user:5`, `group:7`. */
  subject: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

export async function insertIdentityChange(
  transaction: Transaction,
  { at, authorId, cause, reason, subject, before, after }: IdentityChange,
): Promise<void> {
  await transaction.run(
    `insert into identity_change (at, author_id, cause, reason, subject, before, after)
      values (?, ?, ?, ?, ?, ?, ?)`,
    [at, authorId, cause, reason, subject, JSON.stringify(before), JSON.stringify(after)],
  );
}

/** What was done to it, newest first, before that number. */
export async function listIdentityChanges(
  transaction: Transaction,
  subject: string,
  page: { before?: number; limit: number },
): Promise<(IdentityChange & { id: number })[]> {
  const rows = await transaction.all<{
    id: number;
    at: number;
    author_id: number;
    cause: string;
    reason: string | null;
    before: string;
    after: string;
  }>(
    `select id, at, author_id, cause, reason, before, after from identity_change
      where subject = ? and id < ? order by id desc limit ?`,
    [subject, page.before ?? Number.MAX_SAFE_INTEGER, page.limit],
  );
  return rows.map(({ author_id: authorId, before, after, ...row }) => ({
    ...row,
    authorId,
    subject,
    before: JSON.parse(before) as Record<string, unknown>,
    after: JSON.parse(after) as Record<string, unknown>,
  }));
}
