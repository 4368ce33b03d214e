import { systemClock, type Clock, type Figure } from "#kernel";
import type { StatusDocument } from "#contract";
import type { Database } from "#database";
import { UrlOpen } from "#events";
import type { Usage } from "#identity";
import { openAttachmentStore, type AttachmentStore } from "#objects";
import { findProcess, hasEnded, type Engine } from "#processes";
import { forgetServer, recordAllDisconnected, type Remote } from "#remote";
import { version, type Logger, type Sealer } from "#runtime";
import type { CommandListener } from "./command-news.ts";
import { withVersions } from "./conflict-versions.ts";
import { assertMaySeeFigures, readerFigures } from "./figures/reader-figures.ts";
import { remoteFigures } from "./figures/remote-figures.ts";
import { Imports } from "./imports.ts";
import { createEngine, openDomains, type Domains } from "./house.ts";
import type { ArgumentOf, Credentials, House, OperationName, ResultOf } from "./operations.ts";
import { isReading, read, type ReadingName } from "./reading.ts";
import { openRemote } from "./remote-work.ts";
import { maySeeDetails, installationHealth } from "./status/installation-health.ts";
import { statusDocument, withoutDetails, type EngineHealth } from "./status/status-document.ts";
import { TopicNews } from "./topic-news.ts";
import { write, writePassed, type WritingName } from "./writing.ts";

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
  readonly #startedAt: number;
  readonly #news: TopicNews | undefined;
  /** Processes of which something can be seen since the last commit. */
  #moved = new Set<number>();
  #onTopic: ((topic: string) => void) | undefined;

  private constructor(options: EngineHouseOptions) {
    const { database, sealer, logger, clock = systemClock } = options;
    this.#startedAt = clock.now();
    this.domains = openDomains({ database, sealer, clock });
    this.attachments = options.attachments ?? openAttachmentStore(database, ":memory:");
    this.#news =
      database.seat && new TopicNews(database.seat, clock, (topics) => this.#tell(topics));
    this.engine = createEngine(this.domains, {
      onProcess: (process) => void this.#moved.add(process),
      onCommit: () => this.#changed([...this.#takeMoved(), ...this.domains.changed.takeTopics()]),
      onCall: (batch, request) => writePassed(this, batch, request),
      onServerEnded: (transaction, server) => forgetServer(transaction, server, clock.now()),
      onRound: () => this.remote.attend(),
      ...(options.onConsole === undefined ? {} : { onConsole: options.onConsole }),
      onFailure: (error, process) => {
        if (process === null)
          logger.error({ err: error }, "work of the engine could not be stored");
        else logger.error({ err: error, process }, "a turn failed");
      },
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
      const { clock } = house.domains;
      await recordAllDisconnected(tx, clock.now());
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
    if (name === "server.status") return (await this.#status(credentials)) as ResultOf<N>;
    if (name === "server.figures") {
      await assertMaySeeFigures(this.domains, credentials);
      return [...(await readerFigures(this.domains)), ...this.figures()] as ResultOf<N>;
    }
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
    try {
      return (await write(this, name, credentials, order)) as ResultOf<N>;
    } catch (error) {
      throw await withVersions(this.domains, credentials, error);
    }
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

  /** What engine and remote work have counted. */
  figures(): Figure[] {
    return [...this.engine.figures(), ...remoteFigures(this.remote)];
  }

  /** How they stand. */
  health(): EngineHealth {
    return {
      failure: this.engine.failure?.message ?? null,
      waitMs: this.engine.waitMs,
      served: [...new Set(this.remote.managers().map(({ realm }) => realm))],
    };
  }

  async close(): Promise<void> {
    this.remote.stop();
    await this.engine.stop();
    await this.domains.database.close();
  }

  /** The topics of what has moved, each once a commit. */
  #takeMoved(): string[] {
    if (this.#moved.size === 0) return [];
    const topics = Array.from(this.#moved, (process) => `process/${process}`);
    this.#moved = new Set();
    return [...topics, "processes"];
  }

  /** Whoever watches here is told, and on the other servers. */
  #changed(topics: readonly string[]): void {
    this.#tell(topics);
    this.#news?.tell(topics);
  }

  #tell(topics: readonly string[]): void {
    for (const topic of topics) {
      this.#onTopic?.(topic);
      for (const listener of this.#watchers.get(topic) ?? []) listener();
    }
  }

  async #status(credentials: Credentials): Promise<StatusDocument> {
    const document = statusDocument({
      version,
      startedAt: this.#startedAt,
      now: this.domains.clock.now(),
      engine: this.health(),
      installation: await installationHealth(this.domains),
      disk: undefined,
      backup: undefined,
    });
    const isForAll = !(await maySeeDetails(this.domains, credentials));
    return isForAll ? withoutDetails(document) : document;
  }
}
