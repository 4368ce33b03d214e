import type { Soon } from "#kernel";
import { programsOf, type Input, type State } from "#machine";
import type { Neighbours } from "./neighbours.ts";
import { assertMove, hasEnded, type ProcessState } from "./process-state.ts";
import { findProcess, updateProcess, updateStep, type ProcessRow } from "./process-table.ts";
import type { ProgramStore } from "./program-store.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { Batch } from "./work-queue.ts";

/** A process in memory: its row, and the machine's state when it is needed. */
export interface Live {
  row: ProcessRow;
  state: State;
  /** Whether it may have rows in `waiter` or `timer`. */
  hasWaits: boolean;
  /** What a step of a process that goes on leaves alone, as it is stored. */
  written: { state: ProcessState; children: number; hasStarted: boolean };
}

/**
 * The processes that are in memory: those of this batch, and those that run something outside and go on soon. All others are rows.
 * What is here is never ahead of the transaction for longer than until `forget`.
 */
export class LiveProcesses {
  readonly #programs: ProgramStore;
  readonly #snapshots: SnapshotStore;
  readonly #neighbours: Neighbours;
  readonly #notify: (process: number) => void;
  readonly #live = new Map<number, Live>();

  constructor(options: {
    programs: ProgramStore;
    snapshots: SnapshotStore;
    neighbours: Neighbours;
    /** After a commit: something of this process can be seen. */
    notify: (process: number) => void;
  }) {
    this.#programs = options.programs;
    this.#snapshots = options.snapshots;
    this.#neighbours = options.neighbours;
    this.#notify = options.notify;
  }

  /** One that is in memory. */
  known(id: number): Live | undefined {
    return this.#live.get(id);
  }

  all(): Iterable<Live> {
    return this.#live.values();
  }

  drop(id: number): void {
    this.#live.delete(id);
  }

  /** Drops what memory holds; everything is read again when it is needed. */
  forget(): void {
    this.#live.clear();
  }

  /** Drops those of shards that are another server's now. */
  dropForeign(): void {
    for (const [id, { row }] of this.#live) {
      if (!this.#neighbours.owns(row.shard)) this.#live.delete(id);
    }
  }

  /** A process of this server that has not ended, with its state and programs. */
  load(batch: Batch, id: number): Soon<Live | undefined> {
    const known = this.#live.get(id);
    if (known === undefined) return this.#read(batch, id);
    return this.#neighbours.owns(known.row.shard) ? known : undefined;
  }

  async #read(batch: Batch, id: number): Promise<Live | undefined> {
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state) || row.snapshot === null) return undefined;
    if (!this.#neighbours.owns(row.shard)) return undefined;
    const state = this.#snapshots.decodeState(row.snapshot);
    await this.#programs.load(batch.transaction, programsOf(state));
    return this.keep(row, state, { hasWaits: true });
  }

  /** What a process that is `ready` goes on with. */
  openInput(stored: string | null): Input {
    return this.#snapshots.decodeInput(stored);
  }

  /** Keeps what it is to go on with later; nothing stands for a start. */
  keepInput(row: ProcessRow, input: Input): void {
    row.input = input.kind === "start" ? null : this.#snapshots.encodeInput(input);
  }

  /** A process as it is stored. */
  keep(row: ProcessRow, state: State, { hasWaits }: Pick<Live, "hasWaits">): Live {
    const written = {
      state: row.state,
      children: row.live_children,
      hasStarted: row.started_at !== null,
    };
    const live: Live = { row, state, hasWaits, written };
    this.#live.set(row.id, live);
    return live;
  }

  /** Writes what a turn has changed. */
  store(batch: Batch, { row, state, written }: Live): void {
    row.snapshot = this.#snapshots.encodeState(state);
    const isStep =
      written.state === row.state &&
      written.children === row.live_children &&
      written.hasStarted === (row.started_at !== null);
    if (isStep) updateStep(batch.transaction, row);
    else {
      updateProcess(batch.transaction, row);
      written.state = row.state;
      written.children = row.live_children;
      written.hasStarted = row.started_at !== null;
    }
    this.tell(batch, row.id);
  }

  /** Who watches a process is told after the commit. */
  tell(batch: Batch, id: number): void {
    batch.afterCommit(() => this.#notify(id));
  }
}

/** The one place where a process's state is changed. */
export function moveTo(row: ProcessRow, state: ProcessState): void {
  assertMove(row.state, state);
  row.state = state;
}
