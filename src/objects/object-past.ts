/**
 * The past of all objects: what was, what has changed, who did it, and taking it back. The door to it for the
 * rest of the house, as {@link ObjectStorage} is to the present.
 */
import { assertPath, baseName, parentPath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { AclTable } from "./acl.ts";
import type { Actor } from "./actor.ts";
import { changeCondition, type ChangeFilter } from "./change-filter.ts";
import { findDeleted, listDeleted, type DeletedPage } from "./deleted-objects.ts";
import type { ObjectDocument } from "./document.ts";
import {
  changeEntries,
  changeHeads,
  historyOf,
  selectHeads,
  type ChangeHead,
  type HistoryPage,
} from "./history-view.ts";
import { mayOwn } from "./managers.ts";
import { changeAt } from "./moment.ts";
import { writeHeld } from "./derived-batch.ts";
import type { ObjectKey, ObjectReader } from "./object-reader.ts";
import { rootId } from "./object-table.ts";
import { PastAccess } from "./past-access.ts";
import { lastPlaces, PathFinder } from "./past-place.ts";
import { lastObjectAt, PastReader } from "./past-reader.ts";
import { PastSearch } from "./past-search.ts";
import { now } from "./past-types.ts";
import { subtreeHistory } from "./subtree-history.ts";
import { compareSubtree, type Comparison } from "./subtree-comparison.ts";
import type { UndoOptions } from "./undo.ts";
import { planUndo, showSteps, type ShownStep } from "./undo-plan.ts";
import { selectForUndo, type UndoRequest } from "./undo-selection.ts";
import type { UndoPlan, UndoStep } from "./undo-step.ts";

export interface ChangeSummary extends ChangeHead {
  /** How many objects it changed, of those that the asker may read. */
  objects: number;
}

/** Changes that are looked at in one go while a list is filled. */
const scanned = 200;

export class ObjectPast {
  readonly #reader: ObjectReader;
  readonly #acl: AclTable;

  constructor(reader: ObjectReader) {
    this.#reader = reader;
    this.#acl = reader.acl;
  }

  /** Objects as they were at a moment: a time, or the number of a change. */
  async at(transaction: Transaction, actor: Actor, moment: string): Promise<PastReader> {
    const change = await changeAt(transaction, moment);
    return this.#readerAt(transaction, this.#access(transaction, actor), change);
  }

  /** An object as it was at one of its revisions; undefined where that was not, or is too long ago to be known. */
  async atRevision(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    revision: number,
  ): Promise<ObjectDocument | undefined> {
    const access = this.#access(transaction, actor);
    const id = await this.#lastAt(transaction, access, key);
    const row = await transaction.get<{ change_id: number }>(
      "select change_id from object_history where object_id = ? and revision = ?",
      [id, revision],
    );
    if (row === undefined) return undefined;
    const then = this.#readerAt(transaction, access, row.change_id);
    return then.toDocument(await then.get(id));
  }

  /** Finding objects by what they were at a moment. */
  async search(transaction: Transaction, actor: Actor, moment: string): Promise<PastSearch> {
    await writeHeld(transaction);
    return new PastSearch(transaction, await this.at(transaction, actor, moment));
  }

  /** A page of the history of an object, newest first; with `below`, of all that is or was below it, too. */
  async history(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    page: { after?: string; before?: number; limit: number; below?: boolean },
  ): Promise<HistoryPage> {
    const access = this.#access(transaction, actor);
    const id = await this.#lastAt(transaction, access, key);
    if (page.below !== true) return historyOf(transaction, access, [id], page);
    return subtreeHistory(transaction, access, id, page);
  }

  /** One change, with a page of what it did to objects that the actor may read. */
  async change(
    transaction: Transaction,
    actor: Actor,
    change: number,
    page: { after?: string; limit: number },
  ): Promise<{ head: ChangeHead; total: number } & HistoryPage> {
    const head = (await changeHeads(transaction, [change])).get(change);
    const access = this.#access(transaction, actor);
    const entries = await changeEntries(transaction, access, change, page);
    // A change of nothing that he may see is for him as if it were not there.
    if (head === undefined || entries.total === 0) {
      throw new TsunagiError("OBJECT_NOT_FOUND", `there is no change ${change}`, {
        details: { change },
      });
    }
    return { head, ...entries };
  }

  /** A page of changes, newest first, of which the actor may read something; with `below`, of those there. */
  async changes(
    transaction: Transaction,
    actor: Actor,
    filter: ChangeFilter & { below?: string },
    page: { before?: number; limit: number },
  ): Promise<{ changes: ChangeSummary[]; next: number | null }> {
    const access = this.#access(transaction, actor);
    const { condition, parameters } = await changeCondition(transaction, filter);
    const places = new PathFinder((ids) => lastPlaces(transaction, ids));
    const below =
      filter.below === undefined ? rootId : await this.#lastAt(transaction, access, filter.below);
    const found: ChangeSummary[] = [];
    let before = page.before ?? now;
    for (;;) {
      const heads = await selectHeads(
        transaction,
        `${condition} and id < ? order by id desc limit ?`,
        [...parameters, before, scanned],
      );
      for (const head of heads) {
        const ids = await objectsOf(transaction, head.change);
        await places.paths(ids);
        let objects = 0;
        for (const id of await access.readable(ids)) {
          if (below === rootId || (await places.isWithin(id, below))) objects += 1;
        }
        if (objects > 0) found.push({ ...head, objects });
        if (found.length === page.limit) return { changes: found, next: head.change };
      }
      if (heads.length < scanned) return { changes: found, next: null };
      before = heads.at(-1)?.change ?? 0;
    }
  }

  /** What lies between two moments, for an object and all that was below it at either of them. */
  async compare(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    moments: { from: string; to?: string },
    page: { after?: number; limit: number },
  ): Promise<Comparison> {
    const from = await changeAt(transaction, moments.from);
    const to = moments.to === undefined ? now : await changeAt(transaction, moments.to);
    const access = this.#access(transaction, actor);
    const then = await this.#readerAt(transaction, access, from).find(key);
    const later = await this.#readerAt(transaction, access, to).find(key);
    const top = later?.id ?? then?.id;
    if (top === undefined) {
      throw new TsunagiError("OBJECT_NOT_FOUND", `no object was at ${key} at either moment`, {
        details: { path: key },
      });
    }
    return compareSubtree(transaction, access, top, { from, to }, page);
  }

  /** What was deleted below a directory and is not there again, newest first. */
  async deleted(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    page: { after?: string; limit: number },
  ): Promise<DeletedPage> {
    const access = this.#access(transaction, actor);
    const below = await this.#lastAt(transaction, access, key);
    return listDeleted(transaction, access, below, page);
  }

  /** What an undo would do, and what is in its way. */
  async planUndo(
    transaction: Transaction,
    actor: Actor,
    request: UndoRequest,
    options: UndoOptions = {},
  ): Promise<UndoPlan> {
    await writeHeld(transaction);
    const access = this.#access(transaction, actor);
    const present = this.#readerAt(transaction, access, now);
    const selection = await selectForUndo(transaction, { access, present }, request);
    const { force = [] } = options;
    return planUndo(
      {
        transaction,
        access,
        reader: this.#reader,
        force: force === "all" ? force : new Set(force),
        mayOwn: (userId) => mayOwn(actor.principal, userId),
      },
      selection,
    );
  }

  /** What a restore would do: the undo of a delete, for one of the objects and what was deleted from below it. */
  async planRestore(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
    options: UndoOptions & { to?: string },
  ): Promise<{ plan: UndoPlan; id: number; deletedBy: number }> {
    await writeHeld(transaction);
    const access = this.#access(transaction, actor);
    const present = this.#readerAt(transaction, access, now);
    const { id, deletedBy } = await findDeleted(transaction, access, key);
    const selection = await selectForUndo(
      transaction,
      { access, present },
      { change: deletedBy, below: id },
    );
    selection.objects = selection.objects.filter(({ current }) => current === null);
    const { to, force = [] } = options;
    if (to !== undefined) assertPath(to);
    const place =
      to === undefined
        ? undefined
        : { id, parentId: (await present.get(parentPath(to))).id, name: baseName(to) };
    const services = {
      transaction,
      access,
      reader: this.#reader,
      force: force === "all" ? force : new Set(force),
      mayOwn: (userId: number) => mayOwn(actor.principal, userId),
    };
    return { plan: await planUndo(services, selection, place), id, deletedBy };
  }

  /** The steps of a plan as people read them. */
  showSteps(
    transaction: Transaction,
    actor: Actor,
    steps: readonly UndoStep[],
  ): Promise<ShownStep[]> {
    return showSteps(transaction, this.#access(transaction, actor), steps);
  }

  #access(transaction: Transaction, actor: Actor): PastAccess {
    return new PastAccess(transaction, actor, this.#acl);
  }

  #readerAt(transaction: Transaction, access: PastAccess, change: number): PastReader {
    return new PastReader(transaction, { access, virtual: this.#reader.virtual, change });
  }

  /** What is at a path, or was there last. */
  async #lastAt(transaction: Transaction, access: PastAccess, key: ObjectKey): Promise<number> {
    const id = await lastObjectAt(transaction, this.#readerAt(transaction, access, now), key);
    if (!(await access.has(id, "read"))) {
      throw new TsunagiError("PERMISSION_DENIED", `you may not read ${key}`, {
        details: { path: key, right: "read" },
      });
    }
    return id;
  }
}

async function objectsOf(transaction: Transaction, change: number): Promise<number[]> {
  const rows = await transaction.all<{ object_id: number }>(
    "select object_id from object_history where change_id = ?",
    [change],
  );
  return rows.map((row) => row.object_id);
}
