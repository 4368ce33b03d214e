import type { ManagerConnection, ManagerDoor, ServerMessage } from "#contract";
import { HeartbeatConnection, leaseDefaultMs } from "#database";
import { systemClock, TsunagiError } from "#kernel";
import { jobManagerAdmission } from "../job-manager-admission.ts";
import type { JobManagerDoor } from "../job-manager-door.ts";
import type { ArgumentOf, Credentials, House, OperationName, ResultOf } from "../operations.ts";
import { isReading } from "../reading.ts";
import type { MessageLine } from "./message-line.ts";
import { Reader } from "./reader.ts";
import { SelfReport } from "./self-report.ts";
import { Thread } from "./thread.ts";
import type { ThreadSettings } from "./thread-settings.ts";
import { Trials } from "./trials.ts";

const usageIntervalMs = 60_000;

/**
 * The house behind two threads: the engine thread has the machine and the one writer, the reader thread answers
 * people's queries, so that none of them delays a process; this thread keeps the sockets, so that neither delays a heartbeat.
 */
export class ThreadedHouse implements House {
  readonly jobManagers: JobManagerDoor;
  readonly #engine: Thread;
  readonly #reader: Reader;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #managers: ForwardingDoor;
  readonly #report: SelfReport;
  /** Where the database can be copied. */
  readonly #trials: Trials | undefined;

  readonly #heartbeat: HeartbeatConnection | undefined;
  #takeBackTimer: () => void = () => undefined;

  private constructor(
    settings: ThreadSettings,
    engine: Thread,
    reader: Reader,
    heartbeat: HeartbeatConnection | undefined,
  ) {
    const { data, database } = settings;
    const ignore = (): void => undefined;
    this.#trials =
      database === data
        ? new Trials(data, () => new Thread("trial", settings, ignore, ignore))
        : undefined;
    this.#report = new SelfReport({
      engine: engine.line,
      reader,
      data,
      isSqlite: database === data,
    });
    this.#heartbeat = heartbeat;
    this.#engine = engine;
    this.#reader = reader;
    this.#managers = new ForwardingDoor(engine.line);
    this.jobManagers = jobManagerAdmission({
      check: async (token) => void (await engine.line.call("job-manager.check", { token })),
      door: this.#managers,
      clock: systemClock,
    });
  }

  /** Starts the engine thread; the reader thread comes with the first query. `onEnd` is called when one of them ends by itself, which is a fault of ours. */
  static async start(
    settings: ThreadSettings,
    onEnd: (error: unknown) => void,
  ): Promise<ThreadedHouse> {
    const notes: { take: (name: string, argument: unknown) => void } = { take: () => undefined };
    const engine = new Thread(
      "engine",
      settings,
      (name, argument) => notes.take(name, argument),
      onEnd,
    );
    let heartbeat: HeartbeatConnection | undefined;
    try {
      heartbeat = startHeartbeat(settings, await engine.isReady, onEnd);
    } catch (error) {
      // A thread that is left would keep the program from ending.
      await engine.stop();
      await heartbeat?.stop();
      throw error;
    }
    const reader = new Reader({ settings, onEnd });
    const house = new ThreadedHouse(settings, engine, reader, heartbeat);
    notes.take = (name, argument) => house.#takeNote(name, argument);
    house.#passUsage();
    return house;
  }

  call<N extends OperationName>(
    name: N,
    credentials: Credentials,
    argument: ArgumentOf<N>,
  ): Promise<ResultOf<N>> {
    if (name === "server.status") {
      return this.#report.status(credentials) as Promise<ResultOf<N>>;
    }
    if (name === "server.figures") {
      return this.#report.figures(credentials) as Promise<ResultOf<N>>;
    }
    if (name === "transfer.import") {
      const order = argument as ArgumentOf<"transfer.import">;
      if (this.#trials?.isWorth(order) === true) {
        return this.#trials.import(credentials, order) as Promise<ResultOf<N>>;
      }
    }
    const isOfImport = name === "transfer.progress" || name === "transfer.cancel";
    const trial = isOfImport
      ? this.#trials?.threadOf((argument as ArgumentOf<"transfer.progress">).id)
      : undefined;
    const line = trial?.line ?? (isReading(name) ? this.#reader : this.#engine.line);
    return line.call(name, { credentials, argument }) as Promise<ResultOf<N>>;
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

  /** Lets what has begun end, and ends the threads. */
  async stop(): Promise<void> {
    this.#takeBackTimer();
    await this.#trials?.stop();
    await this.#reader.stop();
    await this.#engine.stop();
    await this.#heartbeat?.stop();
  }

  /** Which tokens and sessions were used: the reader thread knows, the engine thread can write it. */
  #passUsage(): void {
    this.#takeBackTimer = systemClock.after(usageIntervalMs, () => {
      this.#reader
        .takeUsage()
        .then((usage) => this.#engine.line.call("save-usage", usage))
        // The next one says it again.
        .catch(() => undefined);
      this.#passUsage();
    });
  }

  #takeNote(name: string, argument: unknown): void {
    switch (name) {
      case "changed":
        for (const topic of argument as string[]) {
          for (const listener of this.#watchers.get(topic) ?? []) listener();
        }
        return;
      case "job-manager.send": {
        const { id, messages } = argument as { id: number; messages: ServerMessage[] };
        this.#managers.connection(id)?.send(messages);
        return;
      }
      case "job-manager.close": {
        const { id, reason } = argument as { id: number; reason: string };
        this.#managers.connection(id)?.close(reason);
        return;
      }
    }
  }
}

/** For a server with a seat: its lease is renewed here, where nothing keeps this thread busy. */
function startHeartbeat(
  { database: url, server: { leaseMs = leaseDefaultMs } }: ThreadSettings,
  seat: unknown,
  onReplaced: (error: TsunagiError) => void,
): HeartbeatConnection | undefined {
  if (seat === null) return undefined;
  const { server } = seat as { server: number };
  const heartbeat = new HeartbeatConnection({
    url,
    server,
    leaseMs,
    clock: systemClock,
    onReplaced,
  });
  heartbeat.start();
  return heartbeat;
}

/** Hands on what job managers say to the door in the engine thread; connections travel as numbers. */
class ForwardingDoor implements ManagerDoor {
  readonly #line: MessageLine;
  readonly #ids = new Map<ManagerConnection, number>();
  readonly #connections = new Map<number, ManagerConnection>();
  #lastId = 0;

  constructor(line: MessageLine) {
    this.#line = line;
  }

  connection(id: number): ManagerConnection | undefined {
    return this.#connections.get(id);
  }

  connected: ManagerDoor["connected"] = (connection, hello) => {
    this.#lastId += 1;
    this.#ids.set(connection, this.#lastId);
    this.#connections.set(this.#lastId, connection);
    this.#line.note("job-manager.connected", { id: this.#lastId, hello });
  };

  received: ManagerDoor["received"] = (connection, messages) => {
    this.#line.note("job-manager.received", { id: this.#ids.get(connection), messages });
  };

  disconnected: ManagerDoor["disconnected"] = (connection) => {
    const id = this.#ids.get(connection);
    if (id === undefined) return;
    this.#ids.delete(connection);
    this.#connections.delete(id);
    this.#line.note("job-manager.disconnected", { id });
  };
}
