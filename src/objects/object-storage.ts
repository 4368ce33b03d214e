/**
 * Everything that is known is an object at a path (DESIGN section 5). This is the door to all of them: who reads or
 * writes comes in here with a transaction and says for whom; what is there, what may be seen and what follows
 * from a write is decided behind it.
 */
import { nearest, systemClock, TsunagiError, type Clock } from "#kernel";
import type { Transaction } from "#database";
import type { Sealer } from "#runtime";
import { AclTable } from "./acl.ts";
import { systemActor, type Actor } from "./actor.ts";
import type { ChangeListener } from "./change.ts";
import { referrersOf } from "./deletion.ts";
import { walkDirectory, type WalkMark, type WalkPage } from "./directory-walk.ts";
import { readValue, toDocument, type ObjectDocument } from "./document.ts";
import { readContext } from "./field-context.ts";
import type { FieldInput, FieldValue } from "./field-value.ts";
import { password } from "./fields/password.ts";
import type { HistoryEntry } from "./history-view.ts";
import { groupsDirectory, usersDirectory } from "./identity-directories.ts";
import { install } from "./install.ts";
import { Change, type ChangeOptions } from "./object-change.ts";
import { ObjectFinder } from "./object-finder.ts";
import { ObjectPast } from "./object-past.ts";
import { ObjectReader, type ObjectKey, type ObjectPage } from "./object-reader.ts";
import { ObjectTable } from "./object-table.ts";
import { maySee, valueOf, type Field } from "./object-type.ts";
import { People } from "./people.ts";
import { PermissionReports } from "./permission-report.ts";
import type { GrantSubject } from "./rights-change.ts";
import { fromRightSet, hasRight, type Right } from "./rights.ts";
import { visibleTo, type StoredObject } from "./stored-object.ts";
import { ObjectTransfer } from "./transfer/object-transfer.ts";
import { TypeTable } from "./type-table.ts";
import { assertFree, describeRequest, type UndoOptions } from "./undo.ts";
import type { UndoRequest } from "./undo-selection.ts";
import type { UndoPlan } from "./undo-step.ts";
import type { VirtualDirectory } from "./virtual-directory.ts";
import { VirtualDirectories } from "./virtual-objects.ts";

export interface ObjectStorageOptions {
  sealer: Sealer;
  clock?: Clock;
  /** Called inside the transaction, once a change, in this order. */
  listeners?: readonly ChangeListener[];
  /** Directories whose objects are kept elsewhere, such as `/process`. */
  directories?: readonly VirtualDirectory[];
}

export class ObjectStorage {
  /** Finding objects by what they are. */
  readonly finder: ObjectFinder;
  /** What was, what has changed, and taking it back. */
  readonly past: ObjectPast;
  /** Who can do what, and why. */
  readonly reports: PermissionReports;
  /** Changing users and groups. */
  readonly people: People;
  /** Many objects at once. */
  readonly transfer: ObjectTransfer;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #listeners: readonly ChangeListener[];
  readonly #virtual = new VirtualDirectories();
  readonly #types = new TypeTable();
  readonly #reader: ObjectReader;

