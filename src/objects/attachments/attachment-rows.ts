/**
 * What is known of attachments beside their bytes: which there are, who has uploaded them lately, and which objects refer to
 * them now or did so once.
 *
 * I1  A row of `attachment` says that the store has the content; it is written only when the store has said so.
 * I2  A use is kept as long as the object or its history holds the hash, so that undo and the past find the content.
 *     It is written with the other rows that follow from values (`derived-batch.ts`).
 */
import { TsunagiError } from "#kernel";
import type { Migration, Transaction } from "#database";
import type { Principal } from "#identity";
import { uploadKeptMs, type AttachmentStore, type ReceivedContent } from "./attachment-store.ts";
import { contentGone } from "./measured-bytes.ts";
import { chunkStatements } from "./stores/database-store.ts";

export const attachmentMigration: Migration = {
  name: "objects/0004-attachments",
  async up(transaction) {
    for (const statement of [...statements, ...chunkStatements]) await transaction.run(statement);
  },
};

const statements = [
  // `content` is the key by which the store has it.
  `create table attachment (
    hash text primary key,
    size bigint not null,
    content text not null,
    created_at bigint not null
  )`,
  "create index attachment_content on attachment (content)",
  `create table attachment_upload (
    hash text not null,
    user_id bigint not null,
    at bigint not null,
    primary key (hash, user_id)
  )`,
  "create index attachment_upload_user on attachment_upload (user_id, at)",
  `create table attachment_use (
    hash text not null,
    object_id bigint not null,
    primary key (hash, object_id)
  )`,
];

/** What one user may have uploaded within a day without any object referring to it. */
const pendingBytesMax = 10 * 1024 ** 3;

/** Makes what a store has taken in known, as an upload of that user; in the writer. */
export async function registerUpload(
  transaction: Transaction,
  store: AttachmentStore,
  upload: { userId: number; received: ReceivedContent; now: number },
): Promise<void> {
  const { userId, received, now } = upload;
  const { hash, size, content } = received;
  const known = await transaction.get<{ content: string }>(
    "select content from attachment where hash = ?",
    [hash],
  );
  const keeps = known !== undefined && (await store.has(transaction, known.content));
  if (keeps && known.content !== content) await store.remove(transaction, content);
  if (!keeps) {
    if (!(await store.has(transaction, content))) throw removedMeanwhile(content);
    await transaction.run(
      `insert into attachment (hash, size, content, created_at) values (?, ?, ?, ?)
        on conflict (hash) do update set content = excluded.content`,
      [hash, size, content, now],
    );
  }
  await transaction.run(
    `insert into attachment_upload (hash, user_id, at) values (?, ?, ?)
      on conflict (hash, user_id) do update set at = excluded.at`,
    [hash, userId, now],
  );
}

/** Throws LIMIT_EXCEEDED if a user has uploaded too much that nothing refers to. */
export async function assertMayUpload(
  transaction: Transaction,
  { userId, name }: Principal,
  { size, now }: { size: number; now: number },
): Promise<void> {
  const row = await transaction.get<{ bytes: number }>(
    `select coalesce(sum(a.size), 0) as bytes from attachment_upload u
      join attachment a on a.hash = u.hash
      where u.user_id = ? and u.at > ?
        and not exists (select 1 from attachment_use s where s.hash = u.hash)`,
    [userId, now - uploadKeptMs],
  );
  const bytes = row?.bytes ?? 0;
  if (bytes + size <= pendingBytesMax) return;
  throw new TsunagiError(
    "LIMIT_EXCEEDED",
    `${name} has uploaded ${bytes} bytes to which no object refers; at most ${pendingBytesMax} are kept`,
    {
      details: { bytes, limit: pendingBytesMax },
      hint: "refer to what was uploaded, or wait a day until it is removed",
    },
  );
}

/** Where the store has the content of a hash. */
export async function contentOf(transaction: Transaction, hash: string): Promise<string> {
  const row = await transaction.get<{ content: string }>(
    "select content from attachment where hash = ?",
    [hash],
  );
  if (row === undefined) throw contentGone(hash);
  return row.content;
}

/** The same content was old and nobody's, and was removed just before. */
function removedMeanwhile(content: string): TsunagiError {
  return new TsunagiError("STORAGE_FAILED", `the content ${content} was removed meanwhile`, {
    details: { content },
    hint: "upload it again",
  });
}

/** How many files objects or their history hold, and how large they are. */
export async function countAttachments(
  transaction: Transaction,
): Promise<{ count: number; bytes: number }> {
  const row = await transaction.get<{ count: number; bytes: number }>(
    "select count(*) as count, coalesce(sum(size), 0) as bytes from attachment",
  );
  return row ?? { count: 0, bytes: 0 };
}

/** A file that is kept; nobody needs one that no object and no history uses. */
export interface ListedAttachment {
  hash: string;
  size: number;
  content: string;
  isUsed: boolean;
}

/** A page of all files, in order of their hashes. */
export async function listAttachments(
  transaction: Transaction,
  after: string,
  limit: number,
): Promise<ListedAttachment[]> {
  const rows = await transaction.all<Omit<ListedAttachment, "isUsed"> & { used: number }>(
    `select hash, size, content,
        exists (select 1 from attachment_use u where u.hash = attachment.hash) as used
      from attachment where hash > ? order by hash limit ?`,
    [after, limit],
  );
  return rows.map(({ used, ...row }) => ({ ...row, isUsed: used !== 0 }));
}
