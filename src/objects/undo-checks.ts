/**
 * Whether the steps of an undo go together with each other and with what stays: looked up once in what is now, and
 * judged by what will be. A step that does not go leaves, and the rest is judged again.
 */
import type { Transaction } from "#database";
import { indexTable, indexValue } from "./index-value.ts";
import { inIdBatches } from "./id-batches.ts";
import { isSame, type Json } from "./json.ts";
import { ObjectType, valueOf, type Field } from "./object-type.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import type { PastState } from "./past-state.ts";
import type { PastTypes } from "./past-types.ts";
import type { Right } from "./rights.ts";
import { assertKeepsShipped } from "./shipped-fields.ts";
import { isSystemPath } from "./system-tree.ts";
import { asDefinition } from "./type-definition.ts";
import { definitionFieldId } from "./type-table.ts";
import {
  conflictId,
  type ConflictReason,
  type UndoConflict,
  type PlanServices,
  type UndoPlan,
  type UndoStep,
} from "./undo-step.ts";

interface Known {
  types: PastTypes;
  typeOfTypes: number;
}

export async function checkTogether(
  services: PlanServices,
  steps: readonly UndoStep[],
  known: Known,
): Promise<Pick<UndoPlan, "steps" | "conflicts" | "clearings">> {
  const checks = new UndoChecks(services, steps, known);
  await checks.load();
  const conflicts: UndoConflict[] = [];
  for (;;) {
    const found = await checks.run();
    if (found.length === 0) break;
    conflicts.push(...found);
    checks.drop(found);
  }
  return { steps: checks.steps, conflicts, clearings: checks.clearings };
}

interface Row {
  id: number;
  parent_id: number | null;
  type_id: number;
}

interface Referrer {
  source_id: number;
  field_id: string;
  target_id: number;
}

class UndoChecks {
  readonly #services: PlanServices;
  readonly #transaction: Transaction;
  readonly #known: Known;
  readonly #plan: Map<number, UndoStep>;
  readonly #rows = new Map<number, Row>();
  readonly #children = new Map<number, number[]>();
  readonly #referrers = new Map<number, Referrer[]>();
  readonly #instances = new Map<number, number[]>();
  readonly #occupants = new Map<string, number | undefined>();
  readonly #holders = new Map<string, number[]>();
  readonly #types = new Map<number, ObjectType>();
  readonly #paths: PathFinder;
  /** Where objects will be: step targets over what is now. */
  #places = new Map<string, number[]>();
  clearings: UndoPlan["clearings"] = [];

  constructor(services: PlanServices, steps: readonly UndoStep[], known: Known) {
    this.#services = services;
    this.#transaction = services.transaction;
    this.#known = known;
    this.#plan = new Map(steps.map((step) => [step.id, step]));
    this.#paths = new PathFinder((ids) => lastPlaces(services.transaction, ids));
  }

