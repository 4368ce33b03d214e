/**
 * Rows of a table, or objects of a file, brought into the tree: what is not there is made, what differs is changed, what is
 * the same is left alone. A row that is wrong is said with its place, and does not stop the others.
 *
 * I1  A row is done whole or not at all.
 * I2  Values that are shown but not given back as they were stay as they are: masked passwords, and a default that counts
 *     because nothing is stored. So what was exported and is imported again changes nothing.
 * I3  Nothing is deleted for not being in the file if a row could not be told to be about which object.
 */
import type { Transaction } from "#database";
import { joinPath, resolvePath, TsunagiError } from "#kernel";
import { ownGrants } from "../acl.ts";
import type { Actor } from "../actor.ts";
import { showValue } from "../document.ts";
import { userName } from "../field-context.ts";
import type { FieldInputs } from "../field-input.ts";
import type { ReadContext } from "../field-kind.ts";
import { secretMask, type FieldInput } from "../field-value.ts";
import { password } from "../fields/password.ts";
import { isSame } from "../json.ts";
import type { Change } from "../object-change.ts";
import { subjectName } from "../object-delta.ts";
import type { FindQuery, ObjectFinder } from "../object-finder.ts";
import type { ObjectReader } from "../object-reader.ts";
import { valueOf, type ObjectType } from "../object-type.ts";
import { fromRightSet, hasRight, toRightSet } from "../rights.ts";
import { visibleTo, type TreeObject } from "../stored-object.ts";
import { isSystemPath } from "../system-tree.ts";
import { fromCell, unquoteText, type Cell } from "./cell.ts";
import { OperationRunner, subjectOf, type Coming, type Place } from "./operation-runner.ts";
import type { OperationFault } from "./operation.ts";
import type { TransferObject, TransferRow } from "./row.ts";

export interface ImportOptions {
  /** Of rows that do not say theirs, where they make an object. */
  type?: string;
  /** The directory of rows that have a name and no path. */
  into?: string;
  /** A field by which objects are found, instead of path and id; no two may have the same value. */
  match?: string;
  /** `merge`: fields that are not given stay. `replace`: they have no value any more. */
  mode?: "merge" | "replace";
  /** Delete what this finds and is in no row. */
  deleteMissing?: FindQuery;
  /** Objects belong to whom their row says; else, what is made belongs to who imports it. */
  withOwners?: boolean;
}

export interface ImportCounts {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  deleted: number;
  faults: number;
}

/** What one pass over rows did. */
export interface RowsDone {
  counts: ImportCounts;
  /** Objects that rows were about. */
  seen: Set<number>;
  /** Whether a row was about an object that nobody knows (I3). */
  isUncertain: boolean;
  /** Columns that were not looked at, as they are worked out. */
  ignored: Set<string>;
}

export interface RowImportServices {
  transaction: Transaction;
  actor: Actor;
  reader: ObjectReader;
  finder: ObjectFinder;
  context: ReadContext;
  change: Change;
}

/** More are counted. */
export const faultsKeptMax = 10_000;

/** Columns of an object itself; a field of one of these names is written `fields.path`. */
export const keyColumns: ReadonlySet<string> = new Set(["path", "id", "type"]);
/** Shown, but not taken; a field of such a name comes first. */
const shownColumns = new Set(["name", "parent", "owner", "revision", "created", "updated"]);
const fieldPrefix = "fields.";

export class RowImport {
  readonly done: RowsDone;
  readonly faults: OperationFault[] = [];
  readonly #services: RowImportServices;
  readonly #options: ImportOptions;
  readonly #runner: OperationRunner;
  readonly #coming: Coming;
  readonly #before: ReadonlySet<number>;
  readonly #written = new Map<string, Place>();

  constructor(
    services: RowImportServices,
    options: ImportOptions,
    {
      coming,
      seen,
      isUncertain,
    }: { coming: Coming; seen: ReadonlySet<number>; isUncertain: boolean },
  ) {
    this.#services = services;
    this.#options = options;
    this.#coming = coming;
    this.#before = seen;
    const counts = { rows: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, faults: 0 };
    this.done = { counts, seen: new Set(), isUncertain, ignored: new Set() };
    this.#runner = new OperationRunner({ ...services, coming });
  }

  /** Which row wrote what is at a path. */
  placeOf(path: string): Place | undefined {
    return this.#written.get(path);
  }

