import type { Transaction } from "#database";

/**
 * Who waits for what: rows that survive, in the order in which the waiting began. A row belongs to one turn
 * of one process; when the process goes on, for whatever reason, its rows go.
 */
export type WaiterKind = "channel" | "lock" | "process" | "children";

export interface Waiter {
  id: number;
  kind: WaiterKind;
  /** The id of the object or process that is waited for; of `children` the parent's own. */
  target: number;
  process: number;
  turn: number;
  wait_index: number;
  /** Of `children`: how many may still run. */
  argument: number;
}

export async function addWaiter(tx: Transaction, waiter: Omit<Waiter, "id">): Promise<void> {
  await tx.insert(
    "insert into waiter (kind, target, process, turn, wait_index, argument) values (?, ?, ?, ?, ?, ?)",
    [waiter.kind, waiter.target, waiter.process, waiter.turn, waiter.wait_index, waiter.argument],
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

/** Forgets all that a process waits for, timers included. */
export async function removeWaits(tx: Transaction, process: number): Promise<void> {
  await tx.run("delete from waiter where process = ?", [process]);
  await tx.run("delete from timer where process = ?", [process]);
}

export interface Timer {
  wake_at: number;
  process: number;
  turn: number;
}

export async function setTimer(tx: Transaction, timer: Timer): Promise<void> {
  await tx.run("insert into timer (wake_at, process, turn) values (?, ?, ?)", [
    timer.wake_at,
    timer.process,
    timer.turn,
  ]);
}

export function dueTimers(tx: Transaction, now: number, limit: number): Promise<Timer[]> {
  return tx.all<Timer>(
    "select wake_at, process, turn from timer where wake_at <= ? order by wake_at, process limit ?",
    [now, limit],
  );
}

/** When the next timer is due, or undefined. */
export async function nextTimer(tx: Transaction): Promise<number | undefined> {
  const row = await tx.get<{ wake_at: number }>(
    "select wake_at from timer order by wake_at, process limit 1",
  );
  return row?.wake_at;
}
