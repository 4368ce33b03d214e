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
export async function closesCircle(
  tx: Transaction,
  process: number,
  objectId: number,
): Promise<boolean> {
  const visited = new Set<number>();
  const open: number[] = [];
  const first = await lockHolder(tx, objectId);
  if (first !== undefined) open.push(first);
  while (open.length > 0) {
    const holder = open.pop() as number;
    if (holder === process) return true;
    if (visited.has(holder)) continue;
    visited.add(holder);
    const blockers = await tx.all<{ process: number }>(
      `select h.process as process from waiter w join lock_holder h on h.object_id = w.target
         where w.kind = 'lock' and w.process = ?
       union
       select w.target as process from waiter w where w.kind = 'process' and w.process = ?
       union
       select c.id as process from waiter w join process c on c.parent = w.target and c.ended_at is null
         where w.kind = 'children' and w.process = ?`,
      [holder, holder, holder],
    );
    for (const row of blockers) open.push(row.process);
  }
  return false;
}
