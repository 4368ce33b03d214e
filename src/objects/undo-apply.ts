/**
 * Carries the plan of an undo out, in an order in which every row finds what it stands on: types before what is of
 * them, what goes before what takes its name, directories before what is in them, values when all that they refer
 * to is there. Asks nobody: that was done when the plan was made.
 */
import type { Transaction } from "#database";
import { joinPath } from "#kernel";
import type { ObjectTable } from "./object-table.ts";
import type { ObjectType } from "./object-type.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import type { PastState } from "./past-state.ts";
import type { TreeObject } from "./stored-object.ts";
import type { UndoPlan, UndoStep } from "./undo-step.ts";
import { isSame } from "./json.ts";

interface Services {
  transaction: Transaction;
  objects: ObjectTable;
  writer: ObjectWriter;
}

/** A step of an object that is there and stays. */
type Change = UndoStep & { current: PastState; target: PastState };
type Restore = UndoStep & { current: null; target: PastState };

export async function applyUndo(services: Services, plan: UndoPlan): Promise<void> {
  const { transaction, objects, writer } = services;
  const restores = byDepth(plan.steps.filter(isRestore));
  const changes = plan.steps.filter(isChange);
  const going = plan.steps.filter(({ target }) => target === null);
  const typeOfTypes = (await objects.types.getByName(transaction, "Type")).id;
  const isType = ({ current, target }: UndoStep): boolean =>
    (target ?? current)?.typeId === typeOfTypes;

  for (const { id, fieldId, targetId } of plan.clearings) {
    await writer.clearReference(id, fieldId, targetId);
  }
  for (const step of restores.filter(isType)) await restore(services, step);
  await changeValues(services, changes.filter(isType));
  await remove(
    services,
    going.filter((step) => !isType(step)),
  );

  const moved = changes.filter(isMoved);
  await park(services, moved, [...restores, ...moved]);
  const others = restores.filter((step) => !isType(step));
  for (const { id, target, path, lastRevision } of others) {
    await writer.restore(id, target, { path, lastRevision });
  }
  await move(services, moved);
  const types = new Map<number, ObjectType | undefined>();
  for (const { id, target } of others) {
    const { typeId } = target;
    if (!types.has(typeId)) types.set(typeId, await objects.types.byId(transaction, typeId));
    const type = types.get(typeId);
    if (type !== undefined) await writer.derive(type, id, target);
  }
  await changeValues(
    services,
    changes.filter((step) => !isType(step)),
  );
  await changeRights(services, changes);
  await remove(services, going.filter(isType));
}

async function restore({ transaction, objects, writer }: Services, step: Restore): Promise<void> {
  const { id, target, path, lastRevision } = step;
  await writer.restore(id, target, { path, lastRevision });
  const type = await objects.types.byId(transaction, target.typeId);
  if (type !== undefined) await writer.derive(type, id, target);
}

async function changeValues(services: Services, steps: readonly Change[]): Promise<void> {
  const different = steps.filter(
    ({ current, target }) => current.typeId !== target.typeId || !isSame(current.data, target.data),
  );
  const found = await load(services, different);
  for (const { id, target } of different) {
    const object = found.get(id);
    const type = await services.objects.types.byId(services.transaction, target.typeId);
    if (object !== undefined && type !== undefined) {
      await services.writer.update(object, type, target.data);
    }
  }
}

/** The objects of a plan who may do what with which changes. */
export function withOtherRights({ steps }: UndoPlan): number[] {
  return steps
    .filter(isChange)
    .filter(mayChangeManagers)
    .map(({ id }) => id);
}

function hasOtherRights({ current, target }: Change): boolean {
  return current.ownerId !== target.ownerId || !isSame({ ...current.grants }, { ...target.grants });
}

/** Whether others may manage it then: by its own rights, or by those of where it stands. */
function mayChangeManagers(step: Change): boolean {
  return hasOtherRights(step) || step.current.parentId !== step.target.parentId;
}

async function changeRights(services: Services, steps: readonly Change[]): Promise<void> {
  const different = steps.filter(hasOtherRights);
  const found = await load(services, different);
  for (const { id, current, target } of different) {
    const object = found.get(id);
    if (object === undefined) continue;
    await services.writer.setOwner(object, target.ownerId);
    const subjects = new Set([...Object.keys(current.grants), ...Object.keys(target.grants)]);
    for (const subject of subjects) {
      await services.writer.grant(object, subject, target.grants[subject] ?? 0);
    }
  }
}

async function remove(services: Services, steps: readonly UndoStep[]): Promise<void> {
  const found = await load(services, steps);
  await services.writer.removeAll([...found.values()]);
}

/** Takes those out of the way whose places others of the plan get. */
async function park(
  services: Services,
  moved: readonly Change[],
  arriving: readonly UndoStep[],
): Promise<void> {
  const wanted = new Set(arriving.map(({ target }) => target && placeKey(target)));
  const inTheWay = moved.filter(({ current }) => wanted.has(placeKey(current)));
  const found = await load(services, inTheWay);
  for (const { id, current } of inTheWay) {
    const object = found.get(id);
    // No object has such a name, so that none is in the way of this one.
    if (object !== undefined) {
      await services.writer.move(object, { id: current.parentId ?? 0 }, `/${parkedName(id)}`);
    }
  }
}

async function move(services: Services, moved: readonly Change[]): Promise<void> {
  const found = await load(services, moved);
  for (const { id, target } of moved) {
    const object = found.get(id);
    if (object === undefined || target.parentId === null) continue;
    await services.writer.move(object, { id: target.parentId }, joinPath("/", target.name));
  }
}

async function load(
  { transaction, objects }: Services,
  steps: readonly UndoStep[],
): Promise<Map<number, TreeObject>> {
  const finder = new PathFinder((ids) => lastPlaces(transaction, ids));
  return objects.byIds(transaction, await finder.paths(steps.map(({ id }) => id)));
}

/** Directories before what is restored into them. */
function byDepth(steps: readonly Restore[]): Restore[] {
  const planned = new Map(steps.map((step) => [step.id, step]));
  const sorted = new Set<Restore>();
  const add = (step: Restore): void => {
    if (sorted.has(step)) return;
    const parent = planned.get(step.target.parentId ?? 0);
    if (parent !== undefined) add(parent);
    sorted.add(step);
  };
  for (const step of steps) add(step);
  return [...sorted];
}

function isRestore(step: UndoStep): step is Restore {
  return step.current === null && step.target !== null;
}

function isChange(step: UndoStep): step is Change {
  return step.current !== null && step.target !== null;
}

function isMoved({ current, target }: Change): boolean {
  return current.parentId !== target.parentId || current.name !== target.name;
}

function placeKey({ parentId, name }: PastState): string {
  return `${parentId}/${name}`;
}

function parkedName(id: number): string {
  return `.undo-${id}`;
}
