/** Which objects an undo is about, and what of each: found in the history by what the request says. */
import { TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";
import { changedObjectsMax } from "./change-size.ts";
import { changeCondition, type ChangeFilter } from "./change-filter.ts";
import { pathsAt } from "./object-delta.ts";
import type { ObjectKey } from "./object-reader.ts";
import type { PastAccess } from "./past-access.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import { lastObjectAt, type PastReader } from "./past-reader.ts";
import { currentStates, stepsAfter, type HistoryStep, type PastState } from "./past-state.ts";
import { now, PastTypes } from "./past-types.ts";

/** What is to be taken back: the changes that fit all that is given, in the objects that fit all that is given. */
export interface UndoRequest extends ChangeFilter {
  /** Only this object. */
  object?: ObjectKey;
  /** Only these fields of it. */
  fields?: readonly string[];
  /** Only what is in or below this directory, or was. */
  below?: ObjectKey;
}

export interface Selected {
  id: number;
  current: PastState | null;
  /** Newest first, back to the first that is to be undone. */
  steps: HistoryStep[];
}

export interface Selection {
  objects: Selected[];
  /** The changes that are to be undone. */
  changes: ReadonlySet<number>;
  /** Field ids that it is limited to. */
  fieldIds: ReadonlySet<string> | undefined;
  /** Whether more was changed than the actor may see; that stays as it is. */
  isPartial: boolean;
}

export async function selectForUndo(
  transaction: Transaction,
  services: { access: PastAccess; present: PastReader },
  request: UndoRequest,
): Promise<Selection> {
  assertLimited(request);
  const { access, present } = services;
  const { condition, parameters } = await changeCondition(transaction, request);
  const only =
    request.object === undefined
      ? undefined
      : await lastObjectAt(transaction, present, request.object);
  const rows = await touchedBy(transaction, condition, parameters, only);
  const touched = [...new Set(rows.map((row) => row.object_id))];
  if (touched.length > changedObjectsMax) throw tooMany();
  const readable = await access.readable(touched);
  const first = rows.reduce((least, row) => Math.min(least, row.change_id), now);
  const below =
    request.below === undefined
      ? undefined
      : await lastObjectAt(transaction, present, request.below);
  const ids =
    below === undefined ? readable : await withinEver(transaction, readable, below, first - 1);
  const states = await currentStates(transaction, ids);
  const steps = await stepsAfter(transaction, ids, first - 1);
  return {
    objects: ids.map((id) => ({
      id,
      current: states.get(id) ?? null,
      steps: steps.get(id) ?? [],
    })),
    changes: new Set(rows.map((row) => row.change_id)),
    fieldIds: await fieldIdsOf(transaction, request, states, steps),
    isPartial: readable.length < touched.length,
  };
}

function assertLimited(request: UndoRequest): void {
  const { change, author, cause, from, to, fields, object } = request;
  if ([change, author, cause, from, to].every((part) => part === undefined)) {
    throw new TsunagiError("ARGUMENT_INVALID", "an undo needs to know which changes are meant", {
      hint: "give a change, an author, a cause, or the moment from which on",
    });
  }
  if (fields !== undefined && object === undefined) {
    throw new TsunagiError("ARGUMENT_INVALID", "fields are of one object: say of which");
  }
}

async function touchedBy(
  transaction: Transaction,
  condition: string,
  parameters: readonly SqlValue[],
  only: number | undefined,
): Promise<{ object_id: number; change_id: number }[]> {
  const changes = `change_id in (select id from object_change where ${condition})`;
  // One more than the number of objects that are taken would be enough, were it not for those changed often.
  const rowsMax = changedObjectsMax * 10;
  return only === undefined
    ? transaction.all(
        `select object_id, change_id from object_history where ${changes} order by object_id limit ?`,
        [...parameters, rowsMax],
      )
    : transaction.all(
        `select object_id, change_id from object_history where object_id = ? and ${changes} limit ?`,
        [only, ...parameters, rowsMax],
      );
}

/** Those that are in or below a directory, or were after a change. */
async function withinEver(
  transaction: Transaction,
  ids: readonly number[],
  directoryId: number,
  change: number,
): Promise<number[]> {
  const finders = [
    new PathFinder((some) => lastPlaces(transaction, some)),
    pathsAt(transaction, change),
  ];
  const found = new Set<number>();
  for (const finder of finders) {
    await finder.paths(ids);
    for (const id of ids) if (await finder.isWithin(id, directoryId)) found.add(id);
  }
  return ids.filter((id) => found.has(id));
}

async function fieldIdsOf(
  transaction: Transaction,
  { fields, object }: UndoRequest,
  states: ReadonlyMap<number, PastState>,
  steps: ReadonlyMap<number, HistoryStep[]>,
): Promise<Set<string> | undefined> {
  if (fields === undefined) return undefined;
  const types = new PastTypes(transaction, now);
  const [state] = states.values();
  const typeId = state?.typeId ?? [...steps.values()].flat().at(0)?.before.typeId;
  const type = typeId === undefined ? undefined : await types.get(typeId);
  const ids = new Set<string>();
  for (const name of fields) {
    const known = [...(type?.fields ?? []), ...(type?.retired ?? [])];
    const field = known.find((each) => each.name === name);
    if (field === undefined && type !== undefined) {
      throw new TsunagiError("VALUE_INVALID", `${object} (${type.name}) has no field '${name}'`, {
        details: { path: object, field: name },
        hint: `its fields are: ${type.fieldNames.join(", ") || "none"}`,
      });
    }
    if (field !== undefined) ids.add(field.id);
  }
  return ids;
}

function tooMany(): TsunagiError {
  return new TsunagiError(
    "LIMIT_EXCEEDED",
    `more than ${changedObjectsMax} objects are concerned, too many for one change`,
    { details: { limit: changedObjectsMax }, hint: "undo it directory by directory, with 'below'" },
  );
}
