/**
 * The plan of an undo: what every object is to become, and what is in the way. Made without writing anything, so
 * that a preview costs the writer nothing.
 *
 * First each object for itself ({@link mergeUndo}), then all of them together: whether names are free, directories
 * there, references kept, unique values unique, and whether the actor may do by hand what is to be done. What does
 * not go is a conflict and leaves the plan; as that may be what others stand on, it is looked at again until
 * nothing more leaves.
 */
import type { Transaction } from "#database";
import { deltaOf, pathsAt, type ObjectDelta } from "./object-delta.ts";
import { changeHeads } from "./history-view.ts";
import { lastPlaces, PathFinder, type Place } from "./past-place.ts";
import { now, PastTypes } from "./past-types.ts";
import type { PastAccess } from "./past-access.ts";
import { checkTogether } from "./undo-checks.ts";
import { isSameState, mergeUndo, type Aspect } from "./undo-merge.ts";
import type { Selection } from "./undo-selection.ts";
import {
  conflictId,
  type PlanServices,
  type UndoConflict,
  type UndoPlan,
  type UndoStep,
} from "./undo-step.ts";

/** `place` puts one of the objects elsewhere than it was. */
export async function planUndo(
  services: PlanServices,
  selection: Selection,
  place?: Place & { id: number },
): Promise<UndoPlan> {
  const { transaction, reader, force } = services;
  const types = new PastTypes(transaction, now);
  const typeOfTypes = (await reader.objects.types.getByName(transaction, "Type")).id;
  const paths = new PathFinder((ids) => lastPlaces(transaction, ids));
  const known = await paths.paths(selection.objects.map(({ id }) => id));
  const only = selection.fieldIds && new Set([...selection.fieldIds].map((id) => `field:${id}`));
  const steps: UndoStep[] = [];
  const conflicts: UndoConflict[] = [];
  for (const { id, current, steps: history } of selection.objects) {
    const path = known.get(id) ?? `#${id}`;
    const last = current ?? { typeId: history[0]?.before.typeId ?? 0 };
    const merged = mergeUndo(current, history, {
      isMeant: (change) => selection.changes.has(change),
      isForced: (aspect) => force === "all" || force.has(conflictId(id, aspect)),
      isType: last.typeId === typeOfTypes,
      ...(only === undefined ? {} : { only }),
    });
    for (const { aspect, changes, isForceable } of merged.conflicts) {
      const isGone = current === null;
      const what = await aspectName(types, last.typeId, aspect);
      conflicts.push({
        id: conflictId(id, aspect),
        path,
        what,
        reason: isGone ? "deleted" : "changed",
        message: isGone ? `${path} was deleted later` : `${what} of ${path} was changed later`,
        changes: [...(await changeHeads(transaction, changes)).values()],
        isForceable,
      });
    }
    if (isSameState(current, merged.target)) continue;
    const lastRevision = current?.revision ?? history[0]?.revision ?? 0;
    const { target } = merged;
    if (target !== null && place?.id === id) {
      target.parentId = place.parentId;
      target.name = place.name;
    }
    steps.push({ id, path, current, target, lastRevision });
  }
  const checked = await checkTogether(services, steps, { types, typeOfTypes });
  return {
    steps: checked.steps,
    conflicts: [...conflicts, ...checked.conflicts],
    clearings: checked.clearings,
    isPartial: selection.isPartial,
  };
}

/** A step as people read it in a preview: what is now, and what shall be. */
export interface ShownStep extends ObjectDelta {
  object: number;
  objectPath: string;
  action: "restore" | "delete" | "change";
}

export async function showSteps(
  transaction: Transaction,
  access: PastAccess,
  steps: readonly UndoStep[],
): Promise<ShownStep[]> {
  const types = new PastTypes(transaction, now);
  const places = new Map(
    steps.flatMap(({ id, target }) => (target === null ? [] : [[id, target]])),
  );
  const present = pathsAt(transaction, now);
  const planned = new PathFinder(async (ids) => {
    const found = await lastPlaces(transaction, ids);
    for (const id of ids) {
      const place = places.get(id);
      if (place !== undefined) found.set(id, place);
    }
    return found;
  });
  const shown: ShownStep[] = [];
  for (const { id, path, current, target } of steps) {
    const delta = await deltaOf(
      transaction,
      access,
      id,
      { state: current, types, paths: present },
      { state: target, types, paths: planned },
    );
    const action = target === null ? "delete" : current === null ? "restore" : "change";
    shown.push({ object: id, objectPath: path, action, ...delta });
  }
  return shown;
}

async function aspectName(types: PastTypes, typeId: number, aspect: Aspect): Promise<string> {
  if (aspect.startsWith("grant:")) return "grants";
  if (!aspect.startsWith("field:")) return aspect;
  const id = aspect.slice("field:".length);
  return (await types.get(typeId)).fieldById(id)?.name ?? aspect;
}
