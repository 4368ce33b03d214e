import type { Clock } from "#kernel";
import type { ManagerMessage, ServerMessage } from "#contract";
import type { Logger } from "#runtime";
import type { Link, Transport } from "./transport.ts";

/**
 * Keeps a job manager connected to a server, for as long as one comes back.
 *
 *   connecting ──► open (hello sent) ──► welcomed ──► closed ──► (delay) connecting …
 *                                                       └──► given up, when none welcomed it for `orphanedAfterMs`
 *
 * The first attempts follow quickly, because a server that restarts is back within a second; the delay is reset by a
 * welcome only, so that a server that refuses is not hammered.
 */
export interface ConnectionOptions {
  transport: Transport;
  clock: Clock;
  logger: Logger;
  orphanedAfterMs: number;
  hello(): ManagerMessage;
  welcomed(message: Extract<ServerMessage, { kind: "welcome" }>): void;
  /** Everything that comes after the welcome. */
  received(message: ServerMessage): void;
  drained(): void;
  closed(): void;
  orphaned(): void;
}

const firstDelayMs = 50;
const delayMaxMs = 5000;

export class Connection {
  readonly #options: ConnectionOptions;
  #link: Link | undefined;
  #isWelcomed = false;
  #isStopped = false;
  #delayMs = firstDelayMs;
  #lastReason = "";
  #takeBackRetry: () => void = () => {};
  #takeBackOrphan: () => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#expectServer();
    this.#connect();
  }

  get isWelcomed(): boolean {
    return this.#isWelcomed;
  }

  /** Sends if there is a server now; what must arrive is sent again after the next welcome. */
  send(message: ManagerMessage): void {
    if (this.#isWelcomed) this.#link?.send(message);
  }

  isCongested(): boolean {
    return this.#isWelcomed && this.#link?.isCongested() === true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#takeBackRetry();
    this.#takeBackOrphan();
    this.#link?.close();
  }

  #connect(): void {
    const { transport, logger } = this.#options;
    let refusal: string | undefined;
    const link = transport.connect({
      opened: () => link.send(this.#options.hello()),
      received: (messages) => {
        for (const message of messages) {
          if (message.kind === "refuse") refusal = message.message;
          else this.#receive(message);
        }
      },
      drained: () => this.#options.drained(),
      closed: (reason) => this.#closed(refusal ?? reason),
    });
    this.#link = link;
    logger.debug("connecting to the server");
  }

  #receive(message: ServerMessage): void {
    if (message.kind === "welcome") {
      this.#isWelcomed = true;
      this.#delayMs = firstDelayMs;
      this.#lastReason = "";
      this.#takeBackOrphan();
      this.#options.logger.info("connected to the server");
      this.#options.welcomed(message);
    } else if (this.#isWelcomed) this.#options.received(message);
  }

  #closed(reason: string): void {
    const wasWelcomed = this.#isWelcomed;
    this.#isWelcomed = false;
    this.#link = undefined;
    if (wasWelcomed) this.#options.closed();
    if (this.#isStopped) return;
    if (wasWelcomed) this.#expectServer();
    // The same reason again and again is said once.
    if (reason !== this.#lastReason)
      this.#options.logger.warn({ reason }, "no connection to the server");
    this.#lastReason = reason;
    const jitter = 0.5 + Math.random() / 2;
    this.#takeBackRetry = this.#options.clock.after(this.#delayMs * jitter, () => this.#connect());
    this.#delayMs = Math.min(this.#delayMs * 2, delayMaxMs);
  }

  #expectServer(): void {
    this.#takeBackOrphan();
    this.#takeBackOrphan = this.#options.clock.after(this.#options.orphanedAfterMs, () => {
      this.#options.orphaned();
    });
  }
}
