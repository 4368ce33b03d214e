import { existsSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasDatabase, openDatabase, type Database, type Durability } from "#database";
import { createToken, findJobManagerToken, findUser, Identity } from "#identity";
import { assert, TsunagiError } from "#kernel";
import { attachmentDirectory, openAttachmentStore, type AttachmentStore } from "#objects";
import {
  createLogger,
  fileFailure,
  loadKey,
  lockDirectory,
  openDataDirectory,
  version,
} from "#runtime";
import { migrations } from "./house.ts";
import { provenKey } from "./installation-key.ts";
import type { Instance } from "./http/application.ts";
import { createGateway } from "./http/gateway.ts";
import { assertCanListen } from "./http/listen-failure.ts";
import { ThreadedHouse } from "./threads/threaded-house.ts";

export interface ServerOptions {
  /** The data directory; made if it is missing. */
  data: string;
  /** 0 takes any free one. */
  port: number;
  host: string;
  /** Else SQLite in the data directory. */
  database?: string;
  /** On SQLite: when a commit is done; else `full`. */
  durability?: Durability;
  /** The password of `root` at the first start; else a random one is made. */
  adminPassword?: string;
  /** As the pages name this installation. */
  instance?: Instance;
  /** With several servers on one PostgreSQL: how long after a server's last sign of life the others take over, at most. */
  leaseMs?: number;
}

export interface RunningServer {
  /** Such as http://127.0.0.1:8080 */
  url: string;
  /** The random password of `root`, when this was the first start and none was given. */
  generatedPassword: string | null;
  /**
   * For the job manager that the command line starts beside the server, as a process of its own that outlives it:
   * its directory (journal, key, log), its token, and the file in which every server of this data directory writes
   * `{"url": …}`, read again at each attempt to connect.
   */
  jobManager: { directory: string; token: string; serverFile: string };
  /** Rejects when a part of the server has ended by itself; the program should then end, too, and be started again. */
  failed: Promise<never>;
  /** Takes nothing new, finishes what has begun, ends its threads. The job manager beside it finishes what runs. */
  stop(): Promise<void>;
}

const webRoot = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** Starts a server on a data directory. Throws DATABASE_IN_USE, PORT_IN_USE, KEY_FILE_INVALID and the like. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const data = openDataDirectory(options.data);
  const lock = lockDirectory(data);
  const logger = createLogger({ name: "server" });
  let house: ThreadedHouse | undefined;
  let files: Files | undefined;
  try {
    await assertCanListen(options.host, options.port);
    // Before the database is made: one without its key is one whose key was lost.
    if (options.database === undefined) loadKey(data, { mustExist: hasDatabase(data) });
    const location = options.database ?? data;
    const directory = join(data, "job-manager");
    openDataDirectory(directory);
    const prepared = await prepare(location, data, options.adminPassword);
    const failed = Promise.withResolvers<never>();
    // Nobody need listen for it.
    failed.promise.catch(() => undefined);
    // What a server that was killed was taking in.
    await attachmentDirectory(data).clear();
    const server = {
      place: `${hostname()}:${realpathSync(data)}`,
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    };
    const { key } = prepared;
    const { durability } = options;
    const settings = {
      database: location,
      data,
      key,
      server,
      ...(durability === undefined ? {} : { durability }),
    };
    house = await ThreadedHouse.start(settings, failed.reject);
    files = await openFiles(location);
    const { host, port } = options;
    const gateway = createGateway({
      house,
      host,
      port,
      webRoot,
      logger,
      version,
      jobManagers: house.jobManagers,
      attachments: files.store,
      ...(options.instance === undefined ? {} : { instance: options.instance }),
    });
    const { url } = await gateway.listen();
    const serverFile = join(data, "server.json");
    replaceFile(serverFile, `${JSON.stringify({ url, pid: process.pid })}\n`);
    logger.info({ url, data }, "the server listens");
    const running = house;
    const { close } = files;
    return {
      url,
      generatedPassword: prepared.generatedPassword,
      jobManager: { directory, token: prepared.jobManagerToken, serverFile },
      failed: failed.promise,
      async stop() {
        await gateway.close();
        await running.stop();
        await close();
        lock.release();
      },
    };
  } catch (error) {
    await house?.stop();
    await files?.close();
    lock.release();
    throw error;
  }
}

/** The bytes of attachments, as this thread reads and writes them: beside the house, which must not wait for them. */
interface Files {
  store: AttachmentStore;
  close: () => Promise<void>;
}

async function openFiles(location: string): Promise<Files> {
  const database = await openDatabase(location, { migrations });
  const store = openAttachmentStore(database, location);
  if (database.dialect === "postgres") return { store, close: () => database.close() };
  await database.close();
  return { store, close: async () => undefined };
}

/** Migrates, sees that the key is the database's, makes `root` at the first start, and sees that the job manager beside the server has a token. */
async function prepare(
  location: string,
  data: string,
  adminPassword: string | undefined,
): Promise<{ key: Uint8Array; generatedPassword: string | null; jobManagerToken: string }> {
  const tokenFile = join(data, "job-manager", "token");
  const database = await openDatabase(location, { migrations });
  try {
    const key = await provenKey(database, data);
    const root = await new Identity().ensureRoot(database, adminPassword);
    return {
      key,
      generatedPassword: root.password ?? null,
      jobManagerToken:
        (await keptToken(database, tokenFile)) ?? (await makeToken(database, tokenFile)),
    };
  } finally {
    await database.close();
  }
}

/** The token of earlier starts, if it still holds. */
async function keptToken(database: Database, tokenFile: string): Promise<string | undefined> {
  if (!existsSync(tokenFile)) return undefined;
  const text = readFileSync(tokenFile, "utf8").trim();
  try {
    await database.read((tx) => findJobManagerToken(tx, text));
    return text;
  } catch (error) {
    if (error instanceof TsunagiError && error.code === "TOKEN_INVALID") return undefined;
    throw error;
  }
}

async function makeToken(database: Database, tokenFile: string): Promise<string> {
  const text = await database.write(async (tx) => {
    const root = await findUser(tx, "root");
    assert(root !== undefined, "root was made and is not there");
    return (await createToken(tx, root.id, "beside the server", { kind: "job-manager" })).text;
  });
  replaceFile(tokenFile, `${text}\n`);
  return text;
}

/** Whoever reads the file sees the old text or the new one. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    throw fileFailure(error, file);
  }
}
