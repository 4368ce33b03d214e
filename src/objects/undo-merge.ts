/**
 * What an undo makes of one object. Pure: from its states and steps, and from which of the steps are to be undone.
 *
 * An object is taken apart into aspects (each field, its name, its directory, its owner, each grant, its type), so
 * that changes of different aspects are not in each other's way. Of an aspect, the changes that are meant are
 * taken back if nothing came after them, or if what came after them has led back to what they wrote. Anything
 * else is a conflict: a later change would be overwritten unseen.
 *
 *     status  ok ─(41)→ down ─(57)→ repair      undo of 41: conflict with 57; undo of both: ok
 */
import { isSame, type Json, type JsonObject } from "./json.ts";
import { stateBefore, type HistoryStep, type PastState } from "./past-state.ts";
import type { RightSet } from "./rights.ts";
import { asDefinition, type FieldSpec } from "./type-definition.ts";
import { definitionFieldId } from "./type-table.ts";

/** `name`, `directory`, `owner`, `type`, `field:ID`, `grant:SUBJECT`, or `object` for its being there at all. */
export type Aspect = string;

export interface AspectConflict {
  aspect: Aspect;
  /** Later changes that are in the way, oldest first. */
  changes: number[];
  /** Whether it can be overwritten all the same, when that is asked for. */
  isForceable: boolean;
}

export interface Merged {
  /** What the object shall be; null: not there. */
  target: PastState | null;
  conflicts: AspectConflict[];
}

export interface MergeOptions {
  /** Whether a change is one of those that are to be undone. */
  isMeant: (change: number) => boolean;
  /** Whether a conflict is to be overwritten. */
  isForced: (aspect: Aspect) => boolean;
  /** Of these aspects only. */
  only?: ReadonlySet<Aspect>;
  /** Whether the object is a type, whose definition never forgets a field. */
  isType: boolean;
}

interface Link {
  change: number;
  isMeant: boolean;
  before: PastState | null;
  after: PastState | null;
}

/** `steps` are newest first, and reach back to the first that is to be undone. */
export function mergeUndo(
  current: PastState | null,
  steps: readonly HistoryStep[],
  options: MergeOptions,
): Merged {
  const links = chain(current, steps, options);
  const unchanged: Merged = { target: current, conflicts: [] };
  const first = links.at(0);
  const last = links.findLast((link) => link.isMeant);
  if (first === undefined || last === undefined) return unchanged;
  const isWhole = options.only === undefined;
  if (current === null) {
    if (!isWhole || first.before === null) return unchanged;
    if (last.after !== null) return withConflict(current, "object", laterThan(links, last), false);
    const earlier = links.slice(0, links.indexOf(last));
    return mergeAspects(last.before, earlier, options);
  }
  if (first.before !== null || !isWhole) return mergeAspects(current, links, options);
  const foreign = links.filter((link) => !link.isMeant).map((link) => link.change);
  const isFree = foreign.length === 0 || isSameState(current, last.after);
  if (isFree || options.isForced("object")) return { target: null, conflicts: [] };
  return withConflict(current, "object", foreign, true);
}

/** Oldest first, from the first change that is to be undone. */
function chain(
  current: PastState | null,
  steps: readonly HistoryStep[],
  { isMeant }: MergeOptions,
): Link[] {
  const links: Link[] = [];
  let after = current;
  for (const step of steps) {
    const before = stateBefore(after, step);
    links.push({ change: step.changeId, isMeant: isMeant(step.changeId), before, after });
    after = before;
  }
  links.reverse();
  const first = links.findIndex((link) => link.isMeant);
  return first < 0 ? [] : links.slice(first);
}

interface Write {
  change: number;
  isMeant: boolean;
  before: Json | undefined;
  after: Json | undefined;
}

function mergeAspects(
  current: PastState | null,
  links: readonly Link[],
  options: MergeOptions,
): Merged {
  if (current === null) return { target: null, conflicts: [] };
  const conflicts: AspectConflict[] = [];
  const view = viewOf(links, options);
  const target = view(current);
  for (const [aspect, writes] of writesOf(links, view, options)) {
    const outcome = undoWrites(writes, target.get(aspect), view.isSame);
    if (outcome === undefined) continue;
    if (outcome.inTheWay.length > 0 && !options.isForced(aspect)) {
      conflicts.push({ aspect, changes: outcome.inTheWay, isForceable: true });
    } else if (outcome.value === undefined) target.delete(aspect);
    else target.set(aspect, outcome.value);
  }
  return { target: withAspects(current, target, options.isType), conflicts };
}

/** What an aspect is to become; undefined if there is nothing to be done. */
function undoWrites(
  writes: readonly Write[],
  current: Json | undefined,
  same: (a: Json | undefined, b: Json | undefined) => boolean,
): { value: Json | undefined; inTheWay: number[] } | undefined {
  const end = writes.findLastIndex((write) => write.isMeant);
  const last = writes[end];
  if (last === undefined) return undefined;
  // The changes that are meant, one directly after the other, up to the last of them.
  let start = end;
  while (writes[start - 1]?.isMeant === true) start -= 1;
  const value = writes[start]?.before;
  if (same(current, value)) return undefined;
  const later = writes.slice(end + 1).map((write) => write.change);
  return { value, inTheWay: same(current, last.after) ? [] : later };
}

