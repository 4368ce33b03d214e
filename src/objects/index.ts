/**
 * The object storage: objects at paths, types as objects, references, permissions, the history of all changes.
 * It owns the tables `object…`. It knows nothing of jobflows and processes: who wants to act when something
 * changes is a {@link ChangeListener}, who keeps objects of his own a {@link VirtualDirectory}.
 */
export { systemActor, type Actor, type Cause } from "./actor.ts";
export type { ChangeEntry, ChangeListener, ChangeRecord, ObjectState } from "./change.ts";
export type { ObjectDocument } from "./document.ts";
export type { FieldFault, FieldInputs } from "./field-input.ts";
export type { FieldKind } from "./field-kind.ts";
export { fieldKinds } from "./field-kinds.ts";
export { Reference, Secret, secretMask, type FieldInput, type FieldValue } from "./field-value.ts";
export type { HistoryEntry } from "./history.ts";
export type { Json, JsonObject } from "./json.ts";
export type { Change, GrantSubject } from "./object-change.ts";
export type { ObjectKey, ObjectPage } from "./object-reader.ts";
export { ObjectStorage, type ObjectStorageOptions } from "./object-storage.ts";
export { allRights, hasRight, noRights, toRightSet, type Right, type RightSet } from "./rights.ts";
export { objectMigrations } from "./schema.ts";
export type { StoredObject } from "./stored-object.ts";
export type { VirtualDirectory, VirtualObject } from "./virtual-directory.ts";
