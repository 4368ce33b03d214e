import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { hasEnded } from "./process-state.ts";
import type { ProcessRow } from "./process-table.ts";

/**
 * Processes that a person suspends, with all their children: nothing of them goes on until they are resumed. Only their rows change, so that
 * it costs the same whatever they do: what they wait for is not waited for meanwhile, and stands in their snapshots. A message goes
 * to somebody else, or stays in its channel; the result of a command that runs is taken in and waits as `input`.
 *
 * One that is resumed is `ready` and has its suspension until its next turn, which knows by that for how long it was held.
 */
export interface Suspension {
  /** It was held before a command already (stepping.ts), and is again when it is resumed. Stands first, see {@link isHeld}. */
  held?: true;
  by: string;
  reason: string | null;
  since: number;
}

export function suspensionOf({ suspension }: Pick<ProcessRow, "suspension">): Suspension | null {
  return suspension === null ? null : (JSON.parse(suspension) as Suspension);
}

/** Suspends a process and its children, however far; of one that has ended, its children. Gives the numbers of all of them. */
export async function suspendFamily(
  tx: Transaction,
  id: number,
  suspension: Suspension,
): Promise<number[]> {
  const held = JSON.stringify({ held: true, ...suspension });
  const members = await membersOf(tx, id);
  await tx.run(
    `${family} update process set suspension = ? where id in (select id from family)
       and ended_at is null and state = 'suspended' and suspension is null`,
    [id, held],
  );
  await tx.run(
    `${family} update process set state = 'suspended', suspension = coalesce(suspension, ?)
       where id in (select id from family) and ended_at is null and state <> 'suspended'`,
    [id, JSON.stringify(suspension)],
  );
  // Who waits for his turn keeps his place.
  await tx.run(
    `${family} delete from waiter where process in (select id from family) and kind <> 'jobflow'`,
    [id],
  );
  await tx.run(`${family} delete from timer where process in (select id from family)`, [id]);
  return members;
}

/** Lets them go on. Gives those whose turns are due now, in order, and all that were looked at. */
export async function resumeFamily(
  tx: Transaction,
  id: number,
): Promise<{ due: Pick<ProcessRow, "id" | "turn" | "input">[]; members: number[] }> {
  const members = await membersOf(tx, id);
  await tx.run(
    `${family} update process set
       state = case when ${isHeld} then 'suspended' when ${isQueued} then 'waiting' else 'ready' end,
       suspension = case when ${isHeld} or ${isQueued} then null else suspension end
     where id in (select id from family) and state = 'suspended' and suspension is not null`,
    [id],
  );
  const due = await tx.all<Pick<ProcessRow, "id" | "turn" | "input">>(
    `${family} select id, turn, input from process where id in (select id from family)
       and state = 'ready' and suspension is not null order by id`,
    [id],
  );
  return { due, members };
}

/** Refused for one that has ended, or that nobody has suspended. */
export function assertSuspended(row: ProcessRow | undefined, id: number): void {
  assertLive(row, id);
  if (row.state === "suspended" && row.suspension !== null) return;
  throw new TsunagiError(
    "PROCESS_NOT_SUSPENDED",
    row.state === "suspended"
      ? `/process/${id} is held before a command, and nobody has suspended it`
      : `/process/${id} is not suspended: it is ${row.state}`,
    { details: { state: row.state } },
  );
}

export function assertLive(row: ProcessRow | undefined, id: number): asserts row is ProcessRow {
  if (row === undefined) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no process /process/${id}`);
  }
  if (hasEnded(row.state)) {
    throw new TsunagiError("PROCESS_ENDED", `/process/${id} has already ended: ${row.state}`);
  }
}

/** Children of that server whose parent has ended, and that are to end, too: some of them. */
export function listOrphans(
  tx: Transaction,
  server: number,
  limit: number,
): Promise<{ id: number }[]> {
  return tx.all(
    `select child.id from process child join process parent on parent.id = child.parent
       join shard on shard.id = child.shard
      where child.state = 'suspended' and parent.ended_at is not null and shard.server = ? limit ?`,
    [server, limit],
  );
}

/** A process and its live children, theirs, and so on. */
const family = `with recursive family (id) as (
  select id from process where id = ?
  union
  select child.id from process child join family on child.parent = family.id where child.ended_at is null
)`;

const isHeld = `suspension like '{"held":true%'`;
const isQueued = `exists (select 1 from waiter where waiter.process = process.id and waiter.kind = 'jobflow')`;

async function membersOf(tx: Transaction, id: number): Promise<number[]> {
  const rows = await tx.all<{ id: number }>(`${family} select id from family`, [id]);
  return rows.map((row) => row.id);
}