/** What was written of each aspect that a meant change wrote, oldest first. */
function writesOf(
  links: readonly Link[],
  view: View,
  { only }: MergeOptions,
): Map<Aspect, Write[]> {
  const writes = new Map<Aspect, Write[]>();
  const meant = new Set<Aspect>();
  let known = new Map<Aspect, Json>();
  for (const [index, { change, isMeant, before, after }] of links.entries()) {
    if (index === 0 && before !== null) known = view(before);
    // What is not there has no aspects; what is there again goes on from what it was.
    if (after === null) continue;
    const now = view(after);
    for (const aspect of new Set([...known.keys(), ...now.keys()])) {
      const [was, is] = [known.get(aspect), now.get(aspect)];
      if (view.isSame(was, is) || only?.has(aspect) === false) continue;
      const list = writes.get(aspect) ?? [];
      list.push({ change, isMeant, before: was, after: is });
      writes.set(aspect, list);
      if (isMeant) meant.add(aspect);
    }
    known = now;
  }
  return new Map([...writes].filter(([aspect]) => meant.has(aspect)));
}

/** An object's state as aspects. */
interface View {
  (state: PastState): Map<Aspect, Json>;
  isSame: (a: Json | undefined, b: Json | undefined) => boolean;
}

function viewOf(links: readonly Link[], { isType }: MergeOptions): View {
  const types = new Set(
    links.flatMap(({ before, after }) => [before?.typeId ?? [], after?.typeId ?? []].flat()),
  );
  // Under another type the ids of fields mean others: the values are then taken as one.
  const isOneContent = types.size > 1;
  const view = (state: PastState): Map<Aspect, Json> => {
    const aspects = new Map<Aspect, Json>([
      ["name", state.name],
      ["directory", state.parentId],
      ["owner", state.ownerId],
    ]);
    if (isOneContent) aspects.set("type", { type: state.typeId, data: state.data });
    else {
      for (const [id, value] of Object.entries(state.data)) aspects.set(`field:${id}`, value);
    }
    for (const [subject, rights] of Object.entries(state.grants)) {
      aspects.set(`grant:${subject}`, rights);
    }
    return aspects;
  };
  return Object.assign(view, {
    isSame: isType
      ? (a: Json | undefined, b: Json | undefined) => isSame(shownDefinition(a), shownDefinition(b))
      : isSame,
  });
}

/** Of a type's definition, what people see: its fields; what is retired is only remembered. */
function shownDefinition(value: Json | undefined): Json | undefined {
  const isDefinition =
    value !== null && typeof value === "object" && !Array.isArray(value) && "next" in value;
  return isDefinition ? asDefinition(value).fields : value;
}

function withAspects(
  state: PastState,
  aspects: ReadonlyMap<Aspect, Json>,
  isType: boolean,
): PastState {
  const content = aspects.get("type") as { type: number; data: JsonObject } | undefined;
  const fields: [string, Json][] = [];
  const grants: [string, RightSet][] = [];
  for (const [aspect, value] of aspects) {
    if (aspect.startsWith("field:")) fields.push([aspect.slice("field:".length), value]);
    if (aspect.startsWith("grant:")) grants.push([aspect.slice("grant:".length), Number(value)]);
  }
  const data = content?.data ?? inOrderOf(state.data, fields);
  const definition = data[definitionFieldId];
  return {
    ...state,
    name: aspects.get("name") as string,
    parentId: aspects.get("directory") as number | null,
    ownerId: Number(aspects.get("owner")),
    typeId: content?.type ?? state.typeId,
    data:
      isType && definition !== undefined
        ? { ...data, [definitionFieldId]: remembering(definition, state.data[definitionFieldId]) }
        : data,
    grants: Object.fromEntries(grants),
  };
}

function inOrderOf(data: JsonObject, fields: readonly [string, Json][]): JsonObject {
  const all = Object.fromEntries(fields);
  const known = Object.keys(data).filter((id) => Object.hasOwn(all, id));
  return {
    ...Object.fromEntries(known.map((id): [string, Json] => [id, all[id] ?? null])),
    ...all,
  };
}

/** An earlier definition that gives no id of a later field away: its values would be read as what they are not. */
function remembering(earlier: Json, current: Json | undefined): Json {
  const [was, is] = [asDefinition(earlier), asDefinition(current)];
  const known = new Set([...was.fields, ...was.retired].map((spec) => spec.id));
  const later: FieldSpec[] = [...is.fields, ...is.retired].filter((spec) => !known.has(spec.id));
  return {
    ...was,
    next: Math.max(was.next, is.next),
    retired: [...was.retired, ...later],
  };
}

/** Whether two states differ in nothing that people see. */
export function isSameState(a: PastState | null, b: PastState | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.name === b.name &&
    a.parentId === b.parentId &&
    a.typeId === b.typeId &&
    a.ownerId === b.ownerId &&
    isSameRecord(a.data, b.data) &&
    isSameRecord(a.grants, b.grants)
  );
}

function isSameRecord(a: JsonObject, b: JsonObject): boolean {
  const ids = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...ids].every((id) => isSame(a[id], b[id]));
}

function laterThan(links: readonly Link[], last: Link): number[] {
  return links.slice(links.indexOf(last) + 1).map((link) => link.change);
}

function withConflict(
  target: PastState | null,
  aspect: Aspect,
  changes: number[],
  isForceable: boolean,
): Merged {
  return { target, conflicts: [{ aspect, changes, isForceable }] };
}
