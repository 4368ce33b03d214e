import type { Transaction } from "#database";
import { firstWaiter, type Waiter } from "./waiters.ts";

/** Locks are held by processes, in the whole installation, and outlive every server. */
export async function lockHolder(tx: Transaction, objectId: number): Promise<number | undefined> {
  const row = await tx.get<{ process: number }>(
    "select process from lock_holder where object_id = ?",
    [objectId],
  );
  return row?.process;
}

export async function takeLock(tx: Transaction, objectId: number, process: number): Promise<void> {
  await tx.run("insert into lock_holder (object_id, process) values (?, ?)", [objectId, process]);
}

/** Lets go of a lock and gives it to the one that waited longest, who is returned. */
export async function passLock(
  tx: Transaction,
  objectId: number,
  holder: number,
): Promise<Waiter | undefined> {
  const { changes } = await tx.run("delete from lock_holder where object_id = ? and process = ?", [
    objectId,
    holder,
  ]);
  if (changes === 0) return undefined;
  const next = await firstWaiter(tx, "lock", objectId);
  if (next !== undefined) await takeLock(tx, objectId, next.process);
  return next;
}

export function locksOf(tx: Transaction, process: number): Promise<{ object_id: number }[]> {
  return tx.all("select object_id from lock_holder where process = ?", [process]);
}

/**
 * Whether waiting for this lock would close a circle: its holder waits, directly or through others' locks,
 * for one that the process holds. A parent that waits for its children waits for their locks, too.
 */
export async function lockClosesCircle(
  tx: Transaction,
  process: number,
  objectId: number,
): Promise<boolean> {
  const holder = await lockHolder(tx, objectId);
  return holder !== undefined && leadsTo(tx, holder, process, allWaiters);
}

/**
 * Whether waiting for the end of another process would never end, because that one waits for this one. Who has
 * a timer will not wait for ever, and breaks the circle.
 */
export function endClosesCircle(
  tx: Transaction,
  process: number,
  awaited: number,
): Promise<boolean> {
  return leadsTo(tx, awaited, process, withoutTimers);
}

const allWaiters = `select w.* from waiter w where w.process = ?`;
const withoutTimers = `${allWaiters} and not exists (select 1 from timer t where t.process = w.process)`;

/** Follows from one process to those that it waits for, until the target is found or nothing is left. */
async function leadsTo(
  tx: Transaction,
  from: number,
  target: number,
  waitersOf: string,
): Promise<boolean> {
  const visited = new Set<number>();
  const open = [from];
  for (let process = open.pop(); process !== undefined; process = open.pop()) {
    if (process === target) return true;
    if (visited.has(process)) continue;
    visited.add(process);
    const blockers = await tx.all<{ process: number }>(
      `with own as (${waitersOf})
       select h.process as process from own join lock_holder h on h.object_id = own.target and own.kind = 'lock'
       union
       select own.target as process from own where own.kind = 'process'
       union
       select c.id as process from own join process c on c.parent = own.target and c.ended_at is null
         where own.kind = 'children'`,
      [process],
    );
    for (const row of blockers) open.push(row.process);
  }
  return false;
}
