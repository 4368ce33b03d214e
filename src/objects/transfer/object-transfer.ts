/** Many objects at once: the door to transactions, bulk edits, exports and imports. */
import type { Transaction } from "#database";
import type { Actor } from "../actor.ts";
import { bulkEdit, type BulkEdit, type BulkOutcome } from "./bulk-edit.ts";
import {
  importRows,
  type Carried,
  type ImportOutcome,
  type ImportRun,
  type ImportServices,
  type ImportWatch,
} from "./import-run.ts";
import { exportPage, type ExportPage, type ExportQuery } from "./object-export.ts";
import {
  transact,
  type TransactionOptions,
  type TransactionOutcome,
} from "./object-transaction.ts";
import type { Operation } from "./operation.ts";
import type { TransferRow } from "./row.ts";

export class ObjectTransfer {
  readonly #services: ImportServices;

  constructor(services: ImportServices) {
    this.#services = services;
  }

  /** Does operations as one change, or none of them. */
  transact(
    transaction: Transaction,
    actor: Actor,
    operations: readonly Operation[],
    options?: TransactionOptions,
  ): Promise<TransactionOutcome> {
    return transact(this.#services, transaction, actor, operations, options);
  }

  /** Gives all that a search finds the same values, or says what that would do. */
  bulkEdit(transaction: Transaction, actor: Actor, edit: BulkEdit): Promise<BulkOutcome> {
    return bulkEdit(this.#services, transaction, actor, edit);
  }

  /** A page of what an import takes again. */
  export(transaction: Transaction, actor: Actor, query: ExportQuery): Promise<ExportPage> {
    return exportPage(this.#services, transaction, actor, query);
  }

  /** Brings rows into the tree as one change; they are asked for several times. */
  import(
    transaction: Transaction,
    actor: Actor,
    rows: () => AsyncIterable<TransferRow> | Iterable<TransferRow>,
    run: ImportRun,
    options: { carried?: Carried; watch?: ImportWatch } = {},
  ): Promise<ImportOutcome> {
    return importRows(this.#services, transaction, actor, rows, run, options);
  }
}
