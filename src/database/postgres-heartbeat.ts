import type { Clock, TsunagiError } from "#kernel";
import { PostgresConnection } from "./postgres-connection.ts";
import { leaseTerms, serverReplaced } from "./server-seat.ts";

/**
 * Renews a server's lease over a connection of its own, from the thread that is never busy: neither a turn that takes long nor
 * a commit that the disk holds up delays it.
 */
export class HeartbeatConnection {
  readonly #options: HeartbeatOptions;
  readonly #validMs: number;
  readonly #renewEveryMs: number;
  #connection: PostgresConnection | undefined;
  #takeBackTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(options: HeartbeatOptions) {
    const { validMs, renewEveryMs } = leaseTerms(options.leaseMs);
    this.#options = options;
    this.#validMs = validMs;
    this.#renewEveryMs = renewEveryMs;
  }

  start(): void {
    void this.#beat();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#takeBackTimer();
    await this.#connection?.close();
  }

  async #beat(): Promise<void> {
    const { clock, server, url, leaseMs, onReplaced } = this.#options;
    try {
      if (this.#connection === undefined || this.#connection.isLost) {
        this.#connection = await PostgresConnection.open({
          url,
          name: "tsunagi heartbeat",
          leaseMs,
        });
      }
      const { count } = await this.#connection.send(
        `update server_lease set until = (extract(epoch from clock_timestamp()) * 1000)::bigint + ?::bigint
          where server = ?`,
        [this.#validMs, server],
      );
      if (count !== 1 && !this.#isStopped) return onReplaced(serverReplaced());
    } catch {
      // Whether the database can be reached says the engine; here it is only tried again, soon.
    }
    if (this.#isStopped) return void this.#connection?.close();
    this.#takeBackTimer = clock.after(this.#renewEveryMs, () => void this.#beat());
  }
}

export interface HeartbeatOptions {
  url: string;
  server: number;
  leaseMs: number;
  clock: Clock;
  /** Others have taken over. */
  onReplaced: (error: TsunagiError) => void;
}
