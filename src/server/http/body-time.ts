/**
 * How long the body of a request may take. Node.js knows one time for all of them, which a file of 1 GB does not keep; so its
 * own is off for bodies, and each request has one: a minute for all of a body, or, of a file, for each next piece of it.
 */
import type { IncomingMessage } from "node:http";
import type { Clock } from "#kernel";

export class BodyTime {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #takeBacks = new WeakMap<IncomingMessage, () => void>();

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Calls back unless the whole body arrives in time. */
  limit(request: IncomingMessage, onExpired: () => void): void {
    if (!hasBody(request)) return;
    const takeBack = this.#clock.after(this.#limitMs, () => {
      if (!request.complete && !request.destroyed) onExpired();
    });
    this.#takeBacks.set(request, takeBack);
    request.once("end", takeBack).once("close", takeBack);
  }

  /** The bytes of a body that may be as long as it likes, if only it goes on. Reading less than all of it leaves the connection as it is. */
  async *pieces(request: IncomingMessage): AsyncIterable<Uint8Array> {
    this.#takeBacks.get(request)?.();
    request.setTimeout(this.#limitMs, () => request.destroy());
    try {
      yield* request.iterator({ destroyOnReturn: false });
    } finally {
      request.setTimeout(0);
    }
  }

  /** Reads on what nobody wants, so that who sends it hears why, but not for long. */
  discard(request: IncomingMessage): void {
    if (request.complete || request.destroyed) return;
    this.#takeBacks.get(request)?.();
    request.on("error", () => undefined).resume();
    const takeBack = this.#clock.after(discardMs, () => request.destroy());
    request.once("end", takeBack).once("close", takeBack);
  }
}

// Enough for an answer to reach whoever still sends; then the line is cut.
const discardMs = 5000;

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
