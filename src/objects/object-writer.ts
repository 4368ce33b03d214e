/**
 * Writes the rows of objects, with all that follows from them, and remembers what it touched. Whether somebody
 * may write what is written here, and whether its values are free, was asked before: this file knows no actor.
 *
 * I1  Rows are written at once, so that what follows in the transaction sees them. What came of it is found out
 *     at the end ({@link ObjectWriter.conclude}), from what was there at the first touch and what is there then:
 *     a write that a savepoint took back is in no history either.
 * I2  An object's revision grows by one a change, however often the change writes it.
 * I3  Where many are written in bulk, the rows that follow from their values are held back, to be written together.
 * I4  Nor does anybody wait in bulk for the answer to each row that is sent: what is sent later sees it, as statements run in
 *     their order. All have been answered before a savepoint, and at the end of the bulk, which fails with the first that failed.
 */
import { baseName } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { emptyAcl, grantsOf, ownGrants, type AclTable, type Subject } from "./acl.ts";
import { ChangedObject, type ChangeEntry } from "./change.ts";
import { DerivedBatch } from "./derived-batch.ts";
import { rederive } from "./derived-rows.ts";
import { changedFieldIds, difference, whole, type HistoryRow } from "./history.ts";
import { inIdBatches } from "./id-batches.ts";
import type { JsonObject } from "./json.ts";
import type { Derivable } from "./index-value.ts";
import { forgetLookups } from "./lookup-memory.ts";
import type { ObjectTable } from "./object-table.ts";
import { ObjectType } from "./object-type.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import type { PastState } from "./past-state.ts";
import type { RightSet } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";
import { asDefinition } from "./type-definition.ts";
import { definitionFieldId, forgetType, stampType } from "./type-table.ts";

interface Touched {
  /** Null: it was not there. */
  before: TreeObject | null;
  path: string;
  /** As it was written last; undefined where other things than its values may have changed. */
  after?: TreeObject | null;
  /** What was granted on it, if that was touched. */
  grants?: ReadonlyMap<Subject, RightSet>;
}

type DeletedWhere =
  | "object_reference where source_id"
  | "object_reference where target_id"
  | "object_grant where object_id"
  | "object where id";

