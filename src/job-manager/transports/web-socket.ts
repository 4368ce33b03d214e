import { WebSocket, type ClientOptions } from "ws";
import {
  frameAimBytes,
  frameMaxBytes,
  heartbeatLimitMs,
  serverFrame,
  type ManagerMessage,
  type ServerMessage,
} from "#contract";
import type { Clock } from "#kernel";
import type { Link, LinkEvents, Transport } from "../transport.ts";

export interface WebSocketTransportOptions {
  /** Asked for each attempt: a server may come back elsewhere. Rejects or throws where there is none now. */
  urlOf: () => string | Promise<string>;
  token: string;
  clock: Clock;
  /** Another network, such as a simulated one. */
  openSocket?: (url: string, options: ClientOptions) => WebSocket;
}

/** More than this waits to go out: the network, or the server, is slower than the commands. */
const congestedBytes = 4 * 1024 * 1024;
const connectTimeoutMs = 10_000;

/** Speaks to a server over a WebSocket; answers its pings, and takes silence for the end of the connection. */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  return {
    connect(events) {
      const link = new WebSocketLink(options.clock, events);
      void link.open(options);
      return link;
    },
  };
}

class WebSocketLink implements Link {
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  #socket: WebSocket | undefined;
  #outgoing: string[] = [];
  #outgoingBytes = 0;
  #isFlushPlanned = false;
  #isClosed = false;
  #wasCongested = false;
  #takeBackSilence: () => void = () => {};

  constructor(clock: Clock, events: LinkEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  async open({ urlOf, token, openSocket = overNetwork }: WebSocketTransportOptions): Promise<void> {
    try {
      const url = await urlOf();
      if (this.#isClosed) return;
      this.#socket = openSocket(url, {
        headers: { authorization: `Bearer ${token}` },
        handshakeTimeout: connectTimeoutMs,
        maxPayload: frameMaxBytes,
        perMessageDeflate: false,
      });
    } catch (error) {
      this.#end((error as Error).message);
      return;
    }
    const socket = this.#socket;
    socket.on("open", () => {
      this.#heard();
      this.#events.opened();
    });
    socket.on("message", (data: Buffer) => this.#receive(data.toString()));
    socket.on("error", (error) => this.#end(error.message));
    socket.on("unexpected-response", (_request, response) => {
      this.#end(
        response.statusCode === 401 || response.statusCode === 403
          ? `the server does not accept the token (${response.statusCode})`
          : `the server answered ${response.statusCode}`,
      );
    });
    socket.on("close", (code, reason) => {
      this.#end(reason.length > 0 ? reason.toString() : `the connection was closed (${code})`);
    });
  }

  send(message: ManagerMessage): void {
    const text = JSON.stringify(message);
    this.#outgoing.push(text);
    this.#outgoingBytes += text.length;
    if (this.#outgoingBytes >= frameAimBytes) this.#flush();
    else if (!this.#isFlushPlanned) {
      this.#isFlushPlanned = true;
      setImmediate(() => this.#flush());
    }
  }

  isCongested(): boolean {
    const isCongested = (this.#socket?.bufferedAmount ?? 0) > congestedBytes;
    this.#wasCongested ||= isCongested;
    return isCongested;
  }

  close(): void {
    this.#flush();
    this.#socket?.close(1000);
    this.#end("closed by the job manager");
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    const messages = this.#outgoing;
    if (messages.length === 0) return;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(`[${messages.join(",")}]`, () => {
      if (this.#wasCongested && !this.isCongested() && !this.#isClosed) {
        this.#wasCongested = false;
        this.#events.drained();
      }
    });
  }

  #receive(text: string): void {
    if (this.#isClosed) return;
    this.#heard();
    let messages: ServerMessage[];
    try {
      messages = serverFrame.parse(JSON.parse(text));
    } catch (error) {
      this.#end(`the server sent what is no message of this protocol: ${(error as Error).message}`);
      return;
    }
    if (messages.some(({ kind }) => kind === "ping")) this.send({ kind: "pong" });
    this.#events.received(messages.filter(({ kind }) => kind !== "ping"));
  }

  #heard(): void {
    this.#takeBackSilence();
    this.#takeBackSilence = this.#clock.after(heartbeatLimitMs, () => {
      this.#end(`nothing was heard from the server for ${heartbeatLimitMs / 1000} s`);
    });
  }

  #end(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#takeBackSilence();
    // What still comes of a socket that was given up concerns nobody.
    this.#socket?.on("error", () => {});
    if (this.#socket?.readyState !== WebSocket.CLOSING) this.#socket?.terminate();
    this.#events.closed(reason);
  }
}

function overNetwork(url: string, options: ClientOptions): WebSocket {
  return new WebSocket(url, options);
}
