/** Transactions, bulk edits and pages of an export, between the API's documents and the storage. */
import type {
  BulkEditBody,
  BulkEditDocument,
  ChangeDocument,
  FaultDocument,
  TransactionBody,
  TransactionDocument,
} from "#contract";
import type { Transaction } from "#database";
import type {
  Actor,
  ObjectOperation,
  ObjectStorage,
  OperationFault,
  TransferPreview,
} from "#objects";
import { toChange, withReason } from "./past.ts";

export async function transact(
  { transfer }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { operations, reason, dryRun, draft }: TransactionBody,
): Promise<TransactionDocument> {
  const options = { dryRun: dryRun ?? false, isDraft: draft ?? false };
  const given = operations as readonly ObjectOperation[];
  const done = await transfer.transact(tx, withReason(actor, reason), given, options);
  const { change, made, faults, preview } = done;
  return { change, made, faults: faultDocuments(faults), ...previewDocument(preview) };
}

export async function bulkEdit(
  { transfer }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { q, type, directory, fields, reason, dryRun, fingerprint, skipFaults }: BulkEditBody,
): Promise<BulkEditDocument> {
  const done = await transfer.bulkEdit(tx, withReason(actor, reason), {
    query: { search: q, type, directory },
    fields,
    dryRun: dryRun ?? false,
    skipFaults: skipFaults ?? false,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  });
  const { change, found, faults, preview } = done;
  return {
    change,
    found,
    faults: faultDocuments(faults),
    fingerprint: done.fingerprint,
    ...previewDocument(preview),
  };
}

export function faultDocuments(faults: readonly OperationFault[]): FaultDocument[] {
  return [...faults];
}

/** What would be done to each object; empty where it was done. */
export function previewDocument(preview: TransferPreview | null): {
  objects: ChangeDocument[];
  total: number;
} {
  return { objects: preview?.objects.map(toChange) ?? [], total: preview?.total ?? 0 };
}