const insertObject = `insert into object
  (parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertObjectWithId = `insert into object
  (id, parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export class ObjectWriter {
  readonly #transaction: Transaction;
  readonly #objects: ObjectTable;
  readonly #acl: AclTable;
  readonly #now: () => number;
  readonly #touched = new Map<number, Touched>();
  /** Whether objects may be elsewhere than when they were touched. */
  #hasMoved = false;
  /** Whether more has changed than the objects that were written say: rights, types, places. */
  #isStale = false;
  readonly #rollbacks: number;
  /** Rows that are held back (I3). */
  readonly held: DerivedBatch;
  #isBulk = false;
  /** Settled when all that was sent in bulk is answered; once it has failed, it stays so (I4). */
  #sent: Promise<unknown> = Promise.resolve();

  /** Types that were written, by id, and names that types have lost. */
  readonly touchedTypes = { written: new Set<number>(), gone: [] as string[] };

  constructor(
    transaction: Transaction,
    options: { objects: ObjectTable; acl: AclTable; now: () => number },
  ) {
    this.#transaction = transaction;
    this.#objects = options.objects;
    this.#acl = options.acl;
    this.#now = options.now;
    this.#rollbacks = transaction.rollbacks;
    this.held = new DerivedBatch(transaction);
  }

  /** Whether something was moved or renamed, of which the history does not tell yet. */
  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  /** Holds rows back while the work runs (I3); a savepoint in it is one of this writer's. */
  async inBulk<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBulk) return work();
    this.#isBulk = true;
    try {
      return await work();
    } finally {
      this.#isBulk = false;
      await this.#answered();
      await this.held.write();
    }
  }

  /** Takes back what the work wrote if it rejects; nothing is held back in it. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    await this.#answered();
    await this.held.write();
    const isBulk = this.#isBulk;
    this.#isBulk = false;
    try {
      return await this.#transaction.savepoint(work);
    } finally {
      this.#isBulk = isBulk;
    }
  }

  async #settle(): Promise<void> {
    if (this.#isBulk && !this.held.isFull) return;
    await this.#answered();
    await this.held.write();
  }

  /** Runs a statement of which nothing is asked but that it succeeds (I4). */
  async #run(sql: string, parameters: readonly SqlValue[]): Promise<void> {
    const done = this.#transaction.run(sql, parameters);
    if (!this.#isBulk) {
      await done;
      return;
    }
    this.#sent = Promise.all([this.#sent, done]);
    // It is heard by whoever waits for the answers.
    this.#sent.catch(() => undefined);
  }

  async #answered(): Promise<void> {
    await this.#sent;
  }

  /** Inserts a row of `object`; nobody waits for it where its id is to be had before. */
  async #insert(values: readonly SqlValue[]): Promise<number> {
    const id = await this.#transaction.newId?.("object");
    if (id === undefined) return this.#transaction.insert(insertObject, values);
    await this.#run(insertObjectWithId, [id, ...values]);
    return id;
  }

  async create(
    parent: TreeObject,
    path: string,
    type: ObjectType,
    data: JsonObject,
    ownerId: number,
    options: { areTargetsThere?: boolean } = {},
  ): Promise<TreeObject> {
    const now = this.#now();
    const name = baseName(path);
    const { acl } = parent.content;
    const text = JSON.stringify(data);
    const id = await this.#insert([parent.id, name, type.id, ownerId, acl, 1, text, now, now]);
    const content = { kind: "stored", type, parentId: parent.id, acl, data } as const;
    const times = { createdAt: now, updatedAt: now };
    const made = { id, path, name, type: type.name, ownerId, revision: 1, ...times, content };
    this.#touched.set(id, { before: null, path, after: made });
    this.held.insert(type, { id, name, data }, options);
    await this.#settle();
    if (type.name === "Type") await this.#typeWritten(id, name, {}, data);
    return made;
  }

  /** Gives the object these values, and that type; the same again is no change. */
  async update(object: TreeObject, type: ObjectType, after: JsonObject): Promise<TreeObject> {
    const { type: typeBefore, data: before } = object.content;
    const isOtherType = type.id !== typeBefore.id;
    if (!isOtherType && changedFieldIds(before, after).length === 0) return object;
    this.#touch(object);
    const revision = this.#nextRevision(object);
    const updatedAt = this.#now();
    await this.#run("update object set data = ?, revision = ?, updated_at = ? where id = ?", [
      JSON.stringify(after),
      revision,
      updatedAt,
      object.id,
    ]);
    const { id, name } = object;
    const was = { id, name, data: before };
    const now = { id, name, data: after };
    if (isOtherType) {
      // By itself: SQLite writes the entries of every index anew of which a column is set, be it to what it was.
      await this.#transaction.run("update object set type_id = ? where id = ?", [type.id, id]);
      forgetLookups(this.#transaction);
      await this.#removeDerivedRows([{ type: typeBefore, object: was }]);
      this.held.insert(type, now);
    } else {
      if (this.held.has(id)) await this.held.write();
      this.held.update(type, was, now);
    }
    await this.#settle();
    if (type.name === "Type") await this.#typeWritten(object.id, object.name, before, after);
    const content = { ...object.content, type, data: after };
    const updated = { ...object, type: type.name, revision, updatedAt, content };
    const touched = this.#touched.get(id);
    if (touched !== undefined) touched.after = updated;
    return updated;
  }

  async move(
    object: TreeObject,
    parent: Pick<TreeObject, "id">,
    path: string,
  ): Promise<TreeObject> {
    forgetLookups(this.#transaction);
    this.#touch(object);
    this.#hasMoved = true;
    this.#isStale = true;
    await this.held.write();
    const name = baseName(path);
    await this.#transaction.run(
      "update object set name = ?, parent_id = ?, revision = ?, updated_at = ? where id = ?",
      [name, parent.id, this.#nextRevision(object), this.#now(), object.id],
    );
    if (object.type === "Type") {
      await stampType(this.#transaction, object.id, name);
      this.touchedTypes.gone.push(object.name);
    }
    const { type, data } = object.content;
    const was = { id: object.id, name: object.name, data };
    this.held.update(type, was, { ...was, name });
    await this.held.write();
    if (parent.id !== object.content.parentId) {
      await this.#acl.refresh(this.#transaction, object.id);
    }
    return (await this.#objects.byId(this.#transaction, object.id)) ?? object;
  }

  async grant(object: TreeObject, subject: Subject, rights: RightSet): Promise<void> {
    const grants = await ownGrants(this.#transaction, object.id);
    if ((grants.get(subject) ?? 0) === rights) return;
    forgetLookups(this.#transaction);
    this.#isStale = true;
    this.#touch(object, grants);
    await this.#transaction.run("update object set revision = ?, updated_at = ? where id = ?", [
      this.#nextRevision(object),
      this.#now(),
      object.id,
    ]);
    await this.#acl.grant(this.#transaction, object.id, subject, rights);
  }

  async setOwner(object: TreeObject, ownerId: number): Promise<void> {
    if (object.ownerId === ownerId) return;
    forgetLookups(this.#transaction);
    this.#isStale = true;
    this.#touch(object);
    await this.#transaction.run(
      "update object set owner_id = ?, revision = ?, updated_at = ? where id = ?",
      [ownerId, this.#nextRevision(object), this.#now(), object.id],
    );
  }

  /**
   * Puts a deleted object back as it was, under the id that it had, so that what the history says of it goes on.
   * What follows from its values is written by {@link ObjectWriter.derive}, when all that they refer to is there.
   */
  async restore(
    id: number,
    state: PastState,
    options: { path: string; lastRevision: number },
  ): Promise<void> {
    const { name, parentId, typeId, ownerId, createdAt, data, grants } = state;
    const { path, lastRevision } = options;
    this.#isStale = true;
    await this.#transaction.run(insertObjectWithId, [
      id,
      parentId,
      name,
      typeId,
      ownerId,
      emptyAcl,
      lastRevision + 1,
      JSON.stringify(data),
      createdAt,
      this.#now(),
    ]);
    if (!this.#touched.has(id)) this.#touched.set(id, { before: null, path });
    await this.#acl.setGrants(this.#transaction, id, grants);
  }

  /** Writes the rows that follow from the values of a restored object. */
  async derive(type: ObjectType, id: number, { name, data }: PastState): Promise<void> {
    if (this.held.has(id)) await this.held.write();
    this.held.insert(type, { id, name, data });
    await this.#settle();
    if (type.name === "Type") await this.#typeWritten(id, name, {}, data);
  }

  async remove(object: TreeObject): Promise<void> {
    await this.removeAll([object]);
  }

  async removeAll(objects: readonly TreeObject[]): Promise<void> {
    const ids = objects.map(({ id }) => id);
    const grants = await grantsOf(this.#transaction, ids);
    forgetLookups(this.#transaction);
    for (const object of objects) {
      this.#touch(object, grants.get(object.id) ?? new Map());
      const touched = this.#touched.get(object.id);
      if (touched !== undefined) touched.after = null;
    }
    await this.#removeDerivedRows(
      objects.map(({ id, name, content }) => ({
        type: content.type,
        object: { id, name, data: content.data },
      })),
    );
    await this.#deleteByIds("object_reference where target_id", ids);
    await this.#deleteByIds("object_grant where object_id", ids);
    await this.#deleteByIds("object where id", ids);
    for (const { id, type, name } of objects) {
      if (type !== "Type") continue;
      await forgetType(this.#transaction, id);
      this.touchedTypes.gone.push(name);
    }
  }

  /** Takes what goes out of a field of an object that stays. */
  async clearReference(id: number, fieldId: string, targetId: number): Promise<void> {
    const object = await this.#objects.byId(this.#transaction, id);
    const stored = object?.content.data[fieldId];
    if (object === undefined || stored === undefined || stored === null) return;
    const { type, data } = object.content;
    const cleared = type.fieldById(fieldId)?.kind.withoutReference?.(stored, targetId) ?? null;
    await this.update(object, type, { ...data, [fieldId]: cleared });
  }

  /** What has changed, for the history and for listeners (I1). */
  async conclude(): Promise<{ entry: ChangeEntry; row: HistoryRow }[]> {
    await this.#answered();
    await this.held.write();
    const changed: { entry: ChangeEntry; row: HistoryRow }[] = [];
    const isKnown = !this.#isStale && this.#rollbacks === this.#transaction.rollbacks;
    const objects = isKnown
      ? undefined
      : await this.#objects.byIds(this.#transaction, await this.#pathsNow());
    for (const [id, touched] of this.#touched) {
      const after = (objects === undefined ? touched.after : objects.get(id)) ?? null;
      const row = toHistoryRow(id, touched, after);
      if (row !== undefined)
        changed.push({ entry: new ChangedObject(id, touched.before, after), row });
    }
    this.#touched.clear();
    return changed;
  }

  /** Takes away what follows from values, and the references out of the objects. */
  async #removeDerivedRows(
    removed: readonly { type: ObjectType; object: Derivable }[],
  ): Promise<void> {
    await this.held.write();
    for (const { type, object } of removed) this.held.remove(type, object);
    await this.held.write();
    await this.#deleteByIds(
      "object_reference where source_id",
      removed.map(({ object }) => object.id),
    );
  }

  async #deleteByIds(where: DeletedWhere, ids: readonly number[]): Promise<void> {
    await inIdBatches(ids, async (marks, batch) => {
      await this.#transaction.run(`delete from ${where} in (${marks})`, batch);
      return [];
    });
  }

  /** Where everything that was touched is now. */
  async #pathsNow(): Promise<Map<number, string>> {
    const touched = [...this.#touched];
    if (!this.#hasMoved) return new Map(touched.map(([id, { path }]) => [id, path]));
    const finder = new PathFinder((ids) => lastPlaces(this.#transaction, ids));
    return finder.paths(touched.map(([id]) => id));
  }

  /** Makes the new version of a type known, and the rows that it asks for. */
  async #typeWritten(
    id: number,
    name: string,
    before: JsonObject,
    after: JsonObject,
  ): Promise<void> {
    forgetLookups(this.#transaction);
    this.#isStale = true;
    await this.held.write();
    await stampType(this.#transaction, id, name);
    this.touchedTypes.written.add(id);
    const version = (data: JsonObject): ObjectType =>
      new ObjectType(id, name, asDefinition(data[definitionFieldId]));
    await rederive(this.#transaction, version(before), version(after));
  }

  #touch(object: TreeObject, grants?: ReadonlyMap<Subject, RightSet>): void {
    const touched = this.#touched.get(object.id) ?? { before: object, path: object.path };
    if (grants !== undefined) touched.grants ??= grants;
    this.#touched.set(object.id, touched);
  }

  /** One more than before the change, once (I2). */
  #nextRevision(object: TreeObject): number {
    const before = this.#touched.get(object.id)?.before;
    return before?.revision === object.revision ? object.revision + 1 : object.revision;
  }
}

/** Undefined if nothing has come of it: it was taken back, or made and deleted again. */
function toHistoryRow(
  objectId: number,
  { before, grants }: Touched,
  after: TreeObject | null,
): HistoryRow | undefined {
  if (before === null) {
    if (after === null) return undefined;
    return { objectId, operation: "create", revision: after.revision, before: null };
  }
  if (after === null) {
    const revision = before.revision + 1;
    return { objectId, operation: "delete", revision, before: whole(before, grants ?? new Map()) };
  }
  if (after.revision === before.revision) return undefined;
  const differing = difference(before, after);
  if (grants !== undefined) differing.grants = Object.fromEntries(grants);
  return { objectId, operation: "update", revision: after.revision, before: differing };
}
