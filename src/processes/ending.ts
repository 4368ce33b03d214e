import { TsunagiError } from "#kernel";
import {
  describeEnd,
  maskSecrets,
  pendingPause,
  secretsOf,
  variablesOf,
  type Environment,
  type Pause,
  type ProcessEnd,
  type Reason,
  type TraceEntry,
} from "#machine";
import type { Admission } from "./admission.ts";
import type { DueTurns } from "./due-turns.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import { success } from "./input.ts";
import { moveTo, type Live, type LiveProcesses } from "./live-processes.ts";
import { locksOf, passLock } from "./locks.ts";
import { endOpenJobs } from "./process-jobs.ts";
import { hasEnded } from "./process-state.ts";
import { findProcess, listLiveChildren, updateProcess, type ProcessRow } from "./process-table.ts";
import { listOrphans, suspendFamily } from "./suspension.ts";
import { shownResult } from "./shown-result.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { WaitingRoom } from "./waiting.ts";
import { firstWaiter, listEndWaiters, removeWaits, type Waiter } from "./waiters.ts";
import { isStorageFailure, type Batch } from "./work-queue.ts";

// Children that end in the transaction of their parent's end.
const endedAtOnceMax = 100;

/** No object has it. */
const noJobflow = 0;

export const cancelledEnd = { status: -1, reason: "cancelled", error: "cancelled" } as const;

/** How processes end, and what follows from that: children end with their parent, locks pass on, and who waits goes on. */
export class Ending {
  readonly #live: LiveProcesses;
  readonly #due: DueTurns;
  readonly #effects: EffectDispatch;
  readonly #snapshots: SnapshotStore;
  readonly #waiting: WaitingRoom;
  readonly #admission: Admission;
  readonly #environment: Environment;
  readonly #onOrphans: () => void;

  constructor(options: {
    live: LiveProcesses;
    due: DueTurns;
    effects: EffectDispatch;
    snapshots: SnapshotStore;
    waiting: WaitingRoom;
    admission: Admission;
    environment: Environment;
    /** After a commit: children were left whose parent has ended. */
    onOrphans: () => void;
  }) {
    this.#live = options.live;
    this.#due = options.due;
    this.#effects = options.effects;
    this.#snapshots = options.snapshots;
    this.#waiting = options.waiting;
    this.#admission = options.admission;
    this.#environment = options.environment;
    this.#onOrphans = options.onOrphans;
  }

  /** The machine says that it is over, or somebody outside does. */
  async finish(batch: Batch, live: Live, end: ProcessEnd): Promise<void> {
    const { row, state } = live;
    if (live.hasWaits) await removeWaits(batch.transaction, row.id);
    moveTo(row, end.state);
    isOver(row, batch.now);
    row.status = end.status;
    row.reason = end.reason;
    row.result = shownResult(end.result, state);
    row.value = end.state === "done" ? this.#snapshots.encodeValue(end.result, state) : null;
    const secrets = secretsOf(state);
    const message = end.error === null ? null : maskSecrets(end.error, secrets);
    row.trace =
      end.state === "done" && message === null ? null : JSON.stringify({ message, at: end.trace });
    row.error = end.state === "cancelled" ? message : describeEnd({ ...end, error: message });
    // Aborting freezes: frames and stack are kept, so that a run from there is possible.
    row.snapshot = end.state === "aborted" ? this.#snapshots.encodeState(state) : null;
    updateProcess(batch.transaction, row);
    this.#live.drop(row.id);
    this.#live.tell(batch, row.id);
    await this.#afterEnd(batch, row);
  }

  /** Ends a process and its children; what they wait for is given up. `why` is its error. False if it had ended already. */
  async cancel(batch: Batch, id: number, why?: string): Promise<boolean> {
    const live = await this.#loadToEnd(batch, id);
    if (live === null) return true;
    if (live === undefined || hasEnded(live.row.state)) return false;
    const end = why === undefined ? cancelledEnd : { ...cancelledEnd, error: why };
    this.abandonEffect(batch, live.row, pendingPause(live.state));
    await endOpenJobs(batch.transaction, live.row, batch.now, end);
    await this.finish(batch, live, {
      ...end,
      state: "cancelled",
      result: null,
      trace: [],
    });
    return true;
  }

