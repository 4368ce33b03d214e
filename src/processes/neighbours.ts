import type { Seat } from "#database";
import { Arrivals, type Arrival } from "./arrivals.ts";
import { Shards } from "./shards.ts";
import type { TextSealer } from "./snapshot-store.ts";
import type { Batch } from "./work-queue.ts";

/** Hints that servers give each other about rows to look at. */
export const hints = { arrivals: "arrivals", answers: "answers", shards: "shards" } as const;

/** What lies between this server and the others: whose a process is, and how something comes to it. */
export class Neighbours {
  readonly shards: Shards;
  readonly arrivals: Arrivals;
  readonly seat: Seat | undefined;

  constructor(seat: Seat | undefined, sealer: TextSealer) {
    this.seat = seat;
    this.shards = new Shards(seat);
    this.arrivals = new Arrivals(sealer);
  }

  /** Whether processes of that shard are this server's. */
  owns(shard: number): boolean {
    return this.shards.owns(shard);
  }

  /** Leaves something for a process of another server. */
  async send(
    batch: Batch,
    to: { shard: number; process: number },
    arrival: Arrival,
  ): Promise<number> {
    const id = await this.arrivals.send(batch.transaction, to, arrival);
    batch.afterCommit(() => this.seat?.hint(hints.arrivals));
    return id;
  }
}