  get steps(): UndoStep[] {
    return [...this.#plan.values()];
  }

  /** Looks up what the steps may collide with. */
  async load(): Promise<void> {
    const ids = new Set<number>();
    const going: number[] = [];
    for (const { id, current, target } of this.#plan.values()) {
      ids.add(id);
      if (target === null) going.push(id);
      for (const state of [current, target]) {
        if (state?.parentId != null) ids.add(state.parentId);
        if (state !== null) ids.add(state.typeId);
      }
      if (target === null) continue;
      const type = await this.#typeAfter(target.typeId);
      for (const field of type.fields) {
        const stored = target.data[field.id] ?? null;
        if (stored === null) continue;
        for (const one of field.kind.references?.(stored) ?? []) ids.add(one);
      }
    }
    await this.#loadRows(ids);
    await this.#services.access.load(ids);
    await this.#paths.paths(ids);
    await this.#loadChildren(going);
    await this.#loadReferrers(going);
    await this.#loadInstances(going);
  }

  /** The conflicts of what is still planned. */
  async run(): Promise<UndoConflict[]> {
    this.#types.clear();
    this.#places = new Map();
    for (const { id, target } of this.#plan.values()) {
      if (target === null) continue;
      append(this.#places, placeKey(target), id);
    }
    this.clearings = [];
    const found: UndoConflict[] = [];
    for (const step of this.#plan.values()) {
      const conflict =
        this.#checkSystem(step) ??
        (await this.#checkRights(step)) ??
        (step.target === null
          ? await this.#checkDelete(step)
          : ((await this.#checkPlace(step, step.target)) ??
            (await this.#checkValues(step, step.target))));
      if (conflict !== undefined) found.push(conflict);
    }
    return found;
  }

  drop(conflicts: readonly UndoConflict[]): void {
    for (const { id } of conflicts) this.#plan.delete(Number(id.split(":")[0]));
  }

  #checkSystem(step: UndoStep): UndoConflict | undefined {
    const { path, current, target } = step;
    if (current === null || !this.#isSystem(path)) return undefined;
    const isMoved =
      target === null || target.parentId !== current.parentId || target.name !== current.name;
    if (isMoved || target.typeId !== current.typeId) {
      return conflictOf(step, "object", "system", `${path} is part of the system`);
    }
    if (target.typeId !== this.#known.typeOfTypes) return undefined;
    try {
      assertKeepsShipped(path, asDefinition(target.data[definitionFieldId]));
    } catch {
      const message = `${path} would lose a field that it is shipped with`;
      return conflictOf(step, "fields", "system", message);
    }
    return undefined;
  }

  async #checkRights(step: UndoStep): Promise<UndoConflict | undefined> {
    const { id, path, current, target } = step;
    const needed: [number, Right][] = [];
    const parentId = target?.parentId ?? null;
    if (target === null) needed.push([id, "delete"]);
    else if (current === null) {
      // As its delete did: who may not do away with it may not bring it back either.
      needed.push([id, "delete"]);
      if (parentId !== null) needed.push([parentId, "write"]);
    } else {
      const isOtherPlace = current.parentId !== target.parentId;
      if (isOtherPlace || current.name !== target.name) needed.push([id, "write"]);
      if (isOtherPlace) needed.push([id, "delete"]);
      if (isOtherPlace && parentId !== null) needed.push([parentId, "write"]);
      const decidesRights =
        current.ownerId !== target.ownerId || !isSame({ ...current.grants }, { ...target.grants });
      if (decidesRights) needed.push([id, "manage"]);
      if (current.ownerId !== target.ownerId && !this.#services.mayOwn(target.ownerId)) {
        const message = `only administrators may give ${path} back to its former owner`;
        return conflictOf(step, "owner", "not-permitted", message);
      }
      const right = await this.#rightForValues(current, target);
      if (right !== undefined) needed.push([id, right]);
    }
    for (const [on, right] of needed) {
      if (await this.#services.access.has(on, right)) continue;
      const where = (await this.#paths.path(on)) ?? path;
      return conflictOf(step, "object", "not-permitted", `you may not ${right} ${where}`);
    }
    return undefined;
  }

  async #rightForValues(current: PastState, target: PastState): Promise<Right | undefined> {
    if (current.typeId !== target.typeId) return "write";
    const type = await this.#typeAfter(target.typeId);
    const ids = Object.keys({ ...current.data, ...target.data }).filter(
      (id) => !isSame(current.data[id], target.data[id]),
    );
    if (ids.length === 0) return undefined;
    const fields = ids.map((id) => type.fieldById(id));
    const needsManage = fields.some(
      (field) => field?.needsManage === true || field?.readRight === "manage",
    );
    return needsManage ? "manage" : "write";
  }

  async #checkDelete(step: UndoStep): Promise<UndoConflict | undefined> {
    const { id, path } = step;
    const staying = (this.#children.get(id) ?? []).filter((child) => {
      const planned = this.#plan.get(child);
      return planned === undefined || planned.target?.parentId === id;
    });
    if (staying.length > 0) {
      const message = `${path} holds objects that stay: ${await this.#name(staying)}`;
      return conflictOf(step, "object", "not-empty", message);
    }
    const instances = (this.#instances.get(id) ?? []).filter((one) => {
      const planned = this.#plan.get(one);
      return planned === undefined || planned.target?.typeId === id;
    });
    if (instances.length > 0) {
      const message = `objects that stay are of the type ${path}: ${await this.#name(instances)}`;
      return conflictOf(step, "object", "referred-to", message);
    }
    for (const { source_id: source, field_id: fieldId } of this.#referrers.get(id) ?? []) {
      if (!(await this.#stillRefers(source, fieldId, id))) continue;
      const type = await this.#typeAfter(this.#rows.get(source)?.type_id ?? 0);
      const field = type.fieldById(fieldId);
      if (field?.onDelete === "clear") this.clearings.push({ id: source, fieldId, targetId: id });
      else {
        const message = `${await this.#name([source])} refers to ${path}`;
        return conflictOf(step, "object", "referred-to", message);
      }
    }
    return undefined;
  }

  async #stillRefers(source: number, fieldId: string, id: number): Promise<boolean> {
    const planned = this.#plan.get(source);
    if (planned === undefined) return true;
    if (planned.target === null) return false;
    const field = (await this.#typeAfter(planned.target.typeId)).fieldById(fieldId);
    const stored = planned.target.data[fieldId] ?? null;
    return stored !== null && (field?.kind.references?.(stored).includes(id) ?? false);
  }

  async #checkPlace(step: UndoStep, target: PastState): Promise<UndoConflict | undefined> {
    const { current, path } = step;
    const { parentId } = target;
    if (current !== null && !this.#existsAfter(target.typeId)) {
      return conflictOf(step, "type", "type-gone", `the type of ${path} is not there any more`);
    }
    const isThere =
      current !== null && current.parentId === parentId && current.name === target.name;
    if (isThere || parentId === null) return undefined;
    const wanted = (await this.#paths.path(step.id)) ?? path;
    if (!this.#existsAfter(parentId)) {
      const message = `the directory of ${wanted} is not there any more`;
      return conflictOf(step, "directory", "directory-gone", message);
    }
    if (!this.#existsAfter(target.typeId)) {
      return conflictOf(step, "type", "type-gone", `the type of ${path} is not there any more`);
    }
    const directory = await this.#typeAfter(this.#typeIdAfter(parentId));
    if (directory.name !== "Directory" || this.#isBelowItself(step.id, parentId)) {
      const message = `${path} cannot go back into its directory, which is no directory for it now`;
      return conflictOf(step, "directory", "directory-gone", message);
    }
    const occupant = await this.#occupant(target);
    const leaves = occupant === undefined || this.#leaves(occupant, target);
    const others = (this.#places.get(placeKey(target)) ?? []).filter((id) => id < step.id);
    if (leaves && others.length === 0) return undefined;
    const taken = occupant !== undefined && !leaves ? occupant : others[0];
    const name = taken === undefined ? target.name : await this.#name([taken]);
    const message = `the name '${target.name}' is taken: ${name} stands there`;
    return conflictOf(step, "name", "name-taken", message);
  }

  #leaves(occupant: number, { parentId, name }: PastState): boolean {
    const planned = this.#plan.get(occupant);
    if (planned === undefined) return false;
    const { target } = planned;
    return target === null || target.parentId !== parentId || target.name !== name;
  }

  #isBelowItself(id: number, parentId: number): boolean {
    const seen = new Set<number>();
    for (let at: number | null = parentId; at !== null && !seen.has(at);) {
      if (at === id) return true;
      seen.add(at);
      const planned: UndoStep | undefined = this.#plan.get(at);
      at = planned?.target ? planned.target.parentId : (this.#rows.get(at)?.parent_id ?? null);
    }
    return false;
  }

  async #checkValues(step: UndoStep, target: PastState): Promise<UndoConflict | undefined> {
    const { id, current, path } = step;
    const type = await this.#typeAfter(target.typeId);
    for (const field of type.fields) {
      const stored = target.data[field.id] ?? null;
      const isKept =
        current !== null &&
        current.typeId === target.typeId &&
        isSame(current.data[field.id], target.data[field.id]);
      const gone = (field.kind.references?.(stored) ?? []).filter(
        (one) => stored !== null && !this.#existsAfter(one),
      );
      if (stored === null) continue;
      if (gone.length > 0) {
        const key = conflictId(id, `field:${field.id}`);
        if (this.#services.force === "all" || this.#services.force.has(key)) {
          target.data = { ...target.data, [field.id]: without(field, stored, gone) };
        } else if (!isKept) {
          const message = `what ${field.name} of ${path} referred to is not there any more`;
          return {
            ...conflictOf(step, field.name, "target-gone", message),
            id: key,
            isForceable: true,
          };
        }
      }
      if (isKept || !field.isUnique) continue;
      const other = await this.#otherHolder(id, type, field.id, stored);
      if (other !== undefined) {
        const message = `${await this.#name([other])} has the value of ${field.name} that ${path} had`;
        return conflictOf(step, field.name, "not-unique", message);
      }
    }
    return undefined;
  }

  /** Another object that has, or will have, a value that is to be unique. */
  async #otherHolder(
    id: number,
    type: ObjectType,
    fieldId: string,
    stored: NonNullable<PastState["data"][string]>,
  ): Promise<number | undefined> {
    const field = type.fieldById(fieldId);
    if (field === undefined) return undefined;
    const value = indexValue(field, stored);
    const key = JSON.stringify([type.id, fieldId, value]);
    let holders = this.#holders.get(key);
    if (holders === undefined) {
      const rows = await this.#transaction.all<{ object_id: number }>(
        `select object_id from ${indexTable(value)} where type_id = ? and field_id = ? and value = ?`,
        [type.id, fieldId, value],
      );
      holders = rows.map((row) => row.object_id);
      this.#holders.set(key, holders);
    }
    return holders.find((other) => {
      if (other === id) return false;
      const planned = this.#plan.get(other);
      if (planned === undefined) return true;
      return planned.target !== null && isSame(valueOf(field, planned.target.data), stored);
    });
  }

  async #occupant(target: PastState): Promise<number | undefined> {
    const key = placeKey(target);
    if (!this.#occupants.has(key)) {
      const row = await this.#transaction.get<{ id: number }>(
        "select id from object where parent_id = ? and name = ?",
        [target.parentId, target.name],
      );
      this.#occupants.set(key, row?.id);
    }
    return this.#occupants.get(key);
  }

  #existsAfter(id: number): boolean {
    const planned = this.#plan.get(id);
    return planned === undefined ? this.#rows.has(id) : planned.target !== null;
  }

  #typeIdAfter(id: number): number {
    return this.#plan.get(id)?.target?.typeId ?? this.#rows.get(id)?.type_id ?? 0;
  }

