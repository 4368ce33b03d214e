import { systemClock, type Clock } from "#kernel";
import type { Database } from "#database";
import { UrlOpen } from "#events";
import type { Usage } from "#identity";
import { openAttachmentStore, type AttachmentStore } from "#objects";
import { findProcess, hasEnded, type Engine } from "#processes";
import { recordAllDisconnected, type Remote } from "#remote";
import { version, type Logger, type Sealer } from "#runtime";
import type { CommandListener } from "./command-news.ts";
import { Imports } from "./imports.ts";
import { createEngine, openDomains, type Domains } from "./house.ts";
import type {
  ArgumentOf,
  Credentials,
  House,
  OperationName,
  ResultOf,
  StatusDocument,
} from "./operations.ts";
import { isReading, read, type ReadingName } from "./reading.ts";
import { openRemote } from "./remote-work.ts";
import { write, type WritingName } from "./writing.ts";

export interface EngineHouseOptions {
  database: Database;
  sealer: Sealer;
  logger: Logger;
  clock?: Clock;
  /** Lines of all processes, as they are committed. */
  onConsole?: (process: number, lines: readonly string[]) => void;
  onCommand?: CommandListener;
  /** Where the bytes of attachments are; else in the database. */
  attachments?: AttachmentStore;
}

/**
 * The house as it stands where the engine is: all domains over the database's one writer. The engine thread of a server
 * holds one, and `run` holds one without any threads.
 */
export class EngineHouse implements House {
  readonly domains: Domains;
  readonly engine: Engine;
  readonly remote: Remote;
  readonly attachments: AttachmentStore;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #imports = new Imports();
  #onTopic: ((topic: string) => void) | undefined;

  private constructor(options: EngineHouseOptions) {
    const { database, sealer, logger, clock = systemClock } = options;
    this.domains = openDomains({ database, sealer, clock });
    this.attachments = options.attachments ?? openAttachmentStore(database, ":memory:");
    this.engine = createEngine(this.domains, {
      onProcess: (process) => this.#tell([`process/${process}`, "processes"]),
      onCommit: () => this.#tell(this.domains.changed.takeTopics()),
      ...(options.onConsole === undefined ? {} : { onConsole: options.onConsole }),
      onFailure: (error, process) => logger.error({ err: error, process }, "a turn failed"),
    });
    const onFailure = (error: unknown, process: number) =>
      logger.error({ err: error, process }, "a request could not be stored");
    this.engine.addHandler(new UrlOpen({ host: this.engine, onFailure }));
    this.remote = openRemote(this.domains, this.engine, logger, options.onCommand);
  }

  /** Installs what every installation has, and takes up the processes where they were. */
  static async open(options: EngineHouseOptions): Promise<EngineHouse> {
    const house = new EngineHouse(options);
    await house.domains.database.write(async (tx) => {
      await house.domains.objects.install(tx);
      await recordAllDisconnected(tx, house.domains.clock.now());
    });
    await house.engine.start();
    return house;
  }

  async call<N extends OperationName>(
    name: N,
    credentials: Credentials,
    argument: ArgumentOf<N>,
  ): Promise<ResultOf<N>> {
    if (isReading(name)) {
      const question = argument as ArgumentOf<ReadingName>;
      return read(this.domains, name, credentials, question);
    }
    if (name === "identity.signIn") {
      const signedIn = await this.domains.identity.signIn(
        this.domains.database,
        argument as ArgumentOf<"identity.signIn">,
      );
      return { session: signedIn.session, user: signedIn.user } as ResultOf<N>;
    }
    if (name === "server.status") return this.#status() as ResultOf<N>;
    if (name === "transfer.import") {
      const order = argument as ArgumentOf<"transfer.import">;
      const { user } = await this.call("identity.whoami", credentials, {});
      return this.#imports.run(this, { credentials, user }, order) as Promise<ResultOf<N>>;
    }
    if (name === "transfer.progress" || name === "transfer.cancel") {
      const { id } = argument as ArgumentOf<"transfer.progress">;
      const { user } = await this.call("identity.whoami", credentials, {});
      if (name === "transfer.progress") {
        return { rows: this.#imports.progress(user, id) } as ResultOf<N>;
      }
      this.#imports.cancel(user, id);
      return null as ResultOf<N>;
    }
    const order = await this.#hashed(name, credentials, argument as ArgumentOf<WritingName>);
    return write(this, name, credentials, order) as Promise<ResultOf<N>>;
  }

  /** A new password goes on as its hash: that takes long on purpose, and nobody shall wait for it in a transaction. */
  async #hashed(
    name: OperationName,
    credentials: Credentials,
    argument: ArgumentOf<WritingName>,
  ): Promise<ArgumentOf<WritingName>> {
    if (name !== "users.create" && name !== "users.change") return argument;
    const { password, ...rest } = argument as ArgumentOf<"users.create">;
    if (password === undefined) return rest;
    // Nobody who is not signed in makes the server work.
    await this.call("identity.whoami", credentials, {});
    return { ...rest, password: await this.domains.identity.hashPassword(password) };
  }

  watch(topic: string, listener: () => void): () => void {
    const listeners = this.#watchers.get(topic) ?? new Set();
    this.#watchers.set(topic, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#watchers.delete(topic);
    };
  }

  /** All topics, for a thread that passes them on. */
  watchAll(listener: (topic: string) => void): void {
    this.#onTopic = listener;
  }

  /** Whether a process has ended. */
  async hasEnded(process: number): Promise<boolean> {
    const row = await this.domains.database.read((tx) => findProcess(tx, process));
    return row === undefined || hasEnded(row.state);
  }

  /** Stores when tokens and sessions were last used, also those that this thread has seen. */
  async saveUsage(usage: Usage): Promise<void> {
    const { identity } = this.domains;
    await this.engine.write(async (tx) => {
      await identity.saveUsage(tx, usage);
      await identity.saveUsage(tx, identity.takeUsage());
    });
  }

  async close(): Promise<void> {
    this.remote.stop();
    await this.engine.stop();
    await this.domains.database.close();
  }

  #tell(topics: readonly string[]): void {
    for (const topic of topics) {
      this.#onTopic?.(topic);
      for (const listener of this.#watchers.get(topic) ?? []) listener();
    }
  }

  #status(): StatusDocument {
    const failure = this.engine.failure;
    const managers = this.remote.managers().length;
    const parts: StatusDocument["parts"] = {
      database:
        failure === undefined ? { status: "ok" } : { status: "failed", message: failure.message },
      engine: { status: "ok" },
      jobManagers:
        managers > 0
          ? { status: "ok" }
          : { status: "failed", message: "no job manager is connected" },
    };
    const isOk = Object.values(parts).every(({ status }) => status === "ok");
    return { status: isOk ? "ok" : "degraded", version, parts };
  }
}
