import type { Json, ManagerDoor, ProcessFields } from "#contract";
import { hasDatabase, openDatabase } from "#database";
import { createUser, findUser } from "#identity";
import { assert, systemClock } from "#kernel";
import { findProcess, isFamilyLive, listLive, processFields } from "#processes";
import {
  createLogger,
  keySealer,
  loadKey,
  lockDirectory,
  memorySealer,
  openDataDirectory,
} from "#runtime";
import { authenticate } from "./authenticate.ts";
import type { CommandNews } from "./command-news.ts";
import { EngineHouse } from "./engine-house.ts";
import { migrations } from "./house.ts";
import type { House } from "./operations.ts";

/** An object of a folder tree, to be put before anything runs; parents are made. */
export interface TreeObject {
  path: string;
  type: string;
  fields: Record<string, Json>;
}

export interface EmbeddedHouseOptions {
  /** A data directory that keeps everything; without one all is in memory and ends with the run. */
  data?: string;
  /** Lines of all processes, in the order in which they were committed. */
  onConsole?: (process: number, lines: readonly string[]) => void;
  onCommand?: (news: CommandNews) => void;
}

/**
 * The whole house in this thread, without HTTP: what `tsunagi run` uses. Callers are `{ kind: "local" }`. The command line
 * connects a job manager of its own to `managerDoor`, through its in-process transport.
 */
export interface EmbeddedHouse extends House {
  readonly managerDoor: ManagerDoor;
  /** Puts the objects of a folder as one change. Source that does not compile is there as a draft, which nobody can call. */
  load(objects: readonly TreeObject[]): Promise<void>;
  /** Starts the jobflow at that path. Resolves when it and every process it started have ended. */
  run(
    path: string,
    parameters: Record<string, Json>,
    options?: { step?: boolean },
  ): Promise<{ process: number; fields: ProcessFields }>;
  /** Cancels everything that runs; `run` then resolves. */
  cancelAll(): Promise<void>;
  close(): Promise<void>;
}

const local = { kind: "local" } as const;
const awakeIntervalMs = 60_000;

export async function openEmbeddedHouse(options: EmbeddedHouseOptions): Promise<EmbeddedHouse> {
  const data = options.data === undefined ? undefined : openDataDirectory(options.data);
  const lock = data === undefined ? undefined : lockDirectory(data);
  try {
    // Before the database is made: one without its key is one whose key was lost.
    const sealer =
      data === undefined
        ? memorySealer()
        : keySealer(loadKey(data, { mustExist: hasDatabase(data) }));
    const database = await openDatabase(data ?? ":memory:", { migrations });
    await database.write(async (tx) => {
      if ((await findUser(tx, "root")) !== undefined) return;
      await createUser(tx, { name: "root", isAdministrator: true }, systemClock.now());
    });
    const house = await EngineHouse.open({
      database,
      sealer,
      logger: createLogger({ name: "run", level: "fatal" }),
      ...(options.onConsole === undefined ? {} : { onConsole: options.onConsole }),
      ...(options.onCommand === undefined ? {} : { onCommand: options.onCommand }),
    });
    return embedded(house, () => lock?.release());
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function embedded(house: EngineHouse, release: () => void): EmbeddedHouse {
  const { database, identity, objects } = house.domains;
  return {
    managerDoor: house.remote,
    call: (name, credentials, argument) => house.call(name, credentials, argument),
    watch: (topic, listener) => house.watch(topic, listener),

    load: (tree) =>
      house.engine.perform(async ({ transaction }) => {
        const actor = await authenticate(identity, transaction, local);
        const importer = { ...actor, cause: { kind: "import" as const, id: null } };
        const change = objects.change(transaction, importer, { isDraft: true });
        for (const { path, type, fields } of tree) {
          await change.put(path, type, fields, { parents: true });
        }
        await change.finish();
      }),

    async run(path, parameters, { step = false } = {}) {
      const started = await house.call("processes.start", local, { path, parameters, step });
      const id = Number(started.process.slice("/process/".length));
      // The timers of the clock do not keep a program running, and a flow may wait for nothing else.
      const awake = setInterval(() => undefined, awakeIntervalMs);
      try {
        await ended(house, id);
      } finally {
        clearInterval(awake);
      }
      const row = await database.read((tx) => findProcess(tx, id));
      assert(row !== undefined, `process ${id} is missing`);
      return { process: id, fields: processFields(row) as unknown as ProcessFields };
    },

    cancelAll: () =>
      house.engine.perform(async (batch) => {
        for (const { id } of await listLive(batch.transaction))
          await house.engine.cancel(batch, id);
      }),

    async close() {
      await house.close();
      release();
    },
  };
}

/** Resolves when no process from that one on is alive: it, its children, and what they spawned. */
function ended(house: EngineHouse, first: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let isLooking = false;
    let hasChanged = false;
    // Every turn of every process is told: what changes while one look is under way is for the next one.
    const look = async (): Promise<void> => {
      hasChanged = true;
      if (isLooking) return;
      isLooking = true;
      while (hasChanged) {
        hasChanged = false;
        if (await house.domains.database.read((tx) => isFamilyLive(tx, first))) continue;
        stopWatching();
        resolve();
        return;
      }
      isLooking = false;
    };
    const stopWatching = house.watch("processes", () => void look().catch(reject));
    look().catch(reject);
  });
}
