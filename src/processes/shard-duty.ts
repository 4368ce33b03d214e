import {
  leaseTerms,
  listLeases,
  removeSeat,
  type Database,
  type Seat,
  type Transaction,
} from "#database";
import type { Clock } from "#kernel";
import { hints, type Neighbours } from "./neighbours.ts";
import { listShards, planShards, setShardOwner, type Roster, type ShardPlan } from "./shards.ts";
import type { Batch } from "./work-queue.ts";

/**
 * Which server has which shards, among those that work on one database. Every server looks at it now and then, and when it is
 * told; the first to notice that one is gone puts it out and gives its shards to those who are there.
 *
 *   D1  A server that is gone is put out first: that waits for its commit in flight, and refuses what it would write later.
 *       Its shards are given away in the same transaction.
 *   D2  Of a server that lives, only it itself gives a shard away, in its own writer.
 *   D3  Only the database's clock says whether a lease has run out; nobody's own clock counts for more than when to look.
 *   D4  Who could not reach the database says of nobody that he is gone before all had time to be heard of again.
 */
export interface ShardDutyOptions {
  database: Database;
  seat: Seat;
  clock: Clock;
  neighbours: Neighbours;
  perform: <T>(work: (batch: Batch) => Promise<T>) => Promise<T>;
  /** Takes up what stands in these shards. */
  onTaken: (shards: ReadonlySet<number>) => Promise<void>;
  /** What of a shard is under way in this server and cannot be passed on. */
  keptShards: (tx: Transaction) => Promise<ReadonlySet<number>>;
  /** In the transaction that gives these away; it gives what is to be done after the commit. */
  onGiving: (tx: Transaction, shards: ReadonlySet<number>) => Promise<() => void>;
  /** In the transaction that puts a server out: whatever it had is nobody's. */
  onServerEnded: (tx: Transaction, server: number) => Promise<void>;
  /** Looks for what others have left for this server's processes. */
  onRound: () => Promise<void>;
  onFailure: (error: unknown) => void;
}

/** What others leave is looked for at least that often: hints may be lost. */
const roundEveryMs = 1000;
/** A lease that ran out just now is found run out. */
const afterExpiryMs = 20;

export class ShardDuty {
  readonly #options: ShardDutyOptions;
  #takeBackTimer: () => void = () => undefined;
  #round: Promise<void> | undefined;
  #isDueAgain = false;
  /** Whether the database could not be reached, or was not looked at yet, and since when it can be again (D4). */
  #isBlind = true;
  #seesSince = 0;
  #isStopped = false;

  constructor(options: ShardDutyOptions) {
    this.#options = options;
  }

  /** Takes what is there to be taken. */
  async start(): Promise<void> {
    const { seat } = this.#options;
    seat.onHint((text) => {
      if (text === hints.shards || text === hints.arrivals) void this.look();
    });
    await this.look();
    seat.hint(hints.shards);
  }

  /** Does a round now; while one is under way, another one after it. */
  async look(): Promise<void> {
    if (this.#isStopped) return;
    this.#isDueAgain = true;
    this.#round ??= this.#rounds().finally(() => (this.#round = undefined));
    await this.#round;
  }

  async #rounds(): Promise<void> {
    while (this.#isDueAgain && !this.#isStopped) {
      this.#isDueAgain = false;
      this.#takeBackTimer();
      let waitMs = roundEveryMs;
      try {
        waitMs = await this.#once();
      } catch (error) {
        this.#isBlind = true;
        // The next round may have better luck; whether the database can be reached is said elsewhere.
        this.#options.onFailure(error);
      }
      if (!this.#isStopped) {
        this.#takeBackTimer = this.#options.clock.after(waitMs, () => void this.look());
      }
    }
  }

