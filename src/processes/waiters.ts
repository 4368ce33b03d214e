import type { Transaction } from "#database";

/**
 * Who waits for what: rows that survive, in the order in which the waiting began. A row belongs to one turn
 * of one process; when the process goes on, for whatever reason, its rows go.
 */
export type WaiterKind = "channel" | "lock" | "process" | "children" | "jobflow";

export interface Waiter {
  id: number;
  kind: WaiterKind;
  /** The id of the object or process that is waited for; of `children` the parent's own; of `jobflow` the one that runs often enough. */
  target: number;
  process: number;
  turn: number;
  wait_index: number;
  /** Of `children`: how many may still run. */
  argument: number;
  /** Of the process. */
  shard: number;
}

export async function addWaiter(tx: Transaction, waiter: Omit<Waiter, "id">): Promise<void> {
  await tx.insert(
    "insert into waiter (kind, target, process, turn, wait_index, argument, shard) values (?, ?, ?, ?, ?, ?, ?)",
    [
      waiter.kind,
      waiter.target,
      waiter.process,
      waiter.turn,
      waiter.wait_index,
      waiter.argument,
      waiter.shard,
    ],
  );
}

/** The one that waited longest, or undefined. */
export function firstWaiter(
  tx: Transaction,
  kind: WaiterKind,
  target: number,
): Promise<Waiter | undefined> {
  return tx.get<Waiter>("select * from waiter where kind = ? and target = ? order by id limit 1", [
    kind,
    target,
  ]);
}

export function listWaiters(tx: Transaction, kind: WaiterKind, target: number): Promise<Waiter[]> {
  return tx.all<Waiter>("select * from waiter where kind = ? and target = ? order by id", [
    kind,
    target,
  ]);
}

/** Who waits for the end of a process; and of those who wait for their turn of its jobflow, the first. */
export function listEndWaiters(
  tx: Transaction,
  process: number,
  jobflow: number,
): Promise<Waiter[]> {
  return tx.all<Waiter>(
    `select * from waiter where kind = 'process' and target = ?
     union all
     select * from (select * from waiter where kind = 'jobflow' and target = ? order by id limit 1) next`,
    [process, jobflow],
  );
}

/** Forgets all that a process waits for, timers included. */
export async function removeWaits(tx: Transaction, process: number): Promise<void> {
  // One round trip for both.
  await Promise.all([
    tx.run("delete from waiter where process = ?", [process]),
    tx.run("delete from timer where process = ?", [process]),
  ]);
}

export interface Timer {
  wake_at: number;
  process: number;
  turn: number;
  shard: number;
}

export async function setTimer(tx: Transaction, timer: Timer): Promise<void> {
  await tx.run("insert into timer (wake_at, process, turn, shard) values (?, ?, ?, ?)", [
    timer.wake_at,
    timer.process,
    timer.turn,
    timer.shard,
  ]);
}

/** Of that server's shards. */
export function dueTimers(
  tx: Transaction,
  { server, now, limit }: { server: number; now: number; limit: number },
): Promise<Timer[]> {
  return tx.all<Timer>(
    `select t.wake_at, t.process, t.turn, t.shard from timer t join shard s on s.id = t.shard
      where t.wake_at <= ? and s.server = ? order by t.wake_at, t.process limit ?`,
    [now, server, limit],
  );
}

/** When the next timer of that server's shards is due, or undefined. */
export async function nextTimer(tx: Transaction, server: number): Promise<number | undefined> {
  const row = await tx.get<{ wake_at: number }>(
    `select t.wake_at from timer t join shard s on s.id = t.shard
      where s.server = ? order by t.wake_at, t.process limit 1`,
    [server],
  );
  return row?.wake_at;
}