  /** Null: its state does not load, and it has ended by that. */
  async #loadToEnd(batch: Batch, id: number): Promise<Live | undefined | null> {
    try {
      return await this.#live.load(batch, id);
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      await this.setAside(batch, id, error, null);
      return null;
    }
  }

  async abort(batch: Batch, live: Live, error: string): Promise<void> {
    const end = { status: 1, reason: "abort", error } as const;
    await endOpenJobs(batch.transaction, live.row, batch.now, end);
    const trace = variablesOf(live.state, this.#environment).map(({ path, line }) => ({
      path,
      line,
    }));
    await this.finish(batch, live, { ...end, state: "aborted", result: null, trace });
  }

  /** A process whose turn failed by a fault of ours, or whose state no longer loads, ends alone; all others go on. */
  async setAside(
    batch: Batch,
    id: number,
    error: unknown,
    place: TraceEntry | null,
  ): Promise<void> {
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state)) return;
    await removeWaits(batch.transaction, id);
    const message = error instanceof Error ? error.message : String(error);
    const reason = reasonOf(error);
    await endOpenJobs(batch.transaction, row, batch.now, { status: -1, reason, error: message });
    const where = place === null ? row.jobflow : `line ${place.line} in ${place.path}`;
    moveTo(row, "aborted");
    row.turn += 1;
    row.status = -1;
    row.reason = reason;
    row.error = `aborted ${place === null ? "in" : "at"} ${where}: ${message}`;
    row.trace = JSON.stringify({ message, at: place === null ? [] : [place] });
    isOver(row, batch.now);
    updateProcess(batch.transaction, row);
    this.#live.tell(batch, id);
    await this.#afterEnd(batch, row);
  }

  /** What is being done outside for a process is nobody's any more. */
  abandonEffect(batch: Batch, row: ProcessRow, pause: Pause | null): void {
    const open = this.#effects.openOf(row, pause);
    if (open !== undefined) batch.afterCommit(() => this.#effects.abandon(open));
  }

  async unlock(batch: Batch, objectId: number, holder: number): Promise<void> {
    const next = await passLock(batch.transaction, objectId, holder);
    if (next !== undefined) await this.#due.wake(batch, next, success());
  }

  async #afterEnd(batch: Batch, row: ProcessRow): Promise<void> {
    batch.afterCommit(() => this.#effects.processEnded(row.id));
    if (row.live_children > endedAtOnceMax) await this.#endChildrenLater(batch, row);
    else if (row.live_children > 0) await this.#cancelChildren(batch, row);
    const jobflow = row.parent === null ? (row.jobflow_id ?? noJobflow) : noJobflow;
    // One round trip for all.
    const [locks, waiters, parent] = await Promise.all([
      locksOf(batch.transaction, row.id),
      listEndWaiters(batch.transaction, row.id, jobflow),
      row.parent === null ? undefined : this.#childEnded(batch, row.parent),
    ]);
    for (const { object_id: objectId } of locks) await this.unlock(batch, objectId, row.id);
    this.#admission.count(-1);
    for (const waiter of waiters) {
      if (waiter.kind === "jobflow") await this.#admission.fill(batch, jobflow);
      else await this.#due.wake(batch, waiter, this.#waiting.outcomeOf(row));
    }
    if (parent !== undefined) await this.#due.wake(batch, parent, success());
  }

  /** Gives the parent's wait for its children, if that is over now. */
  async #childEnded(batch: Batch, parentId: number): Promise<Waiter | undefined> {
    const known = this.#live.known(parentId);
    if (known !== undefined) known.row.live_children -= 1;
    // Nothing else of the parent is read: its state may be large.
    const [parent, waiter] = await Promise.all([
      batch.transaction.get<{ live: number }>(
        `update process set live_children = live_children - 1 where id = ? and ended_at is null
         returning live_children as live`,
        [parentId],
      ),
      firstWaiter(batch.transaction, "children", parentId),
    ]);
    const isOver = parent !== undefined && waiter !== undefined && parent.live <= waiter.argument;
    return isOver ? waiter : undefined;
  }

  /** Nothing of them goes on any more; they end in bites, so that nobody's turn waits for that. */
  async #endChildrenLater(batch: Batch, row: ProcessRow): Promise<void> {
    const suspension = { by: `/process/${row.id}`, reason: "it has ended", since: batch.now };
    const members = await suspendFamily(batch.transaction, row.id, suspension);
    for (const member of members) this.#live.drop(member);
    batch.afterCommit(() => this.#onOrphans());
  }

  /** Ends some children of a server whose parents have ended. False: there are none left. */
  async endOrphans(batch: Batch, server: number): Promise<boolean> {
    let ended = 0;
    for (const { id } of await listOrphans(batch.transaction, server, endedAtOnceMax)) {
      if (await this.cancel(batch, id)) ended += 1;
    }
    return ended > 0;
  }

  async #cancelChildren(batch: Batch, row: ProcessRow): Promise<void> {
    for (const child of await listLiveChildren(batch.transaction, row.id)) {
      await this.cancel(batch, child.id);
    }
  }
}

/** What the last turn waited for is not waited for any more. */
export function waitsNoMore(row: ProcessRow): void {
  row.input = null;
  row.waits_for = null;
  row.waits_since = null;
  row.effect_number = null;
  row.effect_detail = null;
}

/** An ended process is held by nobody. */
function isOver(row: ProcessRow, at: number): void {
  waitsNoMore(row);
  row.suspension = null;
  row.started_at ??= at;
  row.ended_at = at;
}

function reasonOf(error: unknown): Reason {
  if (!(error instanceof TsunagiError)) return "abort";
  return error.code === "LIMIT_EXCEEDED" ? "limit" : "refused";
}
