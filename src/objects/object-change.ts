/**
 * A change: all that one actor writes in one go, and one entry in the history.
 *
 * I1  Every write is checked to its end before its first row is written, so that a refused one leaves nothing.
 * I2  Rows are written at once, so that what follows in the transaction sees them; the history is written by
 *     {@link Change.finish}, from what was there at the first touch and what is there then. So a write that a
 *     savepoint took back is in no history either.
 * I3  An object's revision grows by one a change, however often the change writes it.
 */
import { assertPath, baseName, joinPath, parentPath, resolvePath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { findGroup, findUser } from "#identity";
import type { Sealer } from "#runtime";
import { ownGrants, type Subject } from "./acl.ts";
import type { Actor } from "./actor.ts";
import type { ChangeEntry, ChangeListener, ChangeRecord, ObjectState } from "./change.ts";
import { planDeletion } from "./deletion.ts";
import {
  assertUnique,
  deleteDerivedRows,
  isSame,
  rederive,
  writeDerivedRows,
} from "./derived-rows.ts";
import { parseContext } from "./field-context.ts";
import { parseFields, type FieldInputs } from "./field-input.ts";
import { secretMask } from "./field-value.ts";
import { password } from "./fields/password.ts";
import {
  changedFieldIds,
  difference,
  insertChange,
  insertHistory,
  whole,
  type Before,
} from "./history.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ObjectKey, ObjectReader } from "./object-reader.ts";
import { ObjectType, valueOf } from "./object-type.ts";
import { toRightSet, type Right, type RightSet } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";
import { isSystemPath, typesPath } from "./system-tree.ts";
import { asDefinition } from "./type-definition.ts";
import { definitionFieldId, forgetType, stampType } from "./type-table.ts";

/** Who gets a right. `everyone` is whoever is signed in. */
export type GrantSubject = { user: string } | { group: string } | "everyone";

export interface ChangeOptions {
  /** Keep source that does not compile as a draft; what that means is the listeners' business. */
  isDraft: boolean;
}

/** What a change needs of the storage it belongs to. */
export interface ChangeServices {
  reader: ObjectReader;
  sealer: Sealer;
  listeners: readonly ChangeListener[];
  now(): number;
}

interface Touched {
  /** Null: it was not there. */
  before: TreeObject | null;
  /** What was granted on it, if the change touched that. */
  grants?: ReadonlyMap<Subject, RightSet>;
}

export class Change {
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  readonly #options: ChangeOptions;
  readonly #services: ChangeServices;
  readonly #reader: ObjectReader;
  readonly #touched = new Map<number, Touched>();
  /** Whether objects may be elsewhere than when they were touched. */
  #hasMoved = false;

  constructor(
    transaction: Transaction,
    actor: Actor,
    options: ChangeOptions,
    services: ChangeServices,
  ) {
    this.#transaction = transaction;
    this.#actor = actor;
    this.#options = options;
    this.#services = services;
    this.#reader = services.reader;
  }

  /** Makes an object, or replaces the values of the one that is there. Missing directories are made with `parents`. */
  async put(
    path: string,
    typeName: string,
    fields: FieldInputs,
    options: { revision?: number; parents?: boolean } = {},
  ): Promise<{ object: TreeObject; created: boolean }> {
    const absolute = resolvePath(path);
    assertPath(absolute);
    this.#assertNotVirtual(absolute);
    const type = await this.#reader.objects.types.getByName(this.#transaction, typeName);
    const location = await this.#reader.objects.locate(this.#transaction, absolute);
    if (location.kind === "found") {
      return {
        object: await this.#replace(location.object, type, fields, options),
        created: false,
      };
    }
    // An object that is gone has no revision that a change could be based on.
    if (options.revision !== undefined && options.revision !== 0) {
      throw conflict(absolute, options.revision, null);
    }
    const parent = await this.#makeParents(absolute, options.parents === true);
    return { object: await this.#create(parent, absolute, type, fields), created: true };
  }

  /** Changes the values of the fields that are given. */
  async patch(
    key: ObjectKey,
    fields: FieldInputs,
    options: { revision?: number } = {},
  ): Promise<TreeObject> {
    const object = await this.#get(key, "write");
    assertRevision(object, options.revision);
    const { type, data } = object.content;
    const after = await this.#parse(type, fields, {
      object,
      path: object.path,
      previous: data,
      replace: false,
    });
    return this.#update(object, type, after);
  }

  /** Deletes an object; with `recursive`, everything below it, too. */
  async delete(
    key: ObjectKey,
    options: { revision?: number; recursive?: boolean } = {},
  ): Promise<void> {
    const object = await this.#get(key, "delete");
    assertRevision(object, options.revision);
    this.#assertNotSystem(object.path, "deleted");
    const plan = await planDeletion(this.#transaction, this.#reader, this.#actor, object, {
      recursive: options.recursive === true,
    });
    for (const { path } of plan.objects) this.#assertNotSystem(path, "deleted");
    for (const { object: referrer, field, targetId } of plan.clearings) {
      await this.#clearReference(referrer.id, field.id, targetId);
    }
    for (const going of plan.objects) await this.#remove(going);
  }

  /** Gives an object another name, another directory, or both. What is below moves with it. */
  async move(
    key: ObjectKey,
    newPath: string,
    options: { revision?: number } = {},
  ): Promise<TreeObject> {
    const target = resolvePath(newPath);
    assertPath(target);
    this.#assertNotVirtual(target);
    const isRename = (object: TreeObject): boolean =>
      parentPath(object.path) === parentPath(target);
    const object = await this.#get(key, "write");
    if (!isRename(object)) {
      await this.#reader.assertRight(this.#transaction, this.#actor, object, "delete");
    }
    assertRevision(object, options.revision);
    if (target === object.path) return object;
    this.#assertNotSystem(object.path, "moved");
    if (target.startsWith(`${object.path}/`)) {
      throw new TsunagiError("NAME_INVALID", `${object.path} cannot be moved into itself`);
    }
    const parent = await this.#get(parentPath(target), "write");
    assertMayHold(parent, target, object.content.type);
    const there = await this.#reader.objects.locate(this.#transaction, target);
    if (there.kind === "found") {
      throw new TsunagiError("OBJECT_EXISTS", `there is an object at ${target} already`, {
        details: { path: target },
      });
    }
    this.#touch(object);
    this.#hasMoved = true;
    await this.#transaction.run(
      "update object set name = ?, parent_id = ?, revision = ?, updated_at = ? where id = ?",
      [baseName(target), parent.id, this.#nextRevision(object), this.#services.now(), object.id],
    );
    if (object.type === "Type") await stampType(this.#transaction, object.id, baseName(target));
    if (!isRename(object)) await this.#reader.acl.refresh(this.#transaction, object.id);
    return this.#reload(object.id);
  }

  /** Grants exactly these rights on an object and all below it; none takes the grant away. */
  async grant(key: ObjectKey, subject: GrantSubject, rights: readonly Right[]): Promise<void> {
    const object = await this.#get(key, "manage");
    const id = await this.#subjectId(subject);
    const grants = await ownGrants(this.#transaction, object.id);
    const set = toRightSet(rights);
    if ((grants.get(id) ?? 0) === set) return;
    this.#touch(object, grants);
    await this.#transaction.run("update object set revision = ?, updated_at = ? where id = ?", [
      this.#nextRevision(object),
      this.#services.now(),
      object.id,
    ]);
    await this.#reader.acl.grant(this.#transaction, object.id, id, set);
  }

  /** Writes the history and tells the listeners. Undefined if nothing has changed. */
  async finish(): Promise<ChangeRecord | undefined> {
    const written: { entry: ChangeEntry; row: HistoryRow }[] = [];
    for (const [id, touched] of this.#touched) {
      const found = await this.#conclude(id, touched);
      if (found !== undefined) written.push(found);
    }
    this.#touched.clear();
    if (written.length === 0) return undefined;
    const at = this.#services.now();
    const id = await insertChange(this.#transaction, this.#actor, at);
    for (const { row } of written) {
      await insertHistory(this.#transaction, { ...row, changeId: id });
    }
    const record: ChangeRecord = {
      id,
      at,
      actor: this.#actor,
      isDraft: this.#options.isDraft,
      entries: written.map(({ entry }) => entry),
    };
    for (const listener of this.#services.listeners) {
      await listener.changed(this.#transaction, record);
    }
    return record;
  }

  async #create(
    parent: TreeObject,
    path: string,
    type: ObjectType,
    fields: FieldInputs,
  ): Promise<TreeObject> {
    assertMayHold(parent, path, type);
    const data = await this.#parse(type, fields, {
      object: null,
      path,
      previous: undefined,
      replace: true,
    });
    await assertUnique(this.#transaction, type, data, { id: null, path });
    const now = this.#services.now();
    const id = await this.#transaction.insert(
      `insert into object
        (parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at)
        values (?, ?, ?, ?, ?, 1, ?, ?, ?)`,
      [
        parent.id,
        baseName(path),
        type.id,
        this.#actor.principal.userId,
        parent.content.acl,
        JSON.stringify(data),
        now,
        now,
      ],
    );
    this.#touched.set(id, { before: null });
    await writeDerivedRows(this.#transaction, type, id, {}, data);
    if (type.name === "Type") await this.#typeWritten(id, baseName(path), {}, data);
    return this.#reload(id);
  }

  async #replace(
    object: TreeObject,
    type: ObjectType,
    fields: FieldInputs,
    options: { revision?: number },
  ): Promise<TreeObject> {
    await this.#reader.assertRight(this.#transaction, this.#actor, object, "write");
    assertRevision(object, options.revision);
    const isOtherType = type.id !== object.content.type.id;
    if (isOtherType) await this.#assertMayBecome(object, type);
    const previous = isOtherType ? undefined : object.content.data;
    const after = await this.#parse(type, fields, {
      object,
      path: object.path,
      previous,
      replace: true,
    });
    return this.#update(object, type, after);
  }

  async #update(object: TreeObject, type: ObjectType, after: JsonObject): Promise<TreeObject> {
    const before = object.content;
    const isOtherType = type.id !== before.type.id;
    if (!isOtherType && isSame(before.data, after)) return object;
    await assertUnique(this.#transaction, type, after, object);
    this.#touch(object);
    const revision = this.#nextRevision(object);
    const updatedAt = this.#services.now();
    await this.#transaction.run(
      "update object set type_id = ?, data = ?, revision = ?, updated_at = ? where id = ?",
      [type.id, JSON.stringify(after), revision, updatedAt, object.id],
    );
    if (isOtherType) await deleteDerivedRows(this.#transaction, object.id);
    const was = isOtherType ? {} : before.data;
    await writeDerivedRows(this.#transaction, type, object.id, was, after);
    if (type.name === "Type") await this.#typeWritten(object.id, object.name, before.data, after);
    return {
      ...object,
      type: type.name,
      revision,
      updatedAt,
      content: { ...before, type, data: after },
    };
  }

  /** Makes the new version of a type known, and the rows that it asks for. */
  async #typeWritten(
    id: number,
    name: string,
    before: JsonObject,
    after: JsonObject,
  ): Promise<void> {
    await stampType(this.#transaction, id, name);
    const version = (data: JsonObject): ObjectType =>
      new ObjectType(id, name, asDefinition(data[definitionFieldId]));
    await rederive(this.#transaction, version(before), version(after));
  }

  async #remove(object: TreeObject): Promise<void> {
    const grants = await ownGrants(this.#transaction, object.id);
    this.#touch(object, grants);
    await deleteDerivedRows(this.#transaction, object.id);
    await this.#transaction.run("delete from object_reference where target_id = ?", [object.id]);
    await this.#transaction.run("delete from object_grant where object_id = ?", [object.id]);
    await this.#transaction.run("delete from object where id = ?", [object.id]);
    if (object.type === "Type") await forgetType(this.#transaction, object.id);
  }

  /** An update that follows from a delete: it needs no right of its own. */
  async #clearReference(id: number, fieldId: string, targetId: number): Promise<void> {
    const object = await this.#reload(id);
    const { type, data } = object.content;
    const stored = data[fieldId];
    if (stored === undefined || stored === null) return;
    const cleared = type.fieldById(fieldId)?.kind.withoutReference?.(stored, targetId) ?? null;
    await this.#update(object, type, { ...data, [fieldId]: cleared });
  }

  async #makeParents(path: string, make: boolean): Promise<TreeObject> {
    const directory = parentPath(path);
    const location = await this.#reader.objects.locate(this.#transaction, directory);
    if (location.kind === "found") {
      await this.#reader.assertRight(this.#transaction, this.#actor, location.object, "write");
      return location.object;
    }
    // Throws OBJECT_NOT_FOUND, or PERMISSION_DENIED to whom it may not tell.
    if (!make) return this.#get(directory, "write");
    const type = await this.#reader.objects.types.getByName(this.#transaction, "Directory");
    let at = await this.#get(location.below.path, "write");
    for (const name of location.missing)
      at = await this.#create(at, joinPath(at.path, name), type, {});
    return at;
  }

  async #parse(
    type: ObjectType,
    fields: FieldInputs,
    options: {
      object: TreeObject | null;
      path: string;
      previous: JsonObject | undefined;
      replace: boolean;
    },
  ): Promise<JsonObject> {
    const { object, path, previous, replace } = options;
    const { sealer } = this.#services;
    const contextOf = (stored: Json | undefined) =>
      parseContext(this.#transaction, {
        actor: this.#actor,
        reader: this.#reader,
        sealer,
        previous: stored,
      });
    const data = await parseFields(type, fields, { path, previous, replace, contextOf });
    const decides = type.fields.some(
      (field) => field.needsManage && !isSame(valueOf(field, previous ?? {}), valueOf(field, data)),
    );
    if (decides && object !== null) {
      await this.#reader.assertRight(this.#transaction, this.#actor, object, "manage");
    }
    return data;
  }

  async #assertMayBecome(object: TreeObject, type: ObjectType): Promise<void> {
    const isFixed = [object.type, type.name].some((name) => name === "Type");
    const child = await this.#transaction.get("select 1 from object where parent_id = ? limit 1", [
      object.id,
    ]);
    if (isFixed || child !== undefined || isSystemPath(object.path)) {
      throw new TsunagiError(
        "OBJECT_EXISTS",
        `${object.path} is a ${object.type} and cannot become a ${type.name}`,
        { details: { path: object.path, type: object.type }, hint: "move or delete it first" },
      );
    }
  }

  async #subjectId(subject: GrantSubject): Promise<Subject> {
    if (subject === "everyone") return subject;
    const isUser = "user" in subject;
    const name = isUser ? subject.user : subject.group;
    const found = isUser
      ? await findUser(this.#transaction, name)
      : await findGroup(this.#transaction, name);
    const kind = isUser ? "user" : "group";
    if (found !== undefined) return `${kind}:${found.id}`;
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no ${kind} '${name}'`);
  }

  #get(key: ObjectKey, right: Right): Promise<TreeObject> {
    return this.#reader.getTreeObject(this.#transaction, this.#actor, key, right);
  }

  async #reload(id: number): Promise<TreeObject> {
    const object = await this.#reader.objects.byId(this.#transaction, id);
    if (object !== undefined) return object;
    throw new TsunagiError("OBJECT_NOT_FOUND", `no object #${id}`);
  }

  #touch(object: TreeObject, grants?: ReadonlyMap<Subject, RightSet>): void {
    const touched = this.#touched.get(object.id) ?? { before: object };
    if (grants !== undefined) touched.grants ??= grants;
    this.#touched.set(object.id, touched);
  }

  #nextRevision(object: TreeObject): number {
    const before = this.#touched.get(object.id)?.before;
    return before?.revision === object.revision ? object.revision + 1 : object.revision;
  }

  /** What came of a touched object: compared with what is there now (I2). */
  async #conclude(
    id: number,
    { before, grants }: Touched,
  ): Promise<{ entry: ChangeEntry; row: HistoryRow } | undefined> {
    const path = this.#hasMoved ? undefined : before?.path;
    const after = (await this.#reader.objects.byId(this.#transaction, id, path)) ?? null;
    const entry: ChangeEntry = {
      id,
      before: before && toState(before),
      after: after && toState(after),
      changed: changedFields(before, after),
    };
    const row = { objectId: id };
    if (before === null) {
      if (after === null) return undefined;
      return {
        entry,
        row: { ...row, operation: "create", revision: after.revision, before: null },
      };
    }
    if (after === null) {
      const all = whole(before, grants ?? new Map());
      return {
        entry,
        row: { ...row, operation: "delete", revision: before.revision + 1, before: all },
      };
    }
    if (after.revision === before.revision) return undefined;
    const differing: Before = difference(before, after) ?? {};
    if (grants !== undefined) differing.grants = Object.fromEntries(grants);
    return {
      entry,
      row: { ...row, operation: "update", revision: after.revision, before: differing },
    };
  }

  #assertNotVirtual(path: string): void {
    if (!this.#reader.virtual.holds(path)) return;
    throw new TsunagiError("METHOD_NOT_ALLOWED", `${path} cannot be written as an object`);
  }

  #assertNotSystem(path: string, what: string): void {
    if (!isSystemPath(path) && !this.#reader.virtual.paths.includes(path)) return;
    throw new TsunagiError(
      "OBJECT_PROTECTED",
      `${path} is part of the system and cannot be ${what}`,
    );
  }
}

