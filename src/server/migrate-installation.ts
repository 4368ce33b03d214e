/**
 * Carries an installation from the database in its data directory over to PostgreSQL: all or nothing. Everything is written in
 * one transaction there, read again and compared before it is committed; only then the database here is put aside, so that
 * no server takes up again what goes on there. The data directory stays: it has the key, and the job manager's journal.
 */
import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  copyTables,
  hasDatabase,
  openDatabase,
  sqliteFileName,
  type CopiedTable,
  type Transaction,
} from "#database";
import { TsunagiError } from "#kernel";
import {
  attachmentDirectory,
  deriveWords,
  listAttachments,
  storeContent,
  type ListedAttachment,
} from "#objects";
import { loadKey, lockDirectory, openDataDirectory } from "#runtime";
import { migrations } from "./house.ts";

export interface MigrateOptions {
  /** The data directory, of a server that is stopped. */
  data: string;
  /** `postgres://…`, of a database with nothing of ours in it. */
  to: string;
  onProgress?: (what: string, count: number) => void;
}

export interface MigratedInstallation {
  tables: CopiedTable[];
  attachments: { count: number; bytes: number };
  /** Files that objects hold and the disk had lost before. */
  missing: string[];
  /** Where the database is now that was in the data directory. */
  before: string;
}

const pageSize = 500;

export async function migrateInstallation(options: MigrateOptions): Promise<MigratedInstallation> {
  const data = resolve(options.data);
  if (!/^postgres(ql)?:/i.test(options.to)) {
    throw new TsunagiError("DATABASE_UNSUPPORTED", "an installation moves to PostgreSQL only", {
      hint: "give --to as postgres://user:password@host/name",
    });
  }
  if (!hasDatabase(data)) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no database in ${data}`, {
      hint: "name the server's data directory with --data",
    });
  }
  openDataDirectory(data);
  const lock = lockDirectory(data);
  try {
    loadKey(data, { mustExist: true });
    const moved = await move(data, options);
    return { ...moved, before: putAside(data) };
  } finally {
    lock.release();
  }
}

async function move(
  data: string,
  { to, onProgress = () => undefined }: MigrateOptions,
): Promise<Omit<MigratedInstallation, "before">> {
  const source = await openDatabase(data, { migrations });
  try {
    const target = await openDatabase(to, { migrations });
    try {
      return await source.read((from) =>
        target.write(async (into) => {
          await assertEmpty(into);
          const tables = await copyTables(from, into, ({ table, rows }) => onProgress(table, rows));
          const files = await copyFiles(data, from, into, onProgress);
          await makeWords(into);
          return { tables, ...files };
        }),
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The tables are there, made by the migrations, but nobody has begun to use them. */
async function assertEmpty(into: Transaction): Promise<void> {
  for (const table of ["identity_user", "object", "process"]) {
    const row = await into.get(`select 1 from ${table} limit 1`);
    if (row === undefined) continue;
    throw new TsunagiError(
      "TARGET_NOT_EMPTY",
      "there is an installation in that database already",
      {
        details: { table },
        hint: "name an empty database: `createdb tsunagi` makes one",
      },
    );
  }
}

async function copyFiles(
  data: string,
  from: Transaction,
  into: Transaction,
  onProgress: (what: string, count: number) => void,
): Promise<Pick<MigratedInstallation, "attachments" | "missing">> {
  const store = attachmentDirectory(data);
  const done = { attachments: { count: 0, bytes: 0 }, missing: [] as string[] };
  // What an upload of the target had begun belongs to nobody.
  await into.run("delete from attachment_chunk");
  for (let after = ""; ;) {
    const page = await listAttachments(from, after, pageSize);
    for (const file of page) {
      if (!store.keeps(file.content)) {
        if (file.isUsed) done.missing.push(file.hash);
        continue;
      }
      const { hash, size, content: key } = file;
      const bytes = store.read(key, { start: 0, end: size });
      await storeContent(into, { key, hash, size, bytes, at: Date.now() });
      await assertArrived(into, file);
      done.attachments.count += 1;
      done.attachments.bytes += size;
      onProgress("attachments", done.attachments.count);
    }
    const last = page.at(-1);
    if (last === undefined) return done;
    after = last.hash;
  }
}

async function assertArrived(
  into: Transaction,
  { hash, content }: ListedAttachment,
): Promise<void> {
  const sum = createHash("sha256");
  for (let position = 0; ; position += 1) {
    const row = await into.get<{ bytes: Uint8Array }>(
      "select bytes from attachment_chunk where content = ? and position = ?",
      [content, position],
    );
    if (row === undefined) break;
    sum.update(row.bytes);
  }
  if (sum.digest("hex") === hash) return;
  throw new TsunagiError("TRANSFER_INCOMPLETE", `the file ${hash} did not arrive as it was`, {
    details: { hash },
    hint: "nothing was kept; look at the disk of the data directory with `tsunagi backup`",
  });
}

/** Each database has its own kind of index of words. */
async function makeWords(into: Transaction): Promise<void> {
  const objects = await deriveWords(into);
  const made = await into.get<{ count: number }>("select count(*) as count from object_words");
  if (made?.count === objects) return;
  throw new TsunagiError("TRANSFER_INCOMPLETE", "the index of words is not complete", {
    details: { objects, indexed: made?.count ?? 0 },
    hint: "nothing was kept; please report this, with the log of PostgreSQL",
  });
}

function putAside(data: string): string {
  const file = join(data, sqliteFileName);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const kept = join(data, `before-migration-${time}.sqlite`);
  for (const suffix of ["-wal", "-shm", ""]) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${kept}${suffix}`);
  }
  return kept;
}