  constructor({
    sealer,
    clock = systemClock,
    listeners = [],
    directories = [],
  }: ObjectStorageOptions) {
    this.#sealer = sealer;
    this.#clock = clock;
    this.#listeners = listeners;
    for (const directory of [usersDirectory, groupsDirectory, ...directories]) {
      this.#virtual.register(directory);
    }
    this.#reader = new ObjectReader(new ObjectTable(this.#types), new AclTable(), this.#virtual);
    this.finder = new ObjectFinder(this.#reader, sealer);
    this.past = new ObjectPast(this.#reader);
    this.reports = new PermissionReports(this.#reader);
    this.people = new People({
      now: () => clock.now(),
      types: this.#types,
      begin: (transaction, actor) => this.change(transaction, actor),
    });
    this.transfer = new ObjectTransfer({
      reader: this.#reader,
      past: this.past,
      finder: this.finder,
      context: (transaction) => readContext(transaction, sealer),
      begin: (transaction, actor, isDraft) => this.change(transaction, actor, { isDraft }),
    });
  }

  /** Makes what every installation has, as far as it is missing; for every start. */
  async install(transaction: Transaction): Promise<void> {
    await install(transaction, {
      reader: this.#reader,
      sealer: this.#sealer,
      change: this.change(transaction, systemActor),
      directories: this.#virtual.paths,
      now: this.#clock.now(),
    });
  }

  /** The object at a path or of an id; undefined if there is none, PERMISSION_DENIED without the right. */
  find(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    right: Right = "read",
  ): Promise<StoredObject | undefined> {
    return this.#reader.find(transaction, actor, key, right);
  }

  /** As {@link find}, but throws OBJECT_NOT_FOUND. */
  get(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    right: Right = "read",
  ): Promise<StoredObject> {
    return this.#reader.get(transaction, actor, key, right);
  }

  /** A page of what is directly below a directory, in order of name. */
  children(
    transaction: Transaction,
    actor: Actor,
    directory: ObjectKey,
    page: { after?: string; limit: number },
  ): Promise<ObjectPage> {
    return this.#reader.children(transaction, actor, directory, page);
  }

  /** A page of a long walk through a directory, over what was there when it began. */
  walk(
    transaction: Transaction,
    actor: Actor,
    directory: ObjectKey,
    page: { after?: string; mark?: WalkMark; limit: number },
  ): Promise<WalkPage> {
    return walkDirectory({ transaction, reader: this.#reader, actor }, directory, page);
  }

  /** The value of a field. A password is given to who may manage the object, and to processes that may use it (execute). */
  async readField(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
    name: string,
  ): Promise<FieldValue> {
    const { content } = object;
    if (content.kind === "virtual") {
      if (!Object.hasOwn(content.fields, name)) {
        throw noField(object, name, Object.keys(content.fields));
      }
      return { kind: "json", value: content.fields[name] ?? null };
    }
    const field = content.type.field(name);
    const hidden = content.type.hidden.find((each) => each.name === name);
    if (field === undefined && hidden !== undefined) throw mayNotSee(actor, object, hidden);
    if (field === undefined) throw noField(object, name, content.type.fieldNames);
    if (field.kind === password) await this.#assertMayUseSecret(transaction, actor, object);
    return readValue(field, valueOf(field, content.data), readContext(transaction, this.#sealer));
  }

  /** The names of an object's fields, in the order of its type. */
  fieldNames({ content }: StoredObject): string[] {
    return content.kind === "virtual" ? Object.keys(content.fields) : content.type.fieldNames;
  }

  /** An object as the API gives it. */
  toDocument(transaction: Transaction, object: StoredObject): Promise<ObjectDocument> {
    return toDocument(transaction, object, readContext(transaction, this.#sealer));
  }

  async assertRight(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
    right: Right,
  ): Promise<void> {
    await this.#reader.assertRight(transaction, actor, object, right);
  }

  /** What the actor may do with an object. */
  async rights(transaction: Transaction, actor: Actor, object: StoredObject): Promise<Right[]> {
    return fromRightSet(await this.#reader.rights(transaction, actor, object));
  }

  /** The objects of a type (by name or path) whose fields have these values, in order of path. */
  search(
    transaction: Transaction,
    actor: Actor,
    type: string,
    where: ReadonlyMap<string, FieldInput>,
    search?: string,
  ): Promise<StoredObject[]> {
    return this.finder.all(transaction, actor, { type, search }, where);
  }

  /** What refers to an object, as far as the actor may read it, and through which field. */
  async referrers(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
  ): Promise<{ object: StoredObject; field: string }[]> {
    const target = await this.#reader.get(transaction, actor, key);
    if (target.id === null) return [];
    const found: { object: StoredObject; field: string }[] = [];
    for (const { object, field } of await referrersOf(transaction, this.#reader, target.id)) {
      const rights = await this.#reader.rights(transaction, actor, object);
      if (hasRight(rights, "read") && maySee(field, rights)) {
        found.push({ object: visibleTo(object, rights), field: field.name });
      }
    }
    return found;
  }

  /** What was changed on an object, newest first; `before` is the number of the change where the last page ended. */
  async history(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    page: { before?: number; limit: number },
  ): Promise<HistoryEntry[]> {
    return (await this.past.history(transaction, actor, key, page)).entries;
  }

  /** Begins a change; nothing of it is in the history before its `finish`. */
  change(transaction: Transaction, actor: Actor, options: Partial<ChangeOptions> = {}): Change {
    return new Change(
      transaction,
      actor,
      { isDraft: options.isDraft ?? false },
      {
        reader: this.#reader,
        sealer: this.#sealer,
        listeners: this.#listeners,
        now: () => this.#clock.now(),
      },
    );
  }

  /** Takes changes back, as a change of its own. Throws UNDO_CONFLICT if something is in the way, and nothing says what to do about it. */
  async undo(
    transaction: Transaction,
    actor: Actor,
    request: UndoRequest,
    options: UndoOptions = {},
  ): Promise<{ plan: UndoPlan; change: number | null }> {
    const plan = await this.past.planUndo(transaction, actor, request, options);
    assertFree(plan, options);
    const cause = { kind: "undo", id: describeRequest(request) } as const;
    const change = this.change(transaction, { ...actor, cause });
    await change.undo(plan);
    const record = await change.finish();
    return { plan, change: record?.id ?? null };
  }

  /** Puts a deleted object back, with all that was deleted together with it from below it, where it was or elsewhere. */
  async restore(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    options: UndoOptions & { to?: string } = {},
  ): Promise<{ plan: UndoPlan; id: number; change: number | null }> {
    const { plan, id, deletedBy } = await this.past.planRestore(transaction, actor, key, options);
    assertFree(plan, options);
    const cause = { kind: "undo", id: `change ${deletedBy}` } as const;
    const change = this.change(transaction, { ...actor, cause });
    await change.undo(plan);
    const record = await change.finish();
    return { plan, id, change: record?.id ?? null };
  }

  /** Grants exactly these rights on an object and all below it, as a change of its own. */
  async grant(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    subject: GrantSubject,
    rights: readonly Right[],
  ): Promise<void> {
    const change = this.change(transaction, actor);
    await change.grant(key, subject, rights);
    await change.finish();
  }

  async #assertMayUseSecret(
    transaction: Transaction,
    actor: Actor,
    object: StoredObject,
  ): Promise<void> {
    const rights = await this.#reader.rights(transaction, actor, object);
    // A process uses a password without anybody seeing it: it is a secret in the machine, too.
    if (actor.cause.kind === "process" && hasRight(rights, "execute")) return;
    await this.#reader.assertRight(transaction, actor, object, "manage");
  }
}

function mayNotSee(
  { principal }: Actor,
  { path }: { path: string },
  { name, readRight }: Field,
): TsunagiError {
  return new TsunagiError(
    "PERMISSION_DENIED",
    `${principal.name} may not see the field '${name}' of ${path}`,
    {
      details: { path, field: name, right: readRight },
      hint: `it is seen by who has the right '${readRight}' on the object`,
    },
  );
}

function noField(
  object: { path: string; type: string },
  name: string,
  known: readonly string[],
): TsunagiError {
  const guess = nearest(name, known);
  return new TsunagiError(
    "VALUE_INVALID",
    `${object.path} (${object.type}) has no field '${name}'`,
    {
      details: { path: object.path, field: name },
      hint:
        guess === undefined
          ? `its fields are: ${known.join(", ") || "none"}`
          : `did you mean ${guess}?`,
    },
  );
}
