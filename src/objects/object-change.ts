/**
 * A change: all that one actor writes in one go, and one entry in the history.
 *
 * Every write is checked to its end, the actor's rights included, before its first row is written: a refused one
 * leaves nothing. The history is written by {@link Change.finish}.
 *
 *     const change = storage.change(transaction, actor);
 *     await change.patch("/servers/web01", { status: "ok" });
 *     await change.finish();
 */
import { assertPath, baseName, joinPath, parentPath, resolvePath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { Sealer } from "#runtime";
import { systemActor, type Actor } from "./actor.ts";
import type { ChangeListener, ChangeRecord } from "./change.ts";
import { copyTree, type CopyOptions } from "./copy.ts";
import { planDeletion } from "./deletion.ts";
import { assertUnique } from "./derived-rows.ts";
import { parseContext, readContext } from "./field-context.ts";
import type { ParseContext } from "./field-kind.ts";
import { parseFields, type FieldInputs } from "./field-input.ts";
import { insertChange, insertHistory } from "./history.ts";
import { isSame, type Json, type JsonObject } from "./json.ts";
import type { ObjectKey, ObjectReader } from "./object-reader.ts";
import { childId, type Location } from "./object-table.ts";
import { maySee, ObjectType, valueOf, type Field } from "./object-type.ts";
import { lookupsOf } from "./lookup-memory.ts";
import { ObjectWriter } from "./object-writer.ts";
import type { PastState } from "./past-state.ts";
import { checkStoredValues, type CheckServices } from "./option-change.ts";
import { forgetPastValues } from "./past-secrets.ts";
import { assertKeepsShipped } from "./shipped-fields.ts";
import {
  assertInTree,
  assertMayBecome,
  assertMayHold,
  assertNotSystem,
  assertNoType,
} from "./placement.ts";
import { hasRight, type Right } from "./rights.ts";
import {
  changeGrant,
  changeOwner,
  keepingManagers,
  type GrantMode,
  type GrantSubject,
} from "./rights-change.ts";
import { visibleTo, type TreeObject } from "./stored-object.ts";
import { changeType, type FormerTexts } from "./type-change.ts";
import { asDefinition } from "./type-definition.ts";
import { assertTargetTypes, renameTargets } from "./type-references.ts";
import { definitionFieldId } from "./type-table.ts";
import { applyUndo, withOtherRights } from "./undo-apply.ts";
import type { UndoPlan } from "./undo-step.ts";

export interface ChangeOptions {
  /** Keep source that does not compile as a draft; what that means is the listeners' business. */
  isDraft: boolean;
}

export interface PutOptions {
  revision?: number;
  /** Makes directories that are missing. */
  parents?: boolean;
  /** Fields that get their values later in the same change, as what they refer to is still to come. */
  later?: ReadonlySet<string>;
}

/** What a change needs of the storage it belongs to. */
export interface ChangeServices {
  reader: ObjectReader;
  sealer: Sealer;
  listeners: readonly ChangeListener[];
  now: () => number;
}

export class Change {
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  readonly #options: ChangeOptions;
  readonly #services: ChangeServices;
  readonly #reader: ObjectReader;
  readonly #writer: ObjectWriter;
  /** Taken out of the history when it is written. */
  readonly #formerTexts: FormerTexts[] = [];

  constructor(
    transaction: Transaction,
    actor: Actor,
    options: ChangeOptions,
    services: ChangeServices,
  ) {
    const { reader, now } = services;
    this.#transaction = transaction;
    this.#actor = actor;
    this.#options = options;
    this.#services = services;
    this.#reader = reader;
    this.#writer = new ObjectWriter(transaction, { objects: reader.objects, acl: reader.acl, now });
  }

  /** The object at a path, whatever rights the actor has on it, without fields that he may not see; undefined where there is none. */
  async find(path: string): Promise<TreeObject | undefined> {
    const absolute = resolvePath(path);
    if (this.#reader.virtual.holds(absolute)) return undefined;
    const location = await this.#locate(absolute);
    return location.kind === "found" ? this.#seen(location.object) : undefined;
  }

  /**
   * Writes many objects at a fraction of the price: what makes them found by their values is held back and written together,
   * at the end of the work or when somebody looks for it. A savepoint in the work is one of {@link Change.savepoint}.
   */
  inBulk<T>(work: () => Promise<T>): Promise<T> {
    return this.#writer.inBulk(work);
  }

  /** Takes back what the work wrote if it rejects, and lets the change go on. */
  savepoint<T>(work: () => Promise<T>): Promise<T> {
    return this.#writer.savepoint(work);
  }

  /** Whether it has moved or renamed something, of which the history does not tell before its end. */
  get hasMoved(): boolean {
    return this.#writer.hasMoved;
  }

  /** Makes an object, or replaces the values of the one that is there. Missing directories are made with `parents`. */
  async put(
    path: string,
    typeName: string,
    fields: FieldInputs,
    options: PutOptions = {},
  ): Promise<{ object: TreeObject; created: boolean }> {
    const absolute = resolvePath(path);
    assertPath(absolute);
    assertInTree(this.#reader.virtual, absolute);
    const type = await this.#type(typeName);
    const location = await this.#locate(absolute);
    if (location.kind === "found") {
      const object = await this.#replace(location.object, type, fields, options);
      return { object: await this.#seen(object), created: false };
    }
    const object = await this.#create(location, absolute, type, fields, options);
    // Who makes an object owns it.
    return { object, created: true };
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
    const { path } = object;
    const after = await this.#parse(type, fields, { object, path, previous: data, replace: false });
    return this.#seen(await this.#update(object, type, after));
  }

  /** Deletes an object; with `recursive`, everything below it, too. */
  async delete(
    key: ObjectKey,
    options: { revision?: number; recursive?: boolean } = {},
  ): Promise<void> {
    const object = await this.#get(key, "delete");
    assertRevision(object, options.revision);
    assertNotSystem(this.#reader.virtual, object.path, "deleted");
    await this.#writer.held.write();
    const plan = await planDeletion(this.#transaction, this.#reader, this.#actor, object, {
      recursive: options.recursive === true,
    });
    for (const { path } of plan.objects) assertNotSystem(this.#reader.virtual, path, "deleted");
    for (const { object: referrer, field, targetId } of plan.clearings) {
      await this.#writer.clearReference(referrer.id, field.id, targetId);
    }
    await this.#writer.removeAll(plan.objects);
  }

  /** Gives an object another name, another directory, or both. What is below moves with it. */
  async move(
    key: ObjectKey,
    newPath: string,
    options: { revision?: number } = {},
  ): Promise<TreeObject> {
    const target = resolvePath(newPath);
    assertPath(target);
    assertInTree(this.#reader.virtual, target);
    const object = await this.#get(key, "write");
    assertRevision(object, options.revision);
    if (target === object.path) return object;
    assertNotSystem(this.#reader.virtual, object.path, "moved");
    if (target.startsWith(`${object.path}/`)) {
      throw new TsunagiError("NAME_INVALID", `${object.path} cannot be moved into itself`);
    }
    if (parentPath(object.path) !== parentPath(target)) {
      await this.#reader.assertRight(this.#transaction, this.#actor, object, "delete");
    }
    const parent = await this.#get(parentPath(target), "write");
    assertMayHold(parent, target, object.content.type);
    const there = await this.#reader.objects.locate(this.#transaction, target);
    if (there.kind === "found") {
      throw new TsunagiError("OBJECT_EXISTS", `there is an object at ${target} already`, {
        details: { path: target },
      });
    }
    const isElsewhere = parentPath(object.path) !== parentPath(target);
    const moved = await this.#keepingManagers(isElsewhere ? [object.id] : [], () =>
      this.#writer.move(object, parent, target),
    );
    if (object.type === "Type") {
      const services = { objects: this.#reader.objects, writer: this.#writer };
      await renameTargets(this.#transaction, services, object.name, moved.name);
    }
    return this.#seen(moved);
  }

  /** Copies an object and all below it that the actor may read to a path where nothing is. */
  async copy(key: ObjectKey, newPath: string, options: CopyOptions = {}): Promise<TreeObject> {
    const path = resolvePath(newPath);
    assertPath(path);
    assertInTree(this.#reader.virtual, path);
    const source = await this.#get(key, "read");
    if (`${path}/`.startsWith(`${source.path}/`)) {
      throw new TsunagiError("NAME_INVALID", `${source.path} cannot be copied into itself`, {
        details: { path },
      });
    }
    const parent = await this.#get(parentPath(path), "write");
    assertMayHold(parent, path, source.content.type);
    const there = await this.#reader.objects.locate(this.#transaction, path);
    if (there.kind === "found") {
      throw new TsunagiError("OBJECT_EXISTS", `there is an object at ${path} already`, {
        details: { path },
      });
    }
    await this.#writer.held.write();
    const services = {
      transaction: this.#transaction,
      actor: this.#actor,
      reader: this.#reader,
      writer: this.#writer,
    };
    return copyTree(services, source, parent, path, options);
  }

  /**
   * Grants exactly these rights on an object and all below it; none takes the grant away. With `add` or `remove` the
   * grant gains or loses them. Gives what it is then.
   */
  async grant(
    key: ObjectKey,
    subject: GrantSubject,
    rights: readonly Right[],
    mode: GrantMode = "set",
  ): Promise<Right[]> {
    const object = await this.#get(key, "manage");
    return changeGrant(this.#rightServices(), object, { subject, rights, mode });
  }

  /** Changes the owner; see {@link changeOwner}. */
  async setOwner(key: ObjectKey, userName: string): Promise<void> {
    await changeOwner(this.#rightServices(), await this.#get(key, "manage"), userName);
  }

  async #keepingManagers<T>(ids: readonly number[], work: () => Promise<T>): Promise<T> {
    if (ids.length === 0) return work();
    await this.#writer.held.write();
    return keepingManagers(this.#rightServices(), ids, async () => {
      const result = await work();
      await this.#writer.held.write();
      return result;
    });
  }

  /** Carries the plan of an undo out. */
  async undo(plan: UndoPlan): Promise<void> {
    await this.#writer.held.write();
    const { objects } = this.#reader;
    const services = { transaction: this.#transaction, objects, writer: this.#writer };
    await keepingManagers(this.#rightServices(), withOtherRights(plan), () =>
      applyUndo(services, plan),
    );
    // An earlier definition of a type may have been narrower than what was stored since.
    for (const { id, current, target } of plan.steps) {
      const type = await objects.byId(this.#transaction, id);
      if (type?.type !== "Type" || current === null || target === null) continue;
      const version = ({ data }: PastState): ObjectType =>
        new ObjectType(id, type.name, asDefinition(data[definitionFieldId]));
      await this.#writer.held.write();
      await checkStoredValues(version(current), version(target), this.#typeServices(), () => true);
    }
  }

  /** Writes the history and tells the listeners. Undefined if nothing has changed. */
  async finish(): Promise<ChangeRecord | undefined> {
    const changed = await this.#writer.conclude();
    if (changed.length === 0) return undefined;
    const { touchedTypes } = this.#writer;
    if (touchedTypes.written.size + touchedTypes.gone.length > 0) {
      await assertTargetTypes(this.#transaction, this.#reader.objects, touchedTypes);
    }
    const at = this.#services.now();
    const id = await insertChange(this.#transaction, this.#actor, at);
    await insertHistory(
      this.#transaction,
      id,
      changed.map(({ row }) => row),
    );
    for (const { typeId, fieldIds } of this.#formerTexts.splice(0)) {
      await forgetPastValues(this.#transaction, typeId, fieldIds);
    }
    const record: ChangeRecord = {
      id,
      at,
      actor: this.#actor,
      isDraft: this.#options.isDraft,
      entries: changed.map(({ entry }) => entry),
    };
    for (const listener of this.#services.listeners) {
      await listener.changed(this.#transaction, record);
    }
    return record;
  }

  async #create(
    { below, missing }: Location & { kind: "missing" },
    path: string,
    type: ObjectType,
    fields: FieldInputs,
    { revision, parents = false, later }: PutOptions,
  ): Promise<TreeObject> {
    const directories = missing.slice(0, -1);
    const isReachable = directories.length === 0 || parents;
    let parent = isReachable ? await this.#parent(below.path) : await this.#getDirectoryFor(path);
    // What is gone has no revision that a change could be based on; 0 says that nothing was there.
    if (revision !== undefined && revision !== 0) throw conflict(path, revision, null);
    const directory =
      directories.length > 0
        ? await this.#reader.objects.types.getByName(this.#transaction, "Directory")
        : undefined;
    assertMayHold(parent, path, directory ?? type);
    if (directory !== undefined) assertNoType(type, path);
    const options = { object: null, path, previous: undefined, replace: true, later };
    const data = await this.#parse(type, fields, options);
    const owner = this.#actor.principal.userId;
    if (directory !== undefined) {
      for (const name of directories) {
        const at = joinPath(parent.path, name);
        parent = await this.#writer.create(parent, at, directory, {}, owner);
      }
    }
    // Its references were found in this transaction.
    return this.#writer.create(parent, path, type, data, owner, { areTargetsThere: true });
  }

  async #replace(
    object: TreeObject,
    type: ObjectType,
    fields: FieldInputs,
    options: PutOptions,
  ): Promise<TreeObject> {
    await this.#reader.assertRight(this.#transaction, this.#actor, object, "write");
    assertRevision(object, options.revision);
    const { path, content } = object;
    const isOtherType = type.id !== content.type.id;
    if (isOtherType) {
      assertMayBecome(object, type, await this.#hasChildren(object));
      // It loses all its values, also those that he may not see.
      const [hidden] = (await this.#seen(object)).content.type.hidden;
      if (hidden !== undefined) throw this.#mayNotWrite(hidden, path);
    }
    const previous = isOtherType ? undefined : content.data;
    const { later } = options;
    const after = await this.#parse(type, fields, { object, path, previous, replace: true, later });
    return this.#update(object, type, after);
  }

  async #parse(
    type: ObjectType,
    fields: FieldInputs,
    options: {
      object: TreeObject | null;
      path: string;
      previous: JsonObject | undefined;
      replace: boolean;
      later?: ReadonlySet<string> | undefined;
    },
  ): Promise<JsonObject> {
    const { object, path, previous, replace, later } = options;
    const context = this.#parseContext(undefined);
    const contextOf = (stored: Json | undefined): ParseContext =>
      stored === undefined ? context : { ...context, previous: stored };
    // Fields that he may not see stay as they are, and are not his to write: whether a value is another would tell it.
    const seen =
      object === null
        ? type
        : type.visibleTo(await this.#reader.rights(this.#transaction, this.#actor, object));
    const hidden = seen.hidden.find((field) => Object.hasOwn(fields, field.name));
    if (hidden !== undefined) throw this.#mayNotWrite(hidden, path);
    const data = await parseFields(seen, fields, {
      path,
      previous,
      replace,
      contextOf,
      later,
    });
    if (type.name === "Type") assertKeepsShipped(path, asDefinition(data[definitionFieldId]));
    await assertUnique(
      this.#transaction,
      type,
      data,
      { id: object?.id ?? null, path },
      { before: previous, held: this.#writer.held },
    );
    const decidesRights = type.fields.some(
      (field) => field.needsManage && !isSame(valueOf(field, previous ?? {}), valueOf(field, data)),
    );
    if (decidesRights && object !== null) {
      await this.#reader.assertRight(this.#transaction, this.#actor, object, "manage");
    }
    return data;
  }

  async #update(object: TreeObject, type: ObjectType, after: JsonObject): Promise<TreeObject> {
    if (type.name !== "Type" || object.type !== "Type") {
      return this.#writer.update(object, type, after);
    }
    await this.#writer.held.write();
    const services = this.#typeServices();
    const { updated, formerTexts } = await changeType(services, object, type, after);
    if (formerTexts.fieldIds.size > 0) this.#formerTexts.push(formerTexts);
    return updated;
  }

  /** What a change of a type needs to look at its objects. */
  #typeServices(): CheckServices {
    return {
      transaction: this.#transaction,
      objects: this.#reader.objects,
      writer: this.#writer,
      read: readContext(this.#transaction, this.#services.sealer),
      // What is kept already need not be readable to who changes the type.
      parse: this.#parseContext(undefined, systemActor),
      isReadable: async (one, field) => {
        const rights = await this.#reader.rights(this.#transaction, this.#actor, one);
        return hasRight(rights, "read") && maySee(field, rights);
      },
    };
  }

  #rightServices() {
    return { transaction: this.#transaction, actor: this.#actor, writer: this.#writer };
  }

  #parseContext(previous: Json | undefined, actor = this.#actor): ParseContext {
    return parseContext(this.#transaction, {
      actor,
      reader: this.#reader,
      sealer: this.#services.sealer,
      previous,
      now: this.#services.now,
    });
  }

  /** An object as the actor sees it, whatever rights he still has on it. */
  async #seen(object: TreeObject): Promise<TreeObject> {
    return visibleTo(object, await this.#reader.rights(this.#transaction, this.#actor, object));
  }

  #mayNotWrite({ name, readRight }: Field, path: string): TsunagiError {
    return new TsunagiError(
      "PERMISSION_DENIED",
      `${this.#actor.principal.name} may not write the field '${name}' of ${path}, as he may not see it`,
      {
        details: { path, field: name, right: readRight },
        hint: `it is seen and written by who has the right '${readRight}' on the object`,
      },
    );
  }

  async #hasChildren(object: TreeObject): Promise<boolean> {
    const child = await this.#transaction.get("select 1 from object where parent_id = ? limit 1", [
      object.id,
    ]);
    return child !== undefined;
  }

  /** Throws OBJECT_NOT_FOUND, or PERMISSION_DENIED to whom it may not tell. */
  async #getDirectoryFor(path: string): Promise<TreeObject> {
    const directory = parentPath(path);
    try {
      return await this.#get(directory, "write");
    } catch (error) {
      if (!(error instanceof TsunagiError) || error.code !== "OBJECT_NOT_FOUND") throw error;
      throw new TsunagiError(
        "OBJECT_NOT_FOUND",
        `${path} cannot be made: there is no directory ${directory}`,
        {
          details: error.details,
          hint: `${error.hint === undefined ? "" : `${error.hint} Else `}make it first, or have what is missing made with ?parents=true`,
        },
      );
    }
  }

  async #type(name: string): Promise<ObjectType> {
    const { types } = lookupsOf(this.#transaction, this.#actor.principal);
    const type =
      types.get(name) ?? (await this.#reader.objects.types.getByName(this.#transaction, name));
    types.set(name, type);
    return type;
  }

  /** Where a path leads; one question, where its directory was asked for before. */
  async #locate(path: string): Promise<Location> {
    const { parents } = lookupsOf(this.#transaction, this.#actor.principal);
    const below = parents.get(parentPath(path));
    if (below !== undefined && path !== "/") {
      const name = baseName(path);
      const there = await childId(this.#transaction, below.id, name);
      if (there === undefined) return { kind: "missing", below, missing: [name] };
    }
    return this.#reader.objects.locate(this.#transaction, path);
  }

  /** An object in which the actor may make others. */
  async #parent(path: string): Promise<TreeObject> {
    const { parents } = lookupsOf(this.#transaction, this.#actor.principal);
    const parent = parents.get(path) ?? (await this.#get(path, "write"));
    parents.set(path, parent);
    return parent;
  }

  #get(key: ObjectKey, right: Right): Promise<TreeObject> {
    return this.#reader.getTreeObject(this.#transaction, this.#actor, key, right);
  }
}

/** Throws OBJECT_VERSION_CONFLICT if a change is based on another revision than the object has. */
export function assertRevision(
  object: Pick<TreeObject, "path" | "revision">,
  revision: number | undefined,
): void {
  if (revision !== undefined && revision !== object.revision) {
    throw conflict(object.path, revision, object.revision);
  }
}

function conflict(path: string, given: number, current: number | null): TsunagiError {
  const basis =
    given === 0
      ? "the change says that nothing is there"
      : `the change is based on revision ${given}`;
  const now = current === null ? "it is not there any more" : `it is at revision ${current}`;
  return new TsunagiError(
    "OBJECT_VERSION_CONFLICT",
    `${path} was changed meanwhile: ${basis}, ${now}`,
    {
      details: { path, given, current },
      hint: "read it again, and repeat the change on what is there now",
    },
  );
}