  async take(index: number, row: TransferRow): Promise<void> {
    const { counts } = this.done;
    counts.rows += 1;
    const place = { index, at: row.at };
    if ("fault" in row) {
      this.done.isUncertain = true;
      this.#fault([{ ...place, code: "FORMAT_INVALID", message: row.fault }]);
      return;
    }
    const path = pathIn(row, this.#options);
    const hasRights =
      "object" in row && (row.object.grants !== undefined || row.object.owner !== undefined);
    let outcome: Outcome | undefined;
    let isKnown = false;
    const faults = await this.#runner.attempt(
      {
        ...place,
        path,
        makes: path,
        isGuarded: hasRights || typeIn(row, this.#options) === "Type",
      },
      async () => {
        const there = await this.#locate(row, path);
        isKnown = there !== undefined || path !== undefined;
        if (there !== undefined) this.#see(there);
        outcome = await this.#write(place, row, path, there);
      },
    );
    if (outcome === undefined || faults.length > 0) {
      if (!isKnown) this.done.isUncertain = true;
      this.#fault(faults.map((fault) => ({ ...fault, ...columnOf(row, fault) })));
      return;
    }
    counts[outcome.what] += 1;
    this.done.seen.add(outcome.id);
    if (outcome.what !== "unchanged") this.#written.set(outcome.path, place);
  }

  /** Writes what had to wait; gives what is wrong with it, which needs another pass without these rows. */
  settle(): Promise<OperationFault[]> {
    return this.#runner.settle();
  }

  /** Deletes what is in no row. */
  async deleteMissing(query: FindQuery, index: number): Promise<void> {
    if (this.done.isUncertain) {
      const message =
        "nothing was deleted, as there are rows that do not say which object they are";
      this.#fault([{ index, at: "end", code: "FORMAT_INVALID", message }]);
      return;
    }
    let left = await this.#missing(query);
    // What refers to others goes before them, whatever its path.
    for (let last = Infinity; left.length > 0 && left.length < last;) {
      last = left.length;
      const refused: Missing[] = [];
      for (const missing of left) {
        missing.faults = await this.#runner.run(
          { index, at: "end" },
          { op: "delete", id: missing.id },
        );
        if (missing.faults.length > 0) refused.push(missing);
        else this.done.counts.deleted += 1;
      }
      left = refused;
    }
    for (const { path, faults } of left) this.#fault(faults.map((each) => ({ ...each, path })));
  }

