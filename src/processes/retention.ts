import type { Transaction } from "#database";
import { processesOf } from "#machine";
import { endOfConsole } from "./console.ts";
import { endOfBlock, lastBlockOf, removeBlocks } from "./process-jobs.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/**
 * What is kept of the past, and for how long. Ended processes go with their consoles and traces when they are too old or too many; consoles and
 * traces of processes that never end go when they are too old (their size is bounded by console.ts and process-jobs.ts). It is cut in
 * bites of some milliseconds, each a piece of work like any other, so nobody's turn waits for it.
 *
 *   I1  What is live is never cut.
 *   I2  A child stays as long as its ended parent does, or as a live one knows it.
 *   I3  A process stays as long as the one that does it again.
 */
export interface Kept {
  /** Ended processes, consoles and traces of before are too old. */
  since: number;
  /** Ended processes with this number and smaller ones are too many. */
  upTo: number;
}

/** A bite is over: so many rows went, and where the next begins; null: there is nothing more to cut. */
export interface Bite {
  cut: number;
  next: number | null;
}

const processesPerBite = 100;
const rowsPerBite = 200;

/** Cuts ended processes after that number. */
export async function cutProcesses(
  tx: Transaction,
  snapshots: SnapshotStore,
  kept: Kept,
  after: number,
): Promise<Bite> {
  const rows = await tx.all<PastRow>(
    `select id, parent, created_at, ended_at, rerun_by, substr(jobs, 1, 100) as jobs from process
      where ended_at is not null and id > ? order by id limit ?`,
    [after, processesPerBite],
  );
  const parents = new Parents(tx, snapshots);
  let cut = 0;
  for (const row of rows) {
    if (row.created_at >= kept.since && row.id > kept.upTo) return { cut, next: null };
    if (row.ended_at >= kept.since && row.id > kept.upTo) continue;
    if (row.parent !== null && (await parents.need(row.parent, row.id))) continue;
    if (row.rerun_by !== null && (await exists(tx, row.rerun_by))) continue;
    await cutProcess(tx, row);
    cut += 1;
  }
  const last = rows.at(-1);
  return { cut, next: last === undefined || rows.length < processesPerBite ? null : last.id };
}

/** Cuts rows of consoles, whosever they are. Rows stand in the order in which they were written. */
export async function cutConsoles(tx: Transaction, { since }: Kept): Promise<Bite> {
  const rows = await tx.all<{ id: number; printed_at: number; text: string }>(
    "select id, printed_at, text from console order by id limit ?",
    [rowsPerBite],
  );
  const old = rows.slice(
    0,
    firstKept(rows, (row) => endOfConsole(row) >= since),
  );
  const last = old.at(-1);
  if (last !== undefined) await tx.run("delete from console where id <= ?", [last.id]);
  return { cut: old.length, next: old.length < rowsPerBite ? null : (last?.id ?? null) };
}

/** The same for traces. */
export async function cutTraces(tx: Transaction, { since }: Kept): Promise<Bite> {
  const rows = await tx.all<{ id: number; text: string; created_at: number | null }>(
    `select block.id, block.text, process.created_at from job_block block
       left join process on process.id = block.process order by block.id limit ?`,
    [rowsPerBite],
  );
  const isKept = ({ text, created_at: at }: (typeof rows)[number]) =>
    at !== null && endOfBlock(text, at) >= since;
  const old = rows.slice(0, firstKept(rows, isKept));
  const last = old.at(-1);
  if (last !== undefined) await tx.run("delete from job_block where id <= ?", [last.id]);
  return { cut: old.length, next: old.length < rowsPerBite ? null : (last?.id ?? null) };
}

/** The number below which so many ended processes stand; null: not so many are left below `before`. */
export async function skipEnded(
  tx: Transaction,
  before: number,
  count: number,
): Promise<number | null> {
  const row = await tx.get<{ id: number }>(
    "select id from process where ended_at is not null and id < ? order by id desc limit 1 offset ?",
    [before, count - 1],
  );
  return row?.id ?? null;
}

interface PastRow {
  id: number;
  parent: number | null;
  created_at: number;
  ended_at: number;
  rerun_by: number | null;
  /** The beginning of it. */
  jobs: string | null;
}

async function cutProcess(tx: Transaction, { id, jobs }: PastRow): Promise<void> {
  const block = lastBlockOf(jobs);
  if (block !== null) await removeBlocks(tx, block);
  await tx.run("delete from console where process = ?", [id]);
  await tx.run("delete from process where id = ?", [id]);
}

async function exists(tx: Transaction, id: number): Promise<boolean> {
  return (await tx.get("select 1 from process where id = ?", [id])) !== undefined;
}

/** Those of a bite have few parents, most of them the same. */
class Parents {
  readonly #tx: Transaction;
  readonly #snapshots: SnapshotStore;
  readonly #known = new Map<number, (child: number) => boolean>();

  constructor(tx: Transaction, snapshots: SnapshotStore) {
    this.#tx = tx;
    this.#snapshots = snapshots;
  }

  async need(parent: number, child: number): Promise<boolean> {
    let needs = this.#known.get(parent);
    if (needs === undefined) {
      needs = await this.#needsOf(parent);
      this.#known.set(parent, needs);
    }
    return needs(child);
  }

  async #needsOf(parent: number): Promise<(child: number) => boolean> {
    const row = await this.#tx.get<{ ended_at: number | null; snapshot: string | null }>(
      "select ended_at, snapshot from process where id = ?",
      [parent],
    );
    if (row === undefined) return () => false;
    if (row.ended_at !== null || row.snapshot === null) return () => true;
    try {
      const known = processesOf(this.#snapshots.decodeState(row.snapshot));
      return (child) => known.has(child);
    } catch {
      // Whoever sets the parent aside will know more.
      return () => true;
    }
  }
}

function firstKept<Row>(rows: readonly Row[], isKept: (row: Row) => boolean): number {
  const index = rows.findIndex(isKept);
  return index < 0 ? rows.length : index;
}
