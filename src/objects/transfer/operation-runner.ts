/**
 * Does operations on one change, in their order, and collects what is wrong with them instead of stopping.
 *
 * I1  An operation that is refused leaves nothing: where its checks do not all come before its first row, a savepoint
 *     takes it back.
 * I2  A value may refer to what a later operation makes. It is left out at first and written when all is there
 *     ({@link OperationRunner.settle}); so references may form cycles, also of fields that are required.
 */
import { resolvePath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { Actor } from "../actor.ts";
import type { FieldInputs } from "../field-input.ts";
import { Reference, type FieldInput } from "../field-value.ts";
import { isJsonObject } from "../json.ts";
import { lookupsOf } from "../lookup-memory.ts";
import type { Change } from "../object-change.ts";
import type { GrantSubject } from "../rights-change.ts";
import type { ObjectKey, ObjectReader } from "../object-reader.ts";
import { pathOf } from "../object-table.ts";
import type { ObjectType } from "../object-type.ts";
import type { TreeObject } from "../stored-object.ts";
import {
  faultsOf,
  type MakeOperation,
  type Operation,
  type OperationFault,
  type Target,
} from "./operation.ts";

/** Where an operation stands. */
export interface Place {
  index: number;
  at?: string;
}

interface Attempt extends Place {
  /** Of the object, for what is said of a fault. */
  path?: string | undefined;
  /** The path and the tempId that come into being by it, if any do. */
  makes?: string | undefined;
  tempId?: string | undefined;
  /** Whether a savepoint has to take back what was written before a check (I1). */
  isGuarded: boolean;
}

export interface RunnerOptions {
  transaction: Transaction;
  actor: Actor;
  reader: ObjectReader;
  change: Change;
  /** Paths and tempIds that operations will make; taken out as they do. */
  coming: Coming;
}

export interface Coming {
  paths: Set<string>;
  refs: Set<string>;
}

interface Deferred {
  place: Place;
  object: TreeObject;
  fields: FieldInputs;
}

export class OperationRunner {
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  readonly #reader: ObjectReader;
  readonly #change: Change;
  readonly #coming: Coming;
  readonly #made = new Map<string, Reference>();
  #deferred: Deferred[] = [];

  constructor({ transaction, actor, reader, change, coming }: RunnerOptions) {
    this.#transaction = transaction;
    this.#actor = actor;
    this.#reader = reader;
    this.#change = change;
    this.#coming = coming;
  }

  /** Does one operation; gives what is wrong with it, and then has done nothing. */
  run(place: Place, operation: Operation): Promise<OperationFault[]> {
    const makes = operation.op === "create" || operation.op === "put";
    return this.attempt(
      {
        ...place,
        path: operation.path,
        makes: makes ? resolvePath(operation.path) : undefined,
        tempId: "tempId" in operation ? operation.tempId : undefined,
        isGuarded: needsSavepoint(operation),
      },
      () => this.#perform(place, operation),
    );
  }

  /** Does a piece of work; gives what is wrong with it, and then has done nothing. */
  async attempt(
    { path, makes, tempId, isGuarded, ...place }: Attempt,
    work: () => Promise<void>,
  ): Promise<OperationFault[]> {
    try {
      await (isGuarded ? this.#change.savepoint(work) : work());
      return [];
    } catch (error) {
      if (this.#deferred.at(-1)?.place.index === place.index) {
        this.#deferred = this.#deferred.filter((one) => one.place.index !== place.index);
      }
      if (makes !== undefined) this.#coming.paths.delete(makes);
      if (tempId !== undefined) this.#coming.refs.delete(tempId);
      return faultsOf(error, { ...place, ...(path === undefined ? {} : { path }) });
    }
  }

  /** Makes an object, or gives it these values. */
  make(place: Place, operation: MakeOperation): Promise<{ object: TreeObject; created: boolean }> {
    return this.#make(place, operation);
  }

  /** Changes the values of fields of an object. */
  async patch(
    place: Place,
    object: TreeObject,
    given: FieldInputs,
    options: { revision?: number } = {},
  ): Promise<TreeObject> {
    const { now, later } = await this.#split(object.content.type, given);
    const patched = await this.#change.patch(object.id, now, options);
    this.#defer(place, patched, later);
    return patched;
  }

  /** Where the objects are now that were made under a `tempId`. */
  async made(): Promise<Record<string, string>> {
    const found: [string, string][] = [];
    for (const [tempId, { id, path }] of this.#made) {
      found.push([tempId, (await pathOf(this.#transaction, id)) ?? path]);
    }
    return Object.fromEntries(found);
  }

  /** Writes the values that had to wait; gives what is wrong with them, which only undoing all can take back. */
  async settle(): Promise<OperationFault[]> {
    const faults: OperationFault[] = [];
    this.#coming.paths.clear();
    this.#coming.refs.clear();
    for (const { place, object, fields } of this.#deferred) {
      try {
        const { now } = await this.#split(object.content.type, fields);
        await this.#change.patch(object.id, now);
      } catch (error) {
        faults.push(...faultsOf(error, { ...place, path: object.path }));
      }
    }
    this.#deferred = [];
    return faults;
  }

  async #perform(place: Place, operation: Operation): Promise<void> {
    switch (operation.op) {
      case "create":
      case "put": {
        await this.#make(place, operation);
        return;
      }
      case "update": {
        const { fields = {}, owner, ifRevision } = operation;
        const key = this.#key(operation);
        const object = await this.#reader.getTreeObject(
          this.#transaction,
          this.#actor,
          key,
          "write",
        );
        await this.patch(
          place,
          object,
          fields,
          ifRevision === undefined ? {} : { revision: ifRevision },
        );
        if (owner !== undefined) await this.#change.setOwner(object.id, owner);
        return;
      }
      case "delete": {
        const { recursive = false, ifRevision } = operation;
        const revision = ifRevision === undefined ? {} : { revision: ifRevision };
        await this.#change.delete(this.#key(operation), { recursive, ...revision });
        return;
      }
      case "move": {
        const { to, ifRevision } = operation;
        const revision = ifRevision === undefined ? {} : { revision: ifRevision };
        await this.#change.move(this.#key(operation), to, revision);
        this.#coming.paths.delete(resolvePath(to));
        return;
      }
      case "copy": {
        const { to, clearUnique = false, tempId } = operation;
        const object = await this.#change.copy(this.#key(operation), to, { clearUnique });
        this.#remember(tempId, object);
        return;
      }
      case "grant": {
        const { to, rights } = operation;
        await this.#change.grant(this.#key(operation), subjectOf(to), rights);
        return;
      }
    }
  }

  async #make(
    place: Place,
    { op, path, type, fields = {}, parents = false, tempId, ifRevision }: MakeOperation,
  ): Promise<{ object: TreeObject; created: boolean }> {
    const revision = ifRevision ?? (op === "create" ? 0 : undefined);
    if (op === "create") await this.#assertAbsent(path);
    const known = await this.#type(type);
    const { now, later } =
      known === undefined ? { now: fields, later: {} } : await this.#split(known, fields);
    const result = await this.#change.put(path, type, now, {
      parents,
      ...(revision === undefined ? {} : { revision }),
      later: new Set(Object.keys(later)),
    });
    this.#remember(tempId, result.object);
    this.#defer(place, result.object, later);
    return result;
  }

  async #assertAbsent(path: string): Promise<void> {
    const there = await this.#change.find(path);
    if (there === undefined) return;
    throw new TsunagiError("OBJECT_EXISTS", `there is an object at ${there.path} already`, {
      details: { path: there.path },
      hint: "use `put` to replace it, or `update` to change some of its fields",
    });
  }

  #remember(tempId: string | undefined, { id, path, type }: TreeObject): void {
    this.#coming.paths.delete(path);
    if (tempId === undefined) return;
    this.#coming.refs.delete(tempId);
    this.#made.set(tempId, new Reference(id, path, type));
  }

  #defer(place: Place, object: TreeObject, fields: FieldInputs): void {
    if (Object.keys(fields).length > 0) this.#deferred.push({ place, object, fields });
  }

  #key({ path, id, ref }: Target): ObjectKey {
    const given = [path, id, ref].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw new TsunagiError("ARGUMENT_INVALID", "an operation names its object in one way", {
        hint: "give one of path, id and ref",
      });
    }
    return ref === undefined ? (id ?? path ?? "/") : this.#reference(ref).id;
  }

  #reference(tempId: string): Reference {
    const made = this.#made.get(tempId);
    if (made !== undefined) return made;
    throw new TsunagiError(
      "OBJECT_NOT_FOUND",
      `no operation made an object with tempId '${tempId}'`,
      {
        details: { ref: tempId },
        hint: "give the operation that makes it this tempId, and see whether that one is refused",
      },
    );
  }

  /** The type of that name, if there is one: who asks for another is told by what does the work. */
  async #type(name: string): Promise<ObjectType | undefined> {
    const { types } = lookupsOf(this.#transaction, this.#actor.principal);
    const known = types.get(name);
    if (known !== undefined) return known;
    const found = await this.#reader.objects.types.find(this.#transaction, name);
    if (found !== undefined) types.set(name, found);
    return found;
  }

  /** Puts the values apart that refer to what is still to come (I2). */
  async #split(
    type: ObjectType,
    given: FieldInputs,
  ): Promise<{ now: FieldInputs; later: FieldInputs }> {
    const names = Object.keys(given).filter(
      (name) => type.field(name)?.kind.references !== undefined,
    );
    if (names.length === 0) return { now: given, later: {} };
    const now = new Map(Object.entries(given));
    const later = new Map<string, FieldInput>();
    for (const name of names) {
      const input = given[name] ?? null;
      if (await this.#isComing(input)) {
        now.delete(name);
        later.set(name, input);
      } else now.set(name, this.#resolve(input));
    }
    return { now: Object.fromEntries(now), later: Object.fromEntries(later) };
  }

  async #isComing(input: FieldInput): Promise<boolean> {
    const { paths, refs } = this.#coming;
    if (typeof input === "string") {
      if (!paths.has(input)) return false;
      if ((await this.#reader.objects.locate(this.#transaction, input)).kind === "missing") {
        return true;
      }
      paths.delete(input);
      return false;
    }
    if (Array.isArray(input)) {
      for (const element of input) if (await this.#isComing(element)) return true;
      return false;
    }
    const ref = refOf(input);
    return ref !== undefined && refs.has(ref);
  }

  /** The value with objects in the place of `{ref}`. */
  #resolve(input: FieldInput): FieldInput {
    if (Array.isArray(input)) return input.map((element) => this.#resolve(element));
    const ref = refOf(input);
    return ref === undefined ? input : this.#reference(ref);
  }
}

/** What one operation will make, for {@link RunnerOptions.coming}. */
export function announce(coming: Coming, operation: Operation): void {
  if (operation.op === "create" || operation.op === "put") {
    coming.paths.add(resolvePath(operation.path));
  } else if (operation.op === "move" || operation.op === "copy") {
    coming.paths.add(resolvePath(operation.to));
  }
  if ("tempId" in operation && operation.tempId !== undefined) coming.refs.add(operation.tempId);
}

function refOf(input: FieldInput): string | undefined {
  if (input instanceof Reference || !isJsonObject(input)) return undefined;
  const { ref, ...others } = input;
  return typeof ref === "string" && Object.keys(others).length === 0 ? ref : undefined;
}

/** Of the others, all checks come first (I1). */
function needsSavepoint(operation: Operation): boolean {
  switch (operation.op) {
    case "create":
    case "put":
      return operation.type === "Type";
    case "update":
    case "delete":
    case "move":
    case "copy":
    case "grant":
      return true;
  }
}

/** `user:alice`, `group:operators` or `everyone`. */
export function subjectOf(text: string): GrantSubject {
  if (text === "everyone") return text;
  const [, kind, name] = /^(user|group):(.+)$/.exec(text) ?? [];
  if (kind === "user" && name !== undefined) return { user: name };
  if (kind === "group" && name !== undefined) return { group: name };
  throw new TsunagiError(
    "ARGUMENT_INVALID",
    `'${text.slice(0, 200)}' is nobody to grant rights to`,
    {
      hint: "write user:NAME, group:NAME or everyone",
    },
  );
}
