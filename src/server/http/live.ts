import type { WebSocket } from "ws";
import { z } from "zod";
import { TsunagiError, type Clock } from "#kernel";
import type { Credentials, House } from "../operations.ts";
import { assertSameOrigin, credentialsOf } from "./credentials.ts";
import { failureOf, problemOf } from "./problem.ts";
import { closeBecause, type SocketEndpoint } from "./sockets.ts";

/**
 * Live updates: a client says what it looks at, the server says when that changed. A hint carries no data;
 * the client reads again what it may read. A watch begins with one hint, so nothing falls between the
 * first reading and the watch.
 *
 * Client: `{"watch": topic}`, `{"unwatch": topic}`. Server: `{"changed": topic}`, `{"refused": topic, "problem": …}`.
 * Topics are `process/<id>`, `processes` and `objects<path>`, of things that the client may read.
 */

const clientMessage = z.union([
  z.strictObject({ watch: z.string().max(1100) }),
  z.strictObject({ unwatch: z.string().max(1100) }),
]);

// A page watches what it shows: a tree, a list, a process.
const topicsMax = 200;

// Changes within this time are one hint; faster than this nobody reads.
const gatherMs = 100;

// A client that does not take its hints; it connects again when it can.
const unsentMaxBytes = 256 * 1024;

// Whose session ended elsewhere, or who lost a right, goes on hearing for at most this long.
const recheckMs = 30_000;

export function liveEndpoint(options: { house: House; clock: Clock }): SocketEndpoint {
  return {
    address: "/.api/v1/live",
    sizeMaxBytes: 8 * 1024,
    admit: async (request) => {
      const credentials = credentialsOf(request.headers);
      if (credentials.kind === "session") assertSameOrigin(request.headers);
      await options.house.call("identity.whoami", credentials, {});
      return (socket) => new LiveConnection({ ...options, credentials, socket }).start();
    },
  };
}

class LiveConnection {
  readonly #house: House;
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #socket: WebSocket;
  /** How to end each watch; of a topic that is being checked a no-op. */
  readonly #watches = new Map<string, () => void>();
  readonly #changed = new Set<string>();
  #stopRecheck: () => void = () => {};

  constructor(options: {
    house: House;
    clock: Clock;
    credentials: Credentials;
    socket: WebSocket;
  }) {
    this.#house = options.house;
    this.#clock = options.clock;
    this.#credentials = options.credentials;
    this.#socket = options.socket;
  }

  start(): void {
    this.#socket.on("message", (data, isBinary) => {
      if (isBinary) closeBecause(this.#socket, 1003, "messages are text");
      else this.#take((data as Buffer).toString("utf8"));
    });
    this.#socket.on("close", () => this.#stop());
    this.#scheduleRecheck();
  }

  #stop(): void {
    this.#stopRecheck();
    for (const end of this.#watches.values()) end();
    this.#watches.clear();
  }

  #take(text: string): void {
    const message = parse(text);
    if (message === undefined) {
      closeBecause(this.#socket, 1008, 'a message is {"watch": topic} or {"unwatch": topic}');
    } else if ("watch" in message) {
      void this.#watch(message.watch);
    } else {
      this.#unwatch(message.unwatch);
    }
  }

  async #watch(topic: string): Promise<void> {
    if (this.#watches.has(topic)) return;
    const placeholder = () => {};
    try {
      if (this.#watches.size >= topicsMax) {
        throw new TsunagiError(
          "LIMIT_EXCEEDED",
          `a connection watches at most ${topicsMax} topics`,
        );
      }
      this.#watches.set(topic, placeholder);
      await this.#assertReadable(topic);
      // It may have been taken back, or the connection closed, meanwhile.
      if (this.#watches.get(topic) !== placeholder) return;
      this.#watches.set(
        topic,
        this.#house.watch(topic, () => this.#note(topic)),
      );
      this.#note(topic);
    } catch (error) {
      if (this.#watches.get(topic) === placeholder) this.#watches.delete(topic);
      this.#send({ refused: topic, problem: problemOf(failureOf(error), "live", "en") });
    }
  }

  #unwatch(topic: string): void {
    this.#watches.get(topic)?.();
    this.#watches.delete(topic);
    this.#changed.delete(topic);
  }

  /** That something changed tells that it is there. */
  async #assertReadable(topic: string): Promise<void> {
    if (topic === "processes") return;
    const process = /^process\/(\d{1,15})$/.exec(topic);
    const path = process === null ? pathOfTopic(topic) : `/process/${process[1]}`;
    await this.#house.call("objects.get", this.#credentials, { path });
  }

  #note(topic: string): void {
    if (this.#changed.size === 0) this.#clock.after(gatherMs, () => this.#tell());
    this.#changed.add(topic);
  }

  #tell(): void {
    for (const topic of this.#changed) this.#send({ changed: topic });
    this.#changed.clear();
  }

  #send(message: unknown): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > unsentMaxBytes) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  #scheduleRecheck(): void {
    this.#stopRecheck = this.#clock.after(recheckMs, () => void this.#recheck());
  }

  /** What he may not read any more, he hears no longer of. */
  async #recheckTopic(topic: string): Promise<void> {
    try {
      await this.#assertReadable(topic);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== "PERMISSION_DENIED" || !this.#watches.has(topic)) return;
      this.#unwatch(topic);
      this.#send({ refused: topic, problem: problemOf(failure, "live", "en") });
    }
  }

  async #recheck(): Promise<void> {
    try {
      await this.#house.call("identity.whoami", this.#credentials, {});
    } catch (error) {
      const { status, code } = failureOf(error);
      if (status === 401) return closeBecause(this.#socket, 4401, code);
      // The house is troubled, not the client; the next check tells more.
    }
    for (const topic of this.#watches.keys()) await this.#recheckTopic(topic);
    if (this.#socket.readyState === this.#socket.OPEN) this.#scheduleRecheck();
  }
}

function pathOfTopic(topic: string): string {
  if (topic.startsWith("objects/")) return topic.slice("objects".length);
  throw new TsunagiError("ARGUMENT_INVALID", `there is no topic '${topic.slice(0, 100)}'`, {
    hint: "Topics are 'processes', 'process/17' and 'objects/nodes/web01'.",
  });
}

function parse(text: string): z.infer<typeof clientMessage> | undefined {
  try {
    return clientMessage.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