type HistoryRow = Omit<Parameters<typeof insertHistory>[1], "changeId">;

/** Types live in one place, and nothing else does; everything else lives in directories. */
function assertMayHold(parent: TreeObject, path: string, type: ObjectType): void {
  if (parent.type !== "Directory") {
    throw new TsunagiError(
      "NAME_INVALID",
      `${parent.path} is a ${parent.type} and holds no objects`,
      {
        details: { path },
      },
    );
  }
  if ((type.name === "Type") !== (parent.path === typesPath)) {
    throw new TsunagiError(
      "NAME_INVALID",
      type.name === "Type"
        ? `a type lives in ${typesPath}, not at ${path}`
        : `${typesPath} holds types only, no ${type.name}`,
      { details: { path } },
    );
  }
}

function assertRevision(object: TreeObject, revision: number | undefined): void {
  if (revision !== undefined && revision !== object.revision) {
    throw conflict(object.path, revision, object.revision);
  }
}

function conflict(path: string, given: number, current: number | null): TsunagiError {
  const now = current === null ? "it is not there" : `it is at revision ${current}`;
  return new TsunagiError(
    "OBJECT_VERSION_CONFLICT",
    `${path} was changed meanwhile: the change is based on revision ${given}, ${now}`,
    {
      details: { path, given, current },
      hint: "read it again, and repeat the change on what is there now",
    },
  );
}

function changedFields(before: TreeObject | null, after: TreeObject | null): string[] {
  const states = [before, after].filter((state) => state !== null);
  const isOneType = new Set(states.map((state) => state.content.type.id)).size === 1;
  const type = (after ?? before)?.content.type;
  if (!isOneType || type === undefined) {
    return [...new Set(states.flatMap((state) => state.content.type.fieldNames))];
  }
  const ids = changedFieldIds(before?.content.data ?? {}, after?.content.data ?? {});
  return type.fields.filter((field) => ids.includes(field.id)).map((field) => field.name);
}

function toState(object: TreeObject): ObjectState {
  const { path, type, ownerId, revision, content } = object;
  const fields = content.type.fields.map((field): [string, Json] => {
    const stored = valueOf(field, content.data);
    return [field.name, field.kind === password && stored !== null ? secretMask : stored];
  });
  return { path, type, ownerId, revision, fields: Object.fromEntries(fields) };
}