  /** Gives all shards away and leaves; nothing can be written any more. */
  async leave(): Promise<void> {
    this.#isStopped = true;
    this.#takeBackTimer();
    await this.#round;
    const { perform, seat, onServerEnded, neighbours } = this.#options;
    await perform(async (batch) => {
      const { transaction } = batch;
      const roster = await this.#roster(transaction);
      const others = roster.leases.filter(({ server }) => server !== seat.server);
      // As if it were dead, to those who remain; the first of them that looks evens it out.
      const [first] = others.filter(({ until }) => until >= roster.now);
      const plan =
        first === undefined
          ? undefined
          : planShards(
              {
                ...roster,
                server: first.server,
                leases: others,
                shards: roster.shards.map((shard) => ({
                  ...shard,
                  server: shard.server === seat.server ? 0 : shard.server,
                })),
              },
              () => false,
            );
      await this.#move(transaction, plan?.moves ?? new Map());
      await onServerEnded(transaction, seat.server);
      await removeSeat(transaction, seat.server);
      neighbours.shards.leave(roster.shards.map(({ id }) => id));
      batch.afterCommit(() => {
        neighbours.shards.haveLeft();
        seat.hint(hints.shards);
      });
    });
  }

  /** Gives how long the next round has time. */
  async #once(): Promise<number> {
    const { database, neighbours, onTaken, onRound } = this.#options;
    let roster = await database.read((tx) => this.#roster(tx));
    const plan = planShards(roster, () => true);
    if (plan.dead.length > 0 || plan.moves.size > 0) {
      await this.#carryOut();
      roster = await database.read((tx) => this.#roster(tx));
    }
    const { server, shards } = roster;
    const taken = new Set<number>();
    for (const { id, server: owner } of shards) {
      if (owner === server && !neighbours.owns(id)) taken.add(id);
    }
    if (taken.size > 0) {
      neighbours.shards.add(taken);
      try {
        await onTaken(taken);
      } catch (error) {
        // The next round takes them up.
        neighbours.shards.drop(taken);
        throw error;
      }
    }
    await onRound();
    return this.#untilNext(roster);
  }

  /** What was planned is planned once more, from what the transaction sees, and without what has to stay. */
  #carryOut(): Promise<void> {
    const { perform, neighbours, seat, onServerEnded, onGiving, keptShards } = this.#options;
    return perform(async (batch) => {
      const { transaction } = batch;
      const roster = await this.#roster(transaction);
      const kept = await keptShards(transaction);
      const plan: ShardPlan = planShards(roster, (shard) => !kept.has(shard));
      for (const server of plan.dead) {
        await removeSeat(transaction, server);
        await onServerEnded(transaction, server);
      }
      const given = new Set<number>();
      for (const { id, server } of roster.shards) {
        if (server === seat.server && plan.moves.has(id)) given.add(id);
      }
      const released = given.size === 0 ? undefined : await onGiving(transaction, given);
      await this.#move(transaction, plan.moves);
      neighbours.shards.leave(given);
      batch.afterCommit(() => {
        neighbours.shards.haveLeft();
        released?.();
        seat.hint(hints.shards);
      });
    });
  }

  async #move(tx: Transaction, moves: ReadonlyMap<number, number>): Promise<void> {
    for (const [shard, server] of moves) await setShardOwner(tx, shard, server);
  }

  async #roster(tx: Transaction): Promise<Roster> {
    const { seat } = this.#options;
    const { server } = seat;
    const now = await seat.now(tx);
    const leases = await listLeases(tx);
    const own = leases.find((lease) => lease.server === server);
    if (this.#isBlind || (own !== undefined && own.until < now)) {
      this.#isBlind = false;
      this.#seesSince = now;
    }
    const isJudged = now - this.#seesSince >= leaseTerms(seat.leaseMs).validMs;
    return { server, now, leases, isJudged, shards: await listShards(tx) };
  }

  #untilNext({ server, now, leases }: Roster): number {
    const valid = leases.filter((lease) => lease.server !== server && lease.until >= now);
    return Math.min(roundEveryMs, ...valid.map(({ until }) => until - now + afterExpiryMs));
  }
}
