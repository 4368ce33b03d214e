import { createHash, randomUUID } from "node:crypto";
import type { Database, Migration } from "./database.ts";
import { openPostgres } from "./postgres-database.ts";
import { PostgresConnection } from "./postgres-connection.ts";
import type { ServerOptions } from "./server-seat.ts";
import { openSqlite } from "./sqlite-database.ts";

export interface ScratchOptions {
  migrations: readonly Migration[];
  /** A file: what is written stays there, and is found by whoever opens it again. */
  file?: string;
  /** As one of several servers, on PostgreSQL. */
  server?: ServerOptions;
}

/** The server on which scratch databases are made, `postgres://…` without a name; else they are SQLite's. */
const serverVariable = "TSUNAGI_SCRATCH_POSTGRES";

const open = new Map<object, () => Promise<void>>();

/** Closes what was left open, so that nothing of it remains on the server. */
export async function closeScratches(): Promise<void> {
  for (const close of open.values()) await close();
  await lastWork;
  await administration?.close();
  administration = undefined;
}

/**
 * A database for tests and measurements, empty at first and gone when it is closed. The same tests run on both kinds: in
 * memory, or on the PostgreSQL that the environment names.
 */
export function openScratch(options: ScratchOptions): Promise<Database> {
  const postgres = process.env[serverVariable];
  if (postgres !== undefined) return openScratchPostgres(postgres, options);
  const { migrations, file } = options;
  return openSqlite({ file: file ?? ":memory:", migrations });
}

async function openScratchPostgres(
  server: string,
  { migrations, file, server: among }: ScratchOptions,
): Promise<Database> {
  const name = file === undefined ? `scratch_${randomUUID()}` : nameFor("file", file);
  await administer(server, async (connection) => {
    if (file !== undefined && (await exists(connection, name))) return;
    // Copied from one that has the tables already.
    const template = nameFor("template", migrations.map((each) => each.name).join("\n"));
    if (!templates.has(template)) {
      await connection.send("select pg_advisory_lock(1)");
      if (!(await exists(connection, template))) {
        await connection.send(`create database "${template}"`);
        await (await openPostgres({ url: `${server}/${template}`, migrations })).close();
      }
      await connection.send("select pg_advisory_unlock(1)");
      templates.add(template);
    }
    await connection.send(`create database "${name}" template "${template}"`);
  });
  const database = await openPostgres({
    url: `${server}/${name}`,
    migrations,
    ...(among === undefined ? {} : { server: among }),
  });
  const key = {};
  const close = async (): Promise<void> => {
    open.delete(key);
    await database.close();
    if (file !== undefined) return;
    await administer(server, (connection) =>
      connection.send(`drop database if exists "${name}" with (force)`),
    );
  };
  open.set(key, close);
  return {
    dialect: database.dialect,
    seat: database.seat,
    get failure() {
      return database.failure;
    },
    read: (work) => database.read(work),
    write: (work) => database.write(work),
    close,
  };
}

const templates = new Set<string>();

/** One connection for all that is made and dropped, one after another. */
let administration: PostgresConnection | undefined;
let lastWork: Promise<unknown> = Promise.resolve();

function administer(
  server: string,
  work: (connection: PostgresConnection) => Promise<unknown>,
): Promise<unknown> {
  const done = lastWork.then(async () => {
    administration ??= await PostgresConnection.open({
      url: `${server}/postgres`,
      name: "scratch",
    });
    await work(administration);
  });
  lastWork = done.catch(() => undefined);
  return done;
}

async function exists(connection: PostgresConnection, name: string): Promise<boolean> {
  const { rows } = await connection.send("select 1 from pg_database where datname = ?", [name]);
  return rows.length > 0;
}

function nameFor(kind: string, text: string): string {
  return `${kind}_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
}
