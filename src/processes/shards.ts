import type { Seat, Transaction } from "#database";

/**
 * Every process belongs to a shard, with all that stems from it, and every shard to one server: that server alone runs their
 * turns. A server that is the only one there can be (SQLite) has all of them, under the number 0.
 */
export const shardCount = 256;

/** The number of a server that is alone, and of nobody where there may be several. */
export const aloneServer = 0;

/** Which shards this server has. It is exact: only the server itself gives one away, in its own writer, or it is put out. */
export class Shards {
  readonly server: number;
  #owned = new Set<number>();
  /** Given away in the transaction that is under way. */
  #leaving = new Set<number>();

  constructor(seat: Seat | undefined) {
    this.server = seat?.server ?? aloneServer;
    if (seat === undefined) for (let id = 0; id < shardCount; id += 1) this.#owned.add(id);
  }

  get isAlone(): boolean {
    return this.server === aloneServer;
  }

  owns(shard: number): boolean {
    return this.#owned.has(shard) && !this.#leaving.has(shard);
  }

  /** For a process that stems from none: one of its own, if it has any yet. */
  choose(): number {
    const free = [...this.#owned].filter((shard) => !this.#leaving.has(shard));
    const drawn = Math.floor(Math.random() * (free.length === 0 ? shardCount : free.length));
    return free[drawn] ?? drawn;
  }

  add(shards: Iterable<number>): void {
    for (const shard of shards) this.#owned.add(shard);
  }

  /** As if they had not been added. */
  drop(shards: Iterable<number>): void {
    for (const shard of shards) this.#owned.delete(shard);
  }

  /** Within the transaction that gives them away. */
  leave(shards: Iterable<number>): void {
    for (const shard of shards) this.#leaving.add(shard);
  }

  /** It was committed. */
  haveLeft(): void {
    for (const shard of this.#leaving) this.#owned.delete(shard);
    this.#leaving.clear();
  }

  /** It was taken back. */
  stay(): void {
    this.#leaving.clear();
  }
}

export interface ShardRow {
  id: number;
  server: number;
}

export function listShards(tx: Transaction): Promise<ShardRow[]> {
  return tx.all("select id, server from shard order by id");
}

export function setShardOwner(tx: Transaction, shard: number, server: number): Promise<unknown> {
  return tx.run("update shard set server = ? where id = ?", [server, shard]);
}

export interface Roster {
  /** Who asks. */
  server: number;
  now: number;
  leases: readonly { server: number; until: number }[];
  /** Whether leases that have run out count: not where the database could not be reached, and so nobody could renew any. */
  isJudged: boolean;
  shards: readonly ShardRow[];
}

export interface ShardPlan {
  /** Servers whose lease has run out. */
  dead: number[];
  /** Which shards are to go to which server. */
  moves: Map<number, number>;
}

/** The lease of a server that another start at its place has put out already. */
const putOut = 0;

/**
 * Whoever notices first that a server is gone gives its shards to those who have least. Of its own, a server gives away only what
 * is more than its share.
 */
export function planShards(
  { server, now, leases, isJudged, shards }: Roster,
  canMove: (shard: number) => boolean,
): ShardPlan {
  const dead = leases
    .filter((lease) => lease.server !== server)
    .filter(({ until }) => until === putOut || (isJudged && until < now))
    .map((lease) => lease.server);
  const counts = new Map<number, number>([[server, 0]]);
  for (const lease of leases) if (!dead.includes(lease.server)) counts.set(lease.server, 0);
  for (const { server: owner } of shards) {
    const count = counts.get(owner);
    if (count !== undefined) counts.set(owner, count + 1);
  }
  const moves = new Map<number, number>();
  const giveToPoorest = (shard: number): void => {
    const [poorest] = [...counts].sort(([a, x], [b, y]) => x - y || a - b);
    if (poorest === undefined) return;
    moves.set(shard, poorest[0]);
    counts.set(poorest[0], poorest[1] + 1);
  };
  for (const { id, server: owner } of shards) if (!counts.has(owner)) giveToPoorest(id);
  const share = Math.ceil(shards.length / counts.size);
  for (const { id, server: owner } of shards) {
    const own = counts.get(server) ?? 0;
    if (owner !== server || own <= share || !canMove(id)) continue;
    counts.set(server, own - 1);
    giveToPoorest(id);
  }
  return { dead, moves };
}
