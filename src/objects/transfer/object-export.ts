/**
 * Objects as an import takes them again, page by page: what the actor may read, and nothing that changes by itself.
 * Passwords are only masks.
 */
import type { Transaction } from "#database";
import { TsunagiError } from "#kernel";
import { ownGrants } from "../acl.ts";
import type { Actor } from "../actor.ts";
import { showValue } from "../document.ts";
import type { ReadContext } from "../field-kind.ts";
import type { Json } from "../json.ts";
import { subjectName } from "../object-delta.ts";
import type { FindQuery, ObjectFinder } from "../object-finder.ts";
import type { ObjectPast } from "../object-past.ts";
import type { ObjectReader } from "../object-reader.ts";
import type { ObjectType } from "../object-type.ts";
import { fromRightSet, hasRight, type Right } from "../rights.ts";
import { isTreeObject, type TreeObject } from "../stored-object.ts";
import { isSystemPath, shippedTypes, typesPath } from "../system-tree.ts";

export interface ExportQuery extends FindQuery {
  sort?: string;
  cursor?: string;
  limit: number;
  /** Only these: fields, or ways such as `rack.site.name`; else all fields. */
  select?: readonly string[];
  /** As it was at a moment; only what was in or below the object at `below`. */
  asOf?: string;
  /** Only what is stored, without empty values, defaults and what every installation has; with grants. */
  isCompact?: boolean;
}

export interface ExportedObject {
  path: string;
  type: string;
  fields: Record<string, Json>;
  grants?: Record<string, Right[]>;
}

export interface ExportPage {
  objects: ExportedObject[];
  /** The kind of each field, by type and name. */
  kinds: Record<string, Record<string, string>>;
  next: string | null;
}

export interface ExportServices {
  reader: ObjectReader;
  finder: ObjectFinder;
  past: ObjectPast;
  context: (transaction: Transaction) => ReadContext;
}

/** Objects that an export of the past holds at most. */
const pastMax = 100_000;

export async function exportPage(
  services: ExportServices,
  transaction: Transaction,
  actor: Actor,
  query: ExportQuery,
): Promise<ExportPage> {
  if (query.asOf !== undefined) return exportPast(services, transaction, actor, query, query.asOf);
  const { finder } = services;
  const { select, isCompact, asOf: _asOf, ...find } = query;
  // All is below the root, also for who may not read it.
  const below = find.below === "/" ? undefined : find.below;
  const page = await finder.page(transaction, actor, { sort: "id", ...find, below });
  const context = services.context(transaction);
  const objects: ExportedObject[] = [];
  const kinds: ExportPage["kinds"] = {};
  for (const object of page.items) {
    if (!isTreeObject(object)) continue;
    if (isCompact === true && isOfEveryInstallation(object)) continue;
    kinds[object.type] ??= kindsOf(object.content.type);
    const { path, type } = object;
    if (select === undefined) {
      const fields = await fieldsOf(object, context, isCompact === true);
      const grants = isCompact === true ? await grantsOn(services, transaction, actor, object) : {};
      objects.push({ path, type, fields, ...grants });
    } else {
      const fields: [string, Json][] = [];
      for (const way of select) {
        fields.push([way, await finder.valueAt(transaction, actor, object, way.split("."))]);
      }
      objects.push({ path, type, fields: Object.fromEntries(fields) });
    }
  }
  return { objects, kinds, next: page.next };
}

/** All at once: the past is worked out for a whole directory together. */
async function exportPast(
  { past }: ExportServices,
  transaction: Transaction,
  actor: Actor,
  { search, directory, below, type, select }: ExportQuery,
  asOf: string,
): Promise<ExportPage> {
  if (search !== undefined || directory !== undefined) {
    throw new TsunagiError("ARGUMENT_INVALID", "the past cannot be searched for an export", {
      hint: "export all that was below a directory, of a type if need be",
    });
  }
  const then = await past.at(transaction, actor, asOf);
  const [, ...found] = await then.subtree(below ?? "/", pastMax);
  const objects: ExportedObject[] = [];
  const kinds: ExportPage["kinds"] = {};
  for (const object of found) {
    if (type !== undefined && object.type !== type) continue;
    kinds[object.type] ??= kindsOf(object.content.type);
    const { path, fields } = await then.toDocument(object);
    const shown = Object.entries(fields).filter(([name]) => select?.includes(name) ?? true);
    objects.push({ path, type: object.type, fields: Object.fromEntries(shown) });
  }
  return { objects, kinds, next: null };
}

async function fieldsOf(
  object: TreeObject,
  context: ReadContext,
  isCompact: boolean,
): Promise<Record<string, Json>> {
  const { type, data } = object.content;
  if (!isCompact) {
    const shown: [string, Json][] = [];
    for (const field of type.fields) {
      const stored = data[field.id] === undefined ? field.default : (data[field.id] ?? null);
      shown.push([field.name, await showValue(field, stored, context)]);
    }
    return Object.fromEntries(shown);
  }
  const kept: [string, Json][] = [];
  for (const field of type.fields) {
    const stored = data[field.id];
    // Nothing stands for nothing, unless there is a default that would.
    if (stored === undefined || (stored === null && field.default === null)) continue;
    const shown = await showValue(field, stored, context);
    kept.push([
      field.name,
      object.type === "Type" && field.name === "fields" ? withoutIds(shown) : shown,
    ]);
  }
  return Object.fromEntries(kept);
}

/** The numbers by which an installation keeps values are its own. */
function withoutIds(fields: Json): Json {
  if (!Array.isArray(fields)) return fields;
  return fields.map((field) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    const { id: _id, ...rest } = field;
    return rest;
  });
}

/** Only who may manage an object sees what is granted on it. */
async function grantsOn(
  { reader }: ExportServices,
  transaction: Transaction,
  actor: Actor,
  object: TreeObject,
): Promise<{ grants?: Record<string, Right[]> }> {
  const rights = await reader.rights(transaction, actor, object);
  if (!hasRight(rights, "manage")) return {};
  const grants: [string, Right[]][] = [];
  for (const [subject, set] of await ownGrants(transaction, object.id)) {
    grants.push([await subjectName(transaction, subject), fromRightSet(set)]);
  }
  return grants.length === 0 ? {} : { grants: Object.fromEntries(grants) };
}

/** Made by the installation itself, and left as it was. */
function isOfEveryInstallation({ path, name, content }: TreeObject): boolean {
  if (!isSystemPath(path)) return false;
  if (!path.startsWith(`${typesPath}/`)) return true;
  const shipped = Object.hasOwn(shippedTypes, name) ? shippedTypes[name] : undefined;
  return (
    shipped === undefined || content.type.fields.length === 0 || isAsShipped(content.data, shipped)
  );
}

function isAsShipped(data: Record<string, Json>, shipped: readonly { name: string }[]): boolean {
  const definition = Object.values(data).find(
    (value) => typeof value === "object" && value !== null && "fields" in value,
  ) as { fields: { name: string }[] } | undefined;
  const names = definition?.fields.map(({ name }) => name) ?? [];
  return names.length === shipped.length && names.every((name, at) => shipped[at]?.name === name);
}

function kindsOf(type: ObjectType): Record<string, string> {
  return Object.fromEntries(type.fields.map(({ name, kind }) => [name, kind.name]));
}
