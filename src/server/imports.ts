/**
 * Imports that are under way: each is one change, or several of so many rows, between which processes have their turns.
 * They can be asked how far they are, and be cancelled: one change is then taken back, and of several those stay that
 * were done.
 */
import { randomUUID } from "node:crypto";
import { TsunagiError } from "#kernel";
import type { ImportDocument } from "#contract";
import type { Transaction } from "#database";
import {
  importRefused,
  readRows,
  type Actor,
  type ImportOutcome,
  type ImportRun,
  type RowSource,
  type TransferRow,
} from "#objects";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import type { Credentials } from "./operations.ts";
import { withReason } from "./past.ts";
import { faultDocuments, previewDocument } from "./transferring.ts";

export interface ImportOrder extends RowSource, ImportRun {
  /** By which who asked for it finds it again. */
  id?: string;
  /** Rows of a change; else all are one. */
  batch?: number;
  /** How the file is called, for the history. */
  name?: string;
  reason?: string;
}

export const faultsShownMax = 10_000;

/** Where an import is done: by the engine, or on a copy of the database. */
export interface ImportHouse {
  readonly domains: Domains;
  readonly engine: { perform<T>(work: (batch: ImportTurn) => Promise<T>): Promise<T> };
}

interface ImportTurn {
  readonly transaction: Transaction;
}

export class Imports {
  readonly #running = new Map<string, { rows: number; isCancelled: boolean }>();

  async run(
    house: ImportHouse,
    { credentials, user }: { credentials: Credentials; user: string },
    order: ImportOrder,
  ): Promise<ImportDocument> {
    const { id, batch } = order;
    const key = keyOf(user, id ?? randomUUID());
    const state = { rows: 0, isCancelled: false };
    this.#running.set(key, state);
    const onRow = (rows: number): void => {
      state.rows = rows;
      if (state.isCancelled) throw new TsunagiError("IMPORT_CANCELLED", "the import was cancelled");
    };
    const perform = <T>(work: (batch: ImportTurn, actor: Actor) => Promise<T>): Promise<T> =>
      house.engine.perform(async (turn) => {
        const { identity } = house.domains;
        const actor = await authenticate(identity, turn.transaction, credentials);
        const cause = { kind: "import", id: order.name ?? null } as const;
        return work(turn, withReason({ ...actor, cause }, order.reason));
      });
    try {
      if (batch === undefined || order.dryRun === true) {
        return documentOf([await this.#whole(house, perform, order, onRow)], false);
      }
      return await this.#divided(house, perform, { ...order, batch }, onRow);
    } finally {
      this.#running.delete(key);
    }
  }

  /** Rows done of an import that the user asked for; null if none is under way. */
  progress(user: string, id: string): number | null {
    return this.#running.get(keyOf(user, id))?.rows ?? null;
  }

  cancel(user: string, id: string): void {
    const state = this.#running.get(keyOf(user, id));
    if (state !== undefined) state.isCancelled = true;
  }

  #whole(
    { domains }: ImportHouse,
    perform: Perform,
    order: ImportOrder,
    onRow: (rows: number) => void,
  ): Promise<ImportOutcome> {
    return perform(async ({ transaction }, actor) => {
      const rows = () => readRows(order);
      const { transfer } = domains.objects;
      const done = await transfer.import(transaction, actor, rows, order, { watch: { onRow } });
      if (order.stop === true && order.dryRun !== true && done.counts.faults > 0) {
        throw importRefused(done);
      }
      return done;
    });
  }

  async #divided(
    { domains }: ImportHouse,
    perform: Perform,
    order: ImportOrder & { batch: number },
    onRow: (rows: number) => void,
  ): Promise<ImportDocument> {
    const { transfer } = domains.objects;
    const done: ImportOutcome[] = [];
    const seen = new Set<number>();
    let isUncertain = false;
    let index = 0;
    let isCancelled = false;
    try {
      for await (const { rows, isLast } of inBatches(readRows(order), order.batch)) {
        onRow(index);
        const carried = { index, seen, isUncertain, isLast };
        const watch = { onRow: (within: number) => onRow(index + within) };
        const outcome = await perform(async ({ transaction }, actor) => {
          const options = { carried, watch };
          const part = await transfer.import(transaction, actor, () => rows, order, options);
          if (order.stop === true && part.counts.faults > 0) throw importRefused(part);
          return part;
        });
        done.push(outcome);
        for (const each of outcome.seen) seen.add(each);
        isUncertain ||= outcome.isUncertain;
        index += rows.length;
      }
    } catch (error) {
      // What was done before stays, and is said.
      const isOurs = error instanceof TsunagiError && error.code === "IMPORT_CANCELLED";
      if (!isOurs || done.length === 0) throw error;
      isCancelled = true;
    }
    return documentOf(done, isCancelled);
  }
}

type Perform = <T>(work: (batch: ImportTurn, actor: Actor) => Promise<T>) => Promise<T>;

async function* inBatches(
  rows: AsyncIterable<TransferRow>,
  size: number,
): AsyncGenerator<{ rows: TransferRow[]; isLast: boolean }> {
  let batch: TransferRow[] = [];
  for await (const row of rows) {
    if (batch.length === size) {
      yield { rows: batch, isLast: false };
      batch = [];
    }
    batch.push(row);
  }
  yield { rows: batch, isLast: true };
}

function documentOf(parts: readonly ImportOutcome[], isCancelled: boolean): ImportDocument {
  const sum = (name: keyof ImportOutcome["counts"]): number =>
    parts.reduce((total, { counts }) => total + counts[name], 0);
  return {
    changes: parts.flatMap(({ change }) => change ?? []),
    rows: sum("rows"),
    created: sum("created"),
    updated: sum("updated"),
    unchanged: sum("unchanged"),
    deleted: sum("deleted"),
    faulty: sum("faults"),
    faults: faultDocuments(parts.flatMap(({ faults }) => faults)).slice(0, faultsShownMax),
    ignoredColumns: [...new Set(parts.flatMap(({ ignored }) => ignored))],
    isCancelled,
    ...previewDocument(parts.at(-1)?.preview ?? null),
  };
}

/** Nobody sees or ends an import of somebody else, whatever name it has. */
function keyOf(user: string, id: string): string {
  return JSON.stringify([user, id]);
}
