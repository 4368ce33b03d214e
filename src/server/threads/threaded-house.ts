import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import type { ManagerConnection, ManagerDoor, ServerMessage } from "#contract";
import { systemClock, TsunagiError } from "#kernel";
import { jobManagerAdmission } from "../job-manager-admission.ts";
import type { JobManagerDoor } from "../job-manager-door.ts";
import type { ArgumentOf, Credentials, House, OperationName, ResultOf } from "../operations.ts";
import { isReading } from "../reading.ts";
import { MessageLine } from "./message-line.ts";
import type { ThreadSettings, ThreadStart } from "./thread-settings.ts";

const usageIntervalMs = 60_000;

/**
 * The house behind two threads: the engine thread has the machine and the one writer, the reader thread answers
 * people's queries, so that none of them delays a process; this thread keeps the sockets, so that neither delays a heartbeat.
 */
export class ThreadedHouse implements House {
  readonly jobManagers: JobManagerDoor;
  readonly #engine: Thread;
  readonly #reader: Thread;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #managers: ForwardingDoor;

  #takeBackTimer: () => void = () => undefined;

  private constructor(engine: Thread, reader: Thread) {
    this.#engine = engine;
    this.#reader = reader;
    this.#managers = new ForwardingDoor(engine.line);
    this.jobManagers = jobManagerAdmission({
      check: async (token) => void (await reader.line.call("job-manager.check", { token })),
      door: this.#managers,
      clock: systemClock,
    });
  }

  /** Starts both threads. `onEnd` is called when one of them ends by itself, which is a fault of ours. */
  static async start(
    settings: ThreadSettings,
    onEnd: (error: unknown) => void,
  ): Promise<ThreadedHouse> {
    const notes: { take: (name: string, argument: unknown) => void } = { take: () => undefined };
    const engine = new Thread(
      "./engine-thread.ts",
      settings,
      (name, argument) => notes.take(name, argument),
      onEnd,
    );
    let reader: Thread | undefined;
    try {
      // The reader opens what the engine has made and migrated.
      await engine.isReady;
      reader = new Thread("./reader-thread.ts", settings, () => undefined, onEnd);
      await reader.isReady;
    } catch (error) {
      // A thread that is left would keep the program from ending.
      await reader?.stop();
      await engine.stop();
      throw error;
    }
    const house = new ThreadedHouse(engine, reader);
    notes.take = (name, argument) => house.#takeNote(name, argument);
    house.#passUsage();
    return house;
  }

  call<N extends OperationName>(
    name: N,
    credentials: Credentials,
    argument: ArgumentOf<N>,
  ): Promise<ResultOf<N>> {
    const thread = isReading(name) ? this.#reader : this.#engine;
    return thread.line.call(name, { credentials, argument }) as Promise<ResultOf<N>>;
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
    await this.#reader.stop();
    await this.#engine.stop();
  }

  /** Which tokens and sessions were used: the reader thread knows, the engine thread can write it. */
  #passUsage(): void {
    this.#takeBackTimer = systemClock.after(usageIntervalMs, () => {
      this.#reader.line
        .call("take-usage", {})
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

/** A worker with the line to it. */
class Thread {
  readonly line: MessageLine;
  readonly isReady: Promise<unknown>;
  readonly #worker: Worker;
  #isStopping = false;

  constructor(
    file: string,
    settings: ThreadSettings,
    note: (name: string, argument: unknown) => void,
    onEnd: (error: unknown) => void,
  ) {
    const workerData: ThreadStart = {
      file,
      compileCache: getCompileCacheDir(),
      settings,
    };
    this.#worker = new Worker(new URL("./thread-entry.js", import.meta.url), { workerData });
    this.line = new MessageLine(this.#worker, {
      call: () => Promise.reject(new TypeError("threads call nothing here")),
      note,
    });
    let lastError: unknown;
    this.#worker.on("error", (error) => {
      lastError = error;
    });
    this.#worker.on("exit", () => {
      this.line.close(
        new TsunagiError("SERVER_UNREACHABLE", "the server is stopping", {
          hint: "try again when it has started",
        }),
      );
      if (!this.#isStopping) onEnd(lastError ?? new Error(`thread ${file} ended`));
    });
    this.isReady = this.line.call("open", {});
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.line.call("close", {}).catch(() => undefined);
    await this.#worker.terminate();
  }
}