  #see({ id, path }: TreeObject): void {
    if (this.#before.has(id) || this.done.seen.has(id)) {
      throw new TsunagiError("OBJECT_EXISTS", `a row before is about ${path}, too`, {
        details: { path },
      });
    }
    this.done.seen.add(id);
  }

  #fault(faults: readonly OperationFault[]): void {
    this.done.counts.faults += 1;
    if (this.faults.length < faultsKeptMax) this.faults.push(...faults);
  }

  /** The object that a row is about, if it is there. */
  async #locate(
    row: { cells: Record<string, Cell> } | { object: TransferObject },
    path: string | undefined,
  ): Promise<TreeObject | undefined> {
    const { change, reader, transaction, actor } = this.#services;
    const { match } = this.#options;
    if (match !== undefined) {
      const found = await this.#matching(row, match);
      if (found !== undefined || path === undefined) return found;
    }
    if (path !== undefined) {
      const found = await change.find(path);
      // What is there already is not to come.
      if (found !== undefined) this.#coming.paths.delete(path);
      return found;
    }
    const id = idIn(row);
    if (id !== undefined) {
      const object = await reader.getTreeObject(transaction, actor, id, "read");
      return reader.view(transaction, actor, object);
    }
    throw new TsunagiError("VALUE_INVALID", "the row does not say which object it is about", {
      hint: "give it a path or an id, or find objects by a unique field",
    });
  }

  async #matching(
    row: { cells: Record<string, Cell> } | { object: TransferObject },
    match: string,
  ): Promise<TreeObject | undefined> {
    const { transaction, actor, reader, finder } = this.#services;
    const typeName = typeIn(row, this.#options);
    if (typeName === undefined) {
      throw new TsunagiError(
        "ARGUMENT_INVALID",
        `to find objects by '${match}', their type is needed`,
      );
    }
    const type = await reader.objects.types.getByName(transaction, typeName);
    const field = type.field(match);
    const given = "cells" in row ? row.cells[match] : row.object.fields?.[match];
    const value = field === undefined || !("cells" in row) ? given : fromCell(given as Cell, field);
    if (value === undefined || value === null) return undefined;
    const equal = new Map([[match, value as FieldInput]]);
    const [first, second] = await finder.all(transaction, actor, { type: typeName }, equal);
    if (second !== undefined) {
      throw new TsunagiError("VALUE_INVALID", `several objects have this ${match}`, {
        details: { field: match, path: first?.path },
      });
    }
    return first === undefined || first.id === null
      ? undefined
      : reader.objects.byId(transaction, first.id, first.path);
  }

  async #write(
    place: Place,
    row: { cells: Record<string, Cell> } | { object: TransferObject },
    path: string | undefined,
    there: TreeObject | undefined,
  ): Promise<Outcome> {
    const { reader, transaction } = this.#services;
    const typeName = typeIn(row, this.#options) ?? there?.type;
    if (typeName === undefined) {
      throw new TsunagiError("TYPE_UNKNOWN", "the row does not say of which type its object is", {
        hint: "give it a type, or say one for all rows",
      });
    }
    const type =
      there?.type === typeName
        ? there.content.type
        : await reader.objects.types.getByName(transaction, typeName);
    const given = "cells" in row ? this.#fieldsIn(row.cells, type) : (row.object.fields ?? {});
    const isWhole =
      this.#options.mode === "replace" && !("object" in row && row.object.fields === undefined);
    const grants = "object" in row ? row.object.grants : undefined;
    if (there === undefined) {
      if (path === undefined) {
        throw new TsunagiError(
          "OBJECT_NOT_FOUND",
          "there is no such object, and the row has no path",
          {
            hint: "give it a path, so that it can be made",
          },
        );
      }
      const fields = withoutMasks(type, given);
      const make = { op: "put", path, type: typeName, fields, parents: true } as const;
      const { object } = await this.#runner.make(place, make);
      await this.#grant(object, grants);
      await this.#own(object, row);
      return { what: "created", id: object.id, path: object.path };
    }
    const isChanged = await this.#update(place, there, type, given, isWhole);
    const isGranted = await this.#grant(there, grants);
    const isOwned = await this.#own(there, row);
    const what = isChanged || isGranted || isOwned ? "updated" : "unchanged";
    return { what, id: there.id, path: there.path };
  }

  /** Gives whether anything differs. */
  async #update(
    place: Place,
    there: TreeObject,
    type: ObjectType,
    given: FieldInputs,
    isReplaced: boolean,
  ): Promise<boolean> {
    const { transaction, actor, reader } = this.#services;
    if (there.type !== type.name) {
      if (!isReplaced) {
        throw new TsunagiError(
          "VALUE_INVALID",
          `${there.path} is a ${there.type}, no ${type.name}`,
          {
            details: { path: there.path, field: "type", expected: there.type, got: type.name },
          },
        );
      }
      await this.#put(place, there, type, given);
      return true;
    }
    const rights = await reader.rights(transaction, actor, there);
    const seen = hasRight(rights, "read") ? visibleTo(there, rights) : undefined;
    const rest = seen === undefined ? given : await this.#differing(seen, given);
    const isMissing = seen !== undefined && isReplaced && hasMore(seen, given);
    if (isMissing) {
      await this.#put(place, there, type, given);
      return true;
    }
    if (Object.keys(rest).length === 0) return false;
    const patched = await this.#runner.patch(place, there, rest);
    // Who may not read it is not told what came of it.
    return seen === undefined || patched.revision !== there.revision;
  }

  async #put(place: Place, there: TreeObject, type: ObjectType, given: FieldInputs): Promise<void> {
    const fields =
      there.type === type.name ? withoutDefaults(there, given) : withoutMasks(type, given);
    await this.#runner.make(place, { op: "put", path: there.path, type: type.name, fields });
  }

  /** The values that are not those that count already (I2). */
  async #differing({ content }: TreeObject, given: FieldInputs): Promise<FieldInputs> {
    const differing: [string, FieldInput][] = [];
    for (const [name, input] of Object.entries(given)) {
      const field = content.type.field(name);
      const stored = field === undefined ? null : valueOf(field, content.data);
      if (field !== undefined && (input === null || field.kind.show === undefined)) {
        if (isSame(input as never, stored)) continue;
      } else if (field?.kind === password) {
        if (input === secretMask) continue;
      } else if (field !== undefined) {
        if (isSame(input as never, await showValue(field, stored, this.#services.context)))
          continue;
      }
      differing.push([name, input]);
    }
    return Object.fromEntries(differing);
  }

  /** Makes these the grants on the object, and no others; gives whether any differs. */
  async #grant(object: TreeObject, grants: TransferObject["grants"]): Promise<boolean> {
    if (grants === undefined) return false;
    const { transaction, change } = this.#services;
    const own = new Map<string, number>();
    for (const [subject, set] of await ownGrants(transaction, object.id)) {
      own.set(await subjectName(transaction, subject), set);
    }
    const wanted = new Map(Object.entries(grants).map(([name, list]) => [name, toRightSet(list)]));
    let isGranted = false;
    for (const name of new Set([...own.keys(), ...wanted.keys()])) {
      const set = wanted.get(name) ?? 0;
      if ((own.get(name) ?? 0) === set) continue;
      await change.grant(object.id, subjectOf(name), fromRightSet(set));
      isGranted = true;
    }
    return isGranted;
  }

  /** Gives the object to the owner that its row says; gives whether it was another's. */
  async #own(
    { id, ownerId }: TreeObject,
    row: { cells: Record<string, Cell> } | { object: TransferObject },
  ): Promise<boolean> {
    const owner = "object" in row ? row.object.owner : undefined;
    if (this.#options.withOwners !== true || owner === undefined) return false;
    const { transaction, change } = this.#services;
    if ((await userName(transaction, ownerId)) === owner) return false;
    await change.setOwner(id, owner);
    return true;
  }

  #fieldsIn(cells: Record<string, Cell>, type: ObjectType): FieldInputs {
    const given: [string, FieldInput][] = [];
    for (const [column, cell] of Object.entries(cells)) {
      if (keyColumns.has(column)) continue;
      const name = column.startsWith(fieldPrefix) ? column.slice(fieldPrefix.length) : column;
      const field = type.field(name);
      if (field !== undefined) given.push([name, fromCell(cell, field)]);
      else if (shownColumns.has(column) || name.includes(".")) this.done.ignored.add(column);
      // A table of several types has columns that not all of them have.
      else if (cell !== null && cell !== "") given.push([name, String(cell)]);
    }
    return Object.fromEntries(given);
  }

  async #missing(query: FindQuery): Promise<Missing[]> {
    const { finder, transaction, actor } = this.#services;
    const missing: Missing[] = [];
    let cursor: string | undefined;
    do {
      const page = await finder.page(transaction, actor, {
        ...query,
        below: query.below === "/" ? undefined : query.below,
        sort: "id",
        limit: 1000,
        cursor,
      });
      for (const { id, path } of page.items) {
        const isSeen = id === null || this.#before.has(id) || this.done.seen.has(id);
        if (!isSeen && !isSystemPath(path)) missing.push({ id, path, faults: [] });
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    // What is in a directory goes before it.
    return missing.sort((a, b) => depth(b.path) - depth(a.path));
  }
}

