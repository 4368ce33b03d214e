import { openDatabase, type Database, type Transaction } from "#database";
import { createUser, findPrincipal, identityMigrations } from "#identity";
import { resolvePath, TsunagiError } from "#kernel";
import { encodeValue, fromJson, pendingPause, type Json, type Observer, type Wait } from "#machine";
import { objectMigrations, ObjectStorage, type Actor, type ObjectDocument } from "#objects";
import {
  Answerer,
  Engine,
  findJobflowProgram,
  findProcess,
  JobflowCompiler,
  listLive,
  ProcessObjects,
  processMigrations,
  ProgramStore,
  SnapshotStore,
  type EffectHandler,
  type EffectHost,
  type ProcessRow,
  type TextSealer,
} from "#processes";
import type { VirtualClock } from "./virtual-clock.ts";

/** What is in memory and ends with the test needs no key. */
const sealer: TextSealer = {
  seal: (text) => `sealed:${text}`,
  open: (sealed) => sealed.slice("sealed:".length),
};

/** An object as it is put into the house; without a type it is there, and gets other fields. */
export interface HouseObject {
  path: string;
  type: string | null;
  fields: Readonly<Record<string, Json>>;
}

/** A process that has not ended, and what it waits for. */
export interface WaitingProcess {
  id: number;
  waits: readonly Wait[];
}

export interface RehearsalHouseOptions {
  clock: VirtualClock;
  /** Gives the effects. */
  handler: (host: EffectHost & Pick<Engine, "secretsOf">, objects: ObjectStorage) => EffectHandler;
  onConsole: (lines: readonly string[]) => void;
  observer?: Observer | undefined;
}

/** The real storage and engine over a database in memory; only clock and effects are in the hands of the test. */
export class RehearsalHouse {
  readonly #database: Database;
  readonly #objects: ObjectStorage;
  readonly #engine: Engine;
  readonly #snapshots = new SnapshotStore(sealer);
  /** What went wrong beside the processes. */
  readonly failures: unknown[] = [];

  private constructor(database: Database, options: RehearsalHouseOptions) {
    const { clock, observer } = options;
    const programs = new ProgramStore();
    this.#database = database;
    this.#objects = new ObjectStorage({
      sealer,
      clock,
      listeners: [new JobflowCompiler(programs)],
      directories: [new ProcessObjects()],
    });
    this.#engine = new Engine({
      database,
      clock,
      sealer,
      programs,
      answerer: new Answerer({
        objects: this.#objects,
        programs,
        actorOf: (batch, user, process) =>
          actorOf(batch.transaction, user, { kind: "process", id: `/process/${process}` }),
      }),
      isClockSteady: true,
      onConsole: (_process, lines) => options.onConsole(lines),
      // What the world forbids has ended its process, and shows there.
      onFailure: (error) => {
        if (!(error instanceof TsunagiError)) this.failures.push(error);
      },
      ...(observer === undefined ? {} : { observer }),
    });
    this.#engine.addHandler(options.handler(this.#engine, this.#objects));
  }

  static async open(options: RehearsalHouseOptions): Promise<RehearsalHouse> {
    const migrations = [...identityMigrations, ...objectMigrations, ...processMigrations];
    const database = await openDatabase(":memory:", { migrations });
    const house = new RehearsalHouse(database, options);
    await database.write(async (tx) => {
      await createUser(tx, { name: "root", isAdministrator: true }, options.clock.now());
      await house.#objects.install(tx);
    });
    await house.#engine.start();
    return house;
  }

  /** Puts objects as one change; parents are made. */
  load(objects: readonly HouseObject[]): Promise<void> {
    return this.#engine.write(async (tx) => {
      const change = this.#objects.change(tx, await root(tx));
      for (const { path, type, fields } of objects) {
        if (type === null) await change.patch(path, fields);
        else await change.put(path, type, fields, { parents: true });
      }
      await change.finish();
    });
  }

  /** Starts a jobflow and gives the number of its process. */
  start(path: string, parameters: Readonly<Record<string, Json>>): Promise<number> {
    return this.#engine.perform(async (batch) => {
      const actor = await root(batch.transaction);
      const jobflow = await this.#objects.get(batch.transaction, actor, path);
      const id = jobflow.id ?? 0;
      const named = Object.entries(parameters).map(([name, value]) => [name, fromJson(value)]);
      return this.#engine.startProcess(batch, {
        jobflowId: id,
        path,
        program: (await findJobflowProgram(batch.transaction, id)) ?? "",
        context: new Map(),
        named: new Map(named as [string, ReturnType<typeof fromJson>][]),
        principal: actor.principal.userId,
        startedBy: actor.principal.name,
      });
    });
  }

  /** Sends a message to a channel. */
  async send(path: string, body: Json): Promise<void> {
    await this.#engine.perform(async (batch) => {
      const tx = batch.transaction;
      const actor = await root(tx);
      const channel = await this.#objects.get(tx, actor, path, "write");
      if (channel.type !== "Channel" || channel.id === null) {
        throw new TsunagiError("METHOD_NOT_ALLOWED", `${path} is of the type ${channel.type}`);
      }
      const { value: limit } = await this.#objects.readField(tx, actor, channel, "limit");
      const value = fromJson(body);
      await this.#engine.deliver(batch, {
        channel: channel.id,
        path: resolvePath(path),
        value,
        body: encodeValue(value),
        sender: "test",
        limit: typeof limit === "number" ? limit : Infinity,
      });
    });
  }

  /** Resolves when nothing moves until a timer of the clock does. */
  settled(): Promise<void> {
    return this.#engine.settled();
  }

  process(id: number): Promise<ProcessRow | undefined> {
    return this.#database.read((tx) => findProcess(tx, id));
  }

  /** All processes that wait, and what for. */
  waiting(): Promise<WaitingProcess[]> {
    return this.#database.read(async (tx) => {
      const waiting: WaitingProcess[] = [];
      for (const { id } of await listLive(tx)) {
        const row = await findProcess(tx, id);
        if (row === undefined || row.snapshot === null) continue;
        const pause = pendingPause(this.#snapshots.decodeState(row.snapshot));
        if (pause?.kind === "wait") waiting.push({ id, waits: pause.waits });
      }
      return waiting;
    });
  }

  /** An object as people see it, or undefined. */
  object(path: string): Promise<ObjectDocument | undefined> {
    return this.#database.read(async (tx) => {
      const object = await this.#objects.find(tx, await root(tx), path);
      return object && this.#objects.toDocument(tx, object);
    });
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    await this.#database.close();
  }
}

function root(tx: Transaction): Promise<Actor> {
  return actorOf(tx, 1, { kind: "person", id: null });
}

async function actorOf(tx: Transaction, user: number, cause: Actor["cause"]): Promise<Actor> {
  const principal = await findPrincipal(tx, user, "process");
  if (principal === undefined) throw new TypeError(`there is no user ${user}`);
  return { principal, cause };
}
