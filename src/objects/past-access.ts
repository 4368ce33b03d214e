/**
 * Who may see what of the past: the rights of now decide, also about what was long ago; of an object that is
 * deleted, those that it had when it was. So who loses a right loses the past with it, and who could read what is
 * gone can still find out who deleted it. The same holds for fields that not everybody may see.
 */
import type { Transaction } from "#database";
import type { AclTable } from "./acl.ts";
import type { Actor } from "./actor.ts";
import type { Before } from "./history.ts";
import { inIdBatches } from "./id-batches.ts";
import { maySee, type Field } from "./object-type.ts";
import { now, PastTypes } from "./past-types.ts";
import { hasRight, type Right, type RightSet } from "./rights.ts";

export class PastAccess {
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  readonly #acl: AclTable;
  readonly #known = new Map<number, RightSet>();
  readonly #types: PastTypes;

  constructor(transaction: Transaction, actor: Actor, acl: AclTable) {
    this.#transaction = transaction;
    this.#actor = actor;
    this.#acl = acl;
    this.#types = new PastTypes(transaction, now);
  }

  /** Looks many objects up together. */
  async load(ids: Iterable<number>): Promise<void> {
    const wanted = [...ids].filter((id) => !this.#known.has(id));
    if (wanted.length === 0) return;
    const now = await inIdBatches<AccessRow>(wanted, (marks, batch) =>
      this.#transaction.all(`select id, owner_id, acl from object where id in (${marks})`, batch),
    );
    await this.#learn(now);
    const gone = wanted.filter((id) => !this.#known.has(id));
    const deleted = await inIdBatches<{ object_id: number; before: string }>(gone, (marks, batch) =>
      this.#transaction.all(
        `select object_id, before from object_history h
          where object_id in (${marks}) and operation = 'delete' and revision =
            (select max(revision) from object_history l where l.object_id = h.object_id)`,
        batch,
      ),
    );
    await this.#learn(
      deleted.map(({ object_id: id, before }) => {
        const { ownerId, acl } = JSON.parse(before) as Before;
        return { id, owner_id: ownerId ?? 0, acl: acl ?? "" };
      }),
    );
    for (const id of gone) if (!this.#known.has(id)) this.#known.set(id, 0);
  }

  async rights(id: number): Promise<RightSet> {
    await this.load([id]);
    return this.#known.get(id) ?? 0;
  }

  async has(id: number, right: Right): Promise<boolean> {
    return hasRight(await this.rights(id), right);
  }

  /** Whether a value that an object of that type had may be seen: what the field's type says now decides that, too. */
  async maySee(id: number, typeId: number, field: Field): Promise<boolean> {
    const today = (await this.#types.get(typeId)).fieldById(field.id) ?? field;
    return today.readRight === "read" || maySee(today, await this.rights(id));
  }

  /** Those of the objects that may be read, in the same order. */
  async readable(ids: readonly number[]): Promise<number[]> {
    await this.load(ids);
    return ids.filter((id) => hasRight(this.#known.get(id) ?? 0, "read"));
  }

  async #learn(rows: readonly AccessRow[]): Promise<void> {
    for (const { id, owner_id: ownerId, acl } of rows) {
      const { principal } = this.#actor;
      this.#known.set(id, await this.#acl.rights(this.#transaction, principal, { ownerId, acl }));
    }
  }
}

interface AccessRow {
  id: number;
  owner_id: number;
  acl: string;
}
