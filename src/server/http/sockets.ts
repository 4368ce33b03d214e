import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { WebSocketServer, type WebSocket } from "ws";
import { TsunagiError, type Clock, type Language } from "#kernel";
import { languageOf } from "./accept.ts";
import { splitTarget } from "./address.ts";
import { failureOf, problemMediaType, problemOf } from "./problem.ts";

/**
 * WebSockets of the gateway: who may not have one gets a problem document instead of the handshake, who has
 * one is asked for a sign of life, and all are closed with the gateway.
 */

export interface SocketEndpoint {
  address: string;
  sizeMaxBytes: number;
  /** Throws unless this request may have a socket; what it gives is called with the open socket. */
  admit: (request: IncomingMessage) => Promise<(socket: WebSocket) => void>;
}

// Proxies tend to cut connections that are silent for a minute.
const heartbeatMs = 20_000;

// How long a peer may take to answer a close before it is cut off.
const closeGraceMs = 1_000;

export class Sockets {
  readonly #endpoints = new Map<string, { endpoint: SocketEndpoint; upgrader: WebSocketServer }>();
  readonly #open = new Set<WebSocket>();
  /** Since the last heartbeat. */
  readonly #heard = new WeakSet<WebSocket>();
  readonly #clock: Clock;
  readonly #logger: FastifyBaseLogger;
  #stopHeartbeat: () => void = () => {};
  #isClosing = false;

  constructor(options: { endpoints: SocketEndpoint[]; clock: Clock; logger: FastifyBaseLogger }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    for (const endpoint of options.endpoints) {
      const upgrader = new WebSocketServer({
        noServer: true,
        clientTracking: false,
        maxPayload: endpoint.sizeMaxBytes,
        perMessageDeflate: false,
      });
      this.#endpoints.set(endpoint.address, { endpoint, upgrader });
    }
  }

  /** Takes the upgrade requests of a server from now on. */
  attach(server: Server): void {
    server.on("upgrade", (request, stream, head) => {
      void this.#upgrade(request, stream, head);
    });
    this.#beat();
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Says goodbye to all; who does not answer is cut off. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopHeartbeat();
    await Promise.all([...this.#open].map((socket) => this.#dismiss(socket)));
  }

  async #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const requestId = randomUUID();
    const drop = () => stream.destroy();
    stream.on("error", drop);
    try {
      const { address } = splitTarget(request.url ?? "/");
      const entry = this.#endpoints.get(address);
      if (entry === undefined || this.#isClosing) throw noSocketAt(address);
      const accept = await entry.endpoint.admit(request);
      if (stream.destroyed) return;
      stream.off("error", drop);
      entry.upgrader.handleUpgrade(request, stream, head, (socket) => {
        this.#keep(socket);
        accept(socket);
      });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.status >= 500)
        this.#logger.error({ err: error, reqId: requestId }, "upgrade failed");
      refuse(stream, failure, requestId, languageOf(request.headers["accept-language"]));
    }
  }

  #keep(socket: WebSocket): void {
    this.#open.add(socket);
    this.#heard.add(socket);
    socket.on("pong", () => this.#heard.add(socket));
    socket.on("message", () => this.#heard.add(socket));
    // The `close` event follows and tells whoever is concerned.
    socket.on("error", (error) => this.#logger.debug({ err: error }, "socket failed"));
    socket.on("close", () => this.#open.delete(socket));
  }

  #beat(): void {
    for (const socket of this.#open) {
      if (!this.#heard.delete(socket)) socket.terminate();
      else socket.ping();
    }
    this.#stopHeartbeat = this.#clock.after(heartbeatMs, () => this.#beat());
  }

  #dismiss(socket: WebSocket): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = this.#clock.after(closeGraceMs, () => socket.terminate());
      socket.once("close", () => {
        takeBack();
        resolve();
      });
      socket.close(1001, "the server stops");
    });
  }
}

/** Closes with a reason, which the protocol limits to 123 bytes. */
export function closeBecause(socket: WebSocket, status: number, reason: string): void {
  let text = reason;
  while (Buffer.byteLength(text) > 123) text = text.slice(0, -1);
  socket.close(status, text);
}

function noSocketAt(address: string): TsunagiError {
  return new TsunagiError("ROUTE_NOT_FOUND", `there is no WebSocket at ${address.slice(0, 200)}`);
}

function refuse(
  stream: Duplex,
  failure: TsunagiError,
  requestId: string,
  language: Language,
): void {
  const body = JSON.stringify(problemOf(failure, requestId, language));
  const { STATUS_CODES: names } = process.getBuiltinModule("node:http");
  const head = [
    `HTTP/1.1 ${failure.status} ${names[failure.status] ?? "Error"}`,
    "Connection: close",
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
