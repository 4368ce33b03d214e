import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planShards, shardCount, Shards, type ShardRow } from "./shards.ts";

const owned = (owners: readonly number[]): ShardRow[] =>
  Array.from({ length: shardCount }, (_, id) => ({
    id,
    server: owners[id % owners.length] ?? 0,
  }));
const lease = (server: number, until = 100) => ({ server, until });
const movesAll = () => true;
const isJudged = true;

function applied(shards: readonly ShardRow[], moves: ReadonlyMap<number, number>): ShardRow[] {
  return shards.map(({ id, server }) => ({ id, server: moves.get(id) ?? server }));
}

function counts(shards: readonly ShardRow[]): number[] {
  const found = new Map<number, number>();
  for (const { server } of shards) found.set(server, (found.get(server) ?? 0) + 1);
  return [...found.values()].sort((a, b) => a - b);
}

test("the first server takes all shards, and those that come later get their share of it", () => {
  const first = planShards(
    { server: 1, now: 0, leases: [lease(1)], isJudged, shards: owned([0]) },
    movesAll,
  );
  expect(first.moves.size).toBe(shardCount);
  const shards = applied(owned([0]), first.moves);
  const leases = [lease(1), lease(2), lease(3)];
  const shared = planShards({ server: 1, now: 0, leases, isJudged, shards }, movesAll);
  expect(counts(applied(shards, shared.moves))).toEqual([85, 85, 86]);
});

test("a server whose lease has run out is dead, and the others share what it had", () => {
  const leases = [lease(1), lease(2, 9), lease(3)];
  const shards = owned([1, 2, 3]);
  const { dead, moves } = planShards({ server: 3, now: 10, leases, isJudged, shards }, movesAll);
  expect(dead).toEqual([2]);
  expect(counts(applied(shards, moves))).toEqual([128, 128]);
});

test("where nobody could renew a lease, none of those that have run out counts", () => {
  const leases = [lease(1, 5), lease(2, 9), lease(3, 0)];
  const plan = planShards(
    { server: 1, now: 10, leases, isJudged: false, shards: owned([1, 2]) },
    movesAll,
  );
  expect(plan).toEqual({ dead: [3], moves: new Map() });
});

test("a server never finds itself dead: what others made of it they tell by refusing what it writes", () => {
  const shards = owned([1]);
  const plan = planShards(
    { server: 1, now: 10, leases: [lease(1, 0)], isJudged, shards },
    movesAll,
  );
  expect(plan).toEqual({ dead: [], moves: new Map() });
});

test("what is under way in a server stays there", () => {
  const shards = owned([1]);
  const leases = [lease(1), lease(2)];
  const { moves } = planShards(
    { server: 1, now: 0, leases, isJudged, shards },
    (shard) => shard >= 200,
  );
  expect([...moves.keys()].every((shard) => shard >= 200)).toBe(true);
});

test("whoever comes and goes, each plan takes only one's own and the dead's, and all end with equal shares", () => {
  const servers = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(servers, fc.array(fc.nat(8), { minLength: 1 }), (live, owners) => {
      let shards = owned(owners);
      const leases = live.map((server) => lease(server));
      for (const server of [...live, ...live]) {
        const { moves } = planShards({ server, now: 0, leases, isJudged, shards }, movesAll);
        for (const shard of moves.keys()) {
          const owner = shards[shard]?.server ?? 0;
          expect(owner === server || !live.includes(owner)).toBe(true);
        }
        shards = applied(shards, moves);
      }
      expect(counts(shards).at(-1)).toBe(Math.ceil(shardCount / live.length));
      expect(shards.every(({ server }) => live.includes(server))).toBe(true);
    }),
  );
});

test("what is given away is foreign at once, and again one's own where that was taken back", () => {
  const shards = new Shards({ server: 7, leaseMs: 1 } as ConstructorParameters<typeof Shards>[0]);
  shards.add([1, 2]);
  shards.leave([1]);
  expect([shards.owns(1), shards.owns(2)]).toEqual([false, true]);
  shards.stay();
  expect(shards.owns(1)).toBe(true);
  shards.leave([1]);
  shards.haveLeft();
  shards.stay();
  expect(shards.owns(1)).toBe(false);
  expect(shards.choose()).toBe(2);
});
