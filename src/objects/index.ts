/**
 * The object storage: objects at paths, types as objects, references, permissions, the history of all changes.
 * It owns the tables `object…` and `attachment…`. It knows nothing of jobflows and processes: who wants to act when something
 * changes is a {@link ChangeListener}, who keeps objects of his own a {@link VirtualDirectory}.
 */
export { AttachmentCollector } from "./attachments/attachment-collector.ts";
export {
  assertMayUpload,
  contentOf,
  countAttachments,
  listAttachments,
  type ListedAttachment,
  registerUpload,
} from "./attachments/attachment-rows.ts";
export {
  attachmentBytesMax,
  type AttachmentStore,
  type ByteRange,
  type ReceivedContent,
} from "./attachments/attachment-store.ts";
export {
  isFileName,
  isFileValue,
  toMediaType,
  unknownType,
  type FileValue,
} from "./attachments/file-value.ts";
export { fileIn, fileLimit } from "./attachments/file-fields.ts";
export { tooLarge } from "./attachments/measured-bytes.ts";
export { storeContent } from "./attachments/stores/database-store.ts";
export { attachmentDirectory, openAttachmentStore } from "./attachments/open-store.ts";
export { systemActor, type Actor, type Cause } from "./actor.ts";
export type { ChangeFilter } from "./change-filter.ts";
export type { ChangeEntry, ChangeListener, ChangeRecord, ObjectState } from "./change.ts";
export type { ObjectDocument } from "./document.ts";
export { deriveWords } from "./derived-rows.ts";
export type { FieldFault, FieldInputs } from "./field-input.ts";
export type { FieldKind } from "./field-kind.ts";
export { fieldKinds } from "./field-kinds.ts";
export { Reference, Secret, secretMask, type FieldInput, type FieldValue } from "./field-value.ts";
export type { DeletedObject, DeletedPage } from "./deleted-objects.ts";
export type { ChangeHead, HistoryEntry, HistoryPage } from "./history-view.ts";
export type { Json, JsonObject } from "./json.ts";
export { assertRevision, type Change } from "./object-change.ts";
export type { GrantMode, GrantSubject } from "./rights-change.ts";
export type { ObjectDelta, Pair } from "./object-delta.ts";
export type { FindPage, FindQuery, FoundPage, ObjectFinder } from "./object-finder.ts";
export { ObjectPast, type ChangeSummary } from "./object-past.ts";
export type { PastQuery } from "./past-search.ts";
export type { GroupInput, PeopleHistoryEntry, UserInput } from "./people.ts";
export type {
  Explanation,
  GrantEntry,
  ObjectRightsReport,
  Origin,
  UserRights,
  UserRightsReport,
} from "./permission-report.ts";
export type { ObjectKey, ObjectPage } from "./object-reader.ts";
export { ObjectStorage, type ObjectStorageOptions } from "./object-storage.ts";
export {
  allRights,
  hasRight,
  noRights,
  rights,
  toRightSet,
  type Right,
  type RightSet,
} from "./rights.ts";
export { objectMigrations } from "./schema.ts";
export type { PastReader } from "./past-reader.ts";
export type { Comparison, Difference } from "./subtree-comparison.ts";
export type { DuplicatePage, FieldStatistics } from "./search/field-statistics.ts";
export type { Total } from "./search/object-search.ts";
export type { StoredObject } from "./stored-object.ts";
export { exportFile, toYaml, type PageSource } from "./transfer/export-file.ts";
export { importRefused, type ImportOutcome, type ImportRun } from "./transfer/import-run.ts";
export type { ExportPage, ExportQuery } from "./transfer/object-export.ts";
export type { Operation as ObjectOperation, OperationFault } from "./transfer/operation.ts";
export type { TransferRow } from "./transfer/row.ts";
export {
  readRows,
  transferFormats,
  type RowSource,
  type TransferFormat,
} from "./transfer/row-formats.ts";
export type { Preview as TransferPreview } from "./transfer/trial.ts";
export { detailOf, type UndoOptions } from "./undo.ts";
export type { ShownStep } from "./undo-plan.ts";
export type { UndoRequest } from "./undo-selection.ts";
export type { UndoConflict, UndoPlan, UndoStep } from "./undo-step.ts";
export type { VirtualDirectory, VirtualObject } from "./virtual-directory.ts";
export { settingsPath } from "./system-tree.ts";
