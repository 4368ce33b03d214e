/**
 * Objects as an import takes them again, page by page: what the actor may read, and nothing that changes by itself.
 * Passwords are only masks.
 */
import type { Transaction } from "#database";
import { ownGrants } from "../acl.ts";
import type { Actor } from "../actor.ts";
import { showValue } from "../document.ts";
import { userName } from "../field-context.ts";
import type { ReadContext } from "../field-kind.ts";
import type { Json } from "../json.ts";
import { subjectName } from "../object-delta.ts";
import type { FindQuery, ObjectFinder } from "../object-finder.ts";
import type { ObjectPast } from "../object-past.ts";
import { pastObjectsMax } from "../past-search.ts";
import type { ObjectReader } from "../object-reader.ts";
import type { Field, ObjectType } from "../object-type.ts";
import { fromRightSet, hasRight, type Right } from "../rights.ts";
import { isTreeObject, type StoredObject, type TreeObject } from "../stored-object.ts";
import { isSystemPath, shippedTypes, typesPath } from "../system-tree.ts";

export interface ExportQuery extends FindQuery {
  sort?: string;
  cursor?: string;
  limit: number;
  /** Only these: fields, or ways such as `rack.site.name`; else all fields. */
  select?: readonly string[];
  /** As it was at a moment. */
  asOf?: string;
  /** Only what is stored, without empty values, defaults and what every installation has; with grants. */
  isCompact?: boolean;
  /** With the names of the owners. */
  withOwners?: boolean;
}

export interface ExportedObject {
  path: string;
  type: string;
  fields: Record<string, Json>;
  grants?: Record<string, Right[]>;
  owner?: string;
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

export async function exportPage(
  services: ExportServices,
  transaction: Transaction,
  actor: Actor,
  query: ExportQuery,
): Promise<ExportPage> {
  if (query.asOf !== undefined) return exportPast(services, transaction, actor, query, query.asOf);
  const { finder } = services;
  const { select, isCompact, withOwners, asOf: _asOf, ...find } = query;
  // All is below the root, also for who may not read it.
  const below = find.below === "/" ? undefined : find.below;
  const page = await finder.page(transaction, actor, { sort: "id", ...find, below });
  const context = services.context(transaction);
  const objects: ExportedObject[] = [];
  const kinds: ExportPage["kinds"] = {};
  for (const object of page.items) {
    if (!isTreeObject(object)) {
      // It is no file of a tree: nothing makes it again.
      if (isCompact === true) continue;
      const shown = object.content.kind === "virtual" ? object.content.fields : {};
      const fields =
        select === undefined
          ? shown
          : await valuesAt(finder, transaction, actor, { object, ways: select });
      objects.push({ path: object.path, type: object.type, fields });
      kinds[object.type] ??= Object.fromEntries(Object.keys(shown).map((name) => [name, ""]));
      continue;
    }
    if (isCompact === true && isOfEveryInstallation(object)) continue;
    const grants =
      isCompact === true && select === undefined
        ? await grantsOn(services, transaction, actor, object)
        : {};
    if (isCompact === true && grants.grants === undefined && isMount(services, object)) continue;
    kinds[object.type] ??= kindsOf(object.content.type);
    const { path, type } = object;
    if (select === undefined) {
      const show: Show = (field, stored) => showValue(field, stored, context);
      const fields = await fieldsOf(object, show, isCompact === true);
      const owner = withOwners === true ? await ownerOf(transaction, object) : {};
      objects.push({ path, type, ...owner, fields, ...grants });
    } else {
      const fields = await valuesAt(finder, transaction, actor, { object, ways: select });
      objects.push({ path, type, fields });
    }
  }
  return { objects, kinds, next: page.next };
}

async function valuesAt(
  finder: ObjectFinder,
  transaction: Transaction,
  actor: Actor,
  { object, ways }: { object: StoredObject; ways: readonly string[] },
): Promise<Record<string, Json>> {
  const values: [string, Json][] = [];
  for (const way of ways) {
    values.push([way, await finder.valueAt(transaction, actor, object, way.split("."))]);
  }
  return Object.fromEntries(values);
}

/** All at once: the past is worked out for all objects together. */
async function exportPast(
  services: ExportServices,
  transaction: Transaction,
  actor: Actor,
  { search, directory, below, type, sort = "id", select, isCompact, withOwners }: ExportQuery,
  asOf: string,
): Promise<ExportPage> {
  const then = await services.past.search(transaction, actor, asOf);
  const { items } = await then.page({
    search,
    type,
    below: below === "/" ? undefined : below,
    directory: directory === undefined ? undefined : String(directory),
    sort,
    limit: pastObjectsMax,
  });
  const objects: ExportedObject[] = [];
  const kinds: ExportPage["kinds"] = {};
  for (const object of items) {
    const isEverywhere = isOfEveryInstallation(object) || isMount(services, object);
    if (isCompact === true && isEverywhere) continue;
    kinds[object.type] ??= kindsOf(object.content.type);
    const { path } = object;
    if (select === undefined) {
      const show: Show = (field, stored) => then.show(field, stored);
      const fields = await fieldsOf(object, show, isCompact === true);
      const owner = withOwners === true ? await ownerOf(transaction, object) : {};
      objects.push({ path, type: object.type, ...owner, fields });
      continue;
    }
    const fields: [string, Json][] = [];
    for (const way of select) fields.push([way, await then.valueAt(object, way.split("."))]);
    objects.push({ path, type: object.type, fields: Object.fromEntries(fields) });
  }
  return { objects, kinds, next: null };
}

/** Shows a value as it counts at the moment of the export. */
type Show = (field: Field, stored: Json) => Promise<Json>;

async function fieldsOf(
  object: TreeObject,
  show: Show,
  isCompact: boolean,
): Promise<Record<string, Json>> {
  const { type, data } = object.content;
  if (!isCompact) {
    const shown: [string, Json][] = [];
    for (const field of type.fields) {
      const stored = data[field.id] === undefined ? field.default : (data[field.id] ?? null);
      shown.push([field.name, await show(field, stored)]);
    }
    return Object.fromEntries(shown);
  }
  const kept: [string, Json][] = [];
  for (const field of type.fields) {
    const stored = data[field.id];
    // Nothing stands for nothing, unless there is a default that would.
    if (stored === undefined || (stored === null && field.default === null)) continue;
    const shown = await show(field, stored);
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

/** What the house itself has made has no owner that could be given. */
async function ownerOf(
  transaction: Transaction,
  { ownerId }: TreeObject,
): Promise<{ owner?: string }> {
  const owner = ownerId === 0 ? null : await userName(transaction, ownerId);
  return owner === null ? {} : { owner };
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
  if (!path.startsWith(`${typesPath}/`)) {
    return path === "/" || Object.keys(content.data).length === 0;
  }
  const shipped = Object.hasOwn(shippedTypes, name) ? shippedTypes[name] : undefined;
  return (
    shipped === undefined || content.type.fields.length === 0 || isAsShipped(content.data, shipped)
  );
}

/** A directory of objects that are kept elsewhere, of which nothing is known but that. */
function isMount({ reader }: ExportServices, { path, content }: TreeObject): boolean {
  return reader.virtual.at(path) !== undefined && Object.keys(content.data).length === 0;
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