  /** A type with the fields that it will have. */
  async #typeAfter(id: number): Promise<ObjectType> {
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    const planned = this.#plan.get(id)?.target;
    const type = planned
      ? new ObjectType(id, planned.name, asDefinition(planned.data[definitionFieldId]))
      : await this.#known.types.get(id);
    this.#types.set(id, type);
    return type;
  }

  #isSystem(path: string): boolean {
    return isSystemPath(path) || this.#services.reader.virtual.paths.includes(path);
  }

  /** Names objects as far as the actor may see them. */
  async #name(ids: readonly number[]): Promise<string> {
    const readable = await this.#services.access.readable(ids);
    const paths = [...(await this.#paths.paths(readable)).values()];
    const shown = paths.slice(0, namedMax);
    const more = ids.length - shown.length;
    if (more > 0) shown.push(shown.length > 0 ? `${more} more` : "an object you may not read");
    return shown.join(", ");
  }

  async #loadRows(ids: Iterable<number>): Promise<void> {
    let missing = [...ids];
    // Directories up to the root, to see where a move would go round in a circle.
    while (missing.length > 0) {
      const rows = await inIdBatches<Row>(missing, (marks, batch) =>
        this.#transaction.all(
          `select id, parent_id, type_id from object where id in (${marks})`,
          batch,
        ),
      );
      for (const row of rows) this.#rows.set(row.id, row);
      missing = [...new Set(rows.flatMap((row) => row.parent_id ?? []))].filter(
        (id) => !this.#rows.has(id),
      );
    }
  }

  async #loadChildren(going: readonly number[]): Promise<void> {
    const rows = await inIdBatches<Row>(going, (marks, batch) =>
      this.#transaction.all(
        `select id, parent_id, type_id from object where parent_id in (${marks})`,
        batch,
      ),
    );
    for (const { id, parent_id: parentId } of rows) {
      if (parentId !== null) append(this.#children, parentId, id);
    }
  }

  async #loadReferrers(going: readonly number[]): Promise<void> {
    const rows = await inIdBatches<Referrer>(going, (marks, batch) =>
      this.#transaction.all(
        `select distinct source_id, field_id, target_id from object_reference
          where target_id in (${marks}) order by source_id, field_id`,
        batch,
      ),
    );
    for (const row of rows) append(this.#referrers, row.target_id, row);
    await this.#loadRows(rows.map((row) => row.source_id));
  }

  async #loadInstances(going: readonly number[]): Promise<void> {
    const types = going.filter((id) => this.#rows.get(id)?.type_id === this.#known.typeOfTypes);
    const rows = await inIdBatches<Row>(types, (marks, batch) =>
      this.#transaction.all(
        `select id, parent_id, type_id from object where type_id in (${marks})`,
        batch,
      ),
    );
    for (const { id, type_id: typeId } of rows) {
      append(this.#instances, typeId, id);
    }
  }
}

/** Objects that a conflict names. */
const namedMax = 5;

/** A value without its references to what is gone. */
function without(field: Field, stored: Json, gone: readonly number[]): Json {
  let rest = stored;
  for (const id of gone) {
    if (rest !== null) rest = field.kind.withoutReference?.(rest, id) ?? null;
  }
  return rest;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function placeKey({ parentId, name }: PastState): string {
  return `${parentId}/${name}`;
}

function conflictOf(
  { id, path }: UndoStep,
  what: string,
  reason: ConflictReason,
  message: string,
): UndoConflict {
  const conflict = conflictId(id, what);
  return { id: conflict, path, what, reason, message, changes: [], isForceable: false };
}