interface Outcome {
  what: "created" | "updated" | "unchanged";
  id: number;
  path: string;
}

interface Missing {
  id: number;
  path: string;
  faults: OperationFault[];
}

/** The path that a row gives its object. */
export function pathIn(
  row: TransferRow,
  { into }: Pick<ImportOptions, "into">,
): string | undefined {
  if ("fault" in row) return undefined;
  const given = "cells" in row ? textIn(row.cells["path"]) : row.object.path;
  if (given !== undefined) return resolvePath(given, into);
  const name = "cells" in row ? textIn(row.cells["name"]) : undefined;
  return name === undefined || into === undefined ? undefined : joinPath(resolvePath(into), name);
}

function typeIn(
  row: { cells: Record<string, Cell> } | { object: TransferObject },
  { type }: ImportOptions,
): string | undefined {
  return ("cells" in row ? textIn(row.cells["type"]) : row.object.type) ?? type;
}

function idIn(
  row: { cells: Record<string, Cell> } | { object: TransferObject },
): number | undefined {
  const id = "cells" in row ? row.cells["id"] : row.object.id;
  const number = Number(id ?? Number.NaN);
  return Number.isSafeInteger(number) && id !== "" ? number : undefined;
}

function textIn(cell: Cell | undefined): string | undefined {
  return cell === undefined || cell === null || cell === "" ? undefined : unquoteText(String(cell));
}

/** Where in the row the fault is, from 1. */
function columnOf(row: TransferRow, { field }: OperationFault): { at?: string } {
  if (!("cells" in row) || field === undefined) return {};
  const name = field.replace(/[[.].*$/, "");
  const columns = Object.keys(row.cells);
  const column = columns.findIndex((each) => each === name || each === fieldPrefix + name);
  return column < 0 ? {} : { at: `${row.at}, column ${column + 1}` };
}

/** A mask says that there is a password, not which. */
function withoutMasks(type: ObjectType, given: FieldInputs): FieldInputs {
  const isMask = (name: string): boolean =>
    given[name] === secretMask && type.field(name)?.kind === password;
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isMask(name)));
}

/** Without the defaults of fields in which nothing is stored: they count by themselves. */
function withoutDefaults({ content }: TreeObject, given: FieldInputs): FieldInputs {
  const { type, data } = content;
  const isDefault = (name: string, input: FieldInput): boolean => {
    const field = type.field(name);
    if (field === undefined || data[field.id] !== undefined) return false;
    return (
      isSame(input as never, field.default) || (field.kind === password && input === secretMask)
    );
  };
  return Object.fromEntries(
    Object.entries(given).filter(([name, input]) => !isDefault(name, input)),
  );
}

/** Whether the object has values that are not given. */
function hasMore({ content }: TreeObject, given: FieldInputs): boolean {
  return content.type.fields.some((field) => {
    if (Object.hasOwn(given, field.name)) return false;
    return !isSame(valueOf(field, content.data), field.default);
  });
}

function depth(path: string): number {
  return path.split("/").length;
}
