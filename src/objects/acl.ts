/**
 * Permissions in the database (DESIGN section 5).
 *
 * A grant stands on one object and counts for it and everything below. What follows from all grants above an
 * object is its ACL: who has which rights. Objects with equal ACLs share it; its id is the hash of its
 * content, so that it never changes, may be kept for ever, and lists filter by it inside SQL.
 */
import { createHash } from "node:crypto";
import type { SqlValue, Transaction } from "#database";
import type { Principal } from "#identity";
import { inIdBatches } from "./id-batches.ts";
import { allRights, noRights, rightBit, type Right, type RightSet } from "./rights.ts";

/** `user:5`, `group:7`, or `everyone` (who is signed in). */
export type Subject = string;
type Grants = ReadonlyMap<Subject, RightSet>;

/** Enough for the sets of a large installation; each is a few hundred bytes. */
const cachedMax = 10_000;

export class AclTable {
  readonly #known = new Map<string, Grants>();

  /** What the principal may do with an object of that owner and ACL. */
  async rights(
    transaction: Transaction,
    principal: Principal,
    object: { ownerId: number; acl: string },
  ): Promise<RightSet> {
    if (principal.isAdministrator || object.ownerId === principal.userId) return allRights;
    const grants = await this.#load(transaction, object.acl);
    return subjectsOf(principal).reduce(
      (set, subject) => set | (grants.get(subject) ?? noRights),
      noRights,
    );
  }

  /** Grants exactly these rights to the subject on the object (none: takes the grant away), and works out what follows below. */
  async grant(
    transaction: Transaction,
    objectId: number,
    subject: Subject,
    rights: RightSet,
  ): Promise<void> {
    await transaction.run("delete from object_grant where object_id = ? and subject = ?", [
      objectId,
      subject,
    ]);
    if (rights !== noRights) {
      await transaction.run(
        "insert into object_grant (object_id, subject, rights) values (?, ?, ?)",
        [objectId, subject, rights],
      );
    }
    await this.refresh(transaction, objectId);
  }

  /** Makes these the grants on a new object, on which there are none. */
  async setGrants(
    transaction: Transaction,
    objectId: number,
    grants: Readonly<Record<Subject, RightSet>>,
  ): Promise<void> {
    for (const [subject, rights] of Object.entries(grants)) {
      await transaction.run(
        "insert into object_grant (object_id, subject, rights) values (?, ?, ?)",
        [objectId, subject, rights],
      );
    }
    await this.refresh(transaction, objectId);
  }

  /** Works out the ACL of an object and of all below it, after a grant on it or a move. */
  async refresh(transaction: Transaction, objectId: number): Promise<void> {
    const parent = await transaction.get<{ acl: string }>(
      "select p.acl from object o join object p on p.id = o.parent_id where o.id = ?",
      [objectId],
    );
    const inherited = parent === undefined ? emptyAcl : parent.acl;
    const acl = await this.#derive(transaction, objectId, inherited);
    const { changes } = await transaction.run(
      "update object set acl = ? where id = ? and acl <> ?",
      [acl, objectId, acl],
    );
    if (changes > 0) await this.#refreshBelow(transaction, objectId, acl);
  }

  async #refreshBelow(transaction: Transaction, parentId: number, acl: string): Promise<void> {
    await transaction.run(
      `update object set acl = ? where parent_id = ?
        and not exists (select 1 from object_grant g where g.object_id = object.id)`,
      [acl, parentId],
    );
    // Only what has grants of its own or something below needs to be looked at by itself.
    const rest = await transaction.all<{ id: number; acl: string; granted: number }>(
      `select c.id, c.acl,
          (select count(*) from object_grant g where g.object_id = c.id) as granted
        from object c where c.parent_id = ?
          and (exists (select 1 from object_grant g where g.object_id = c.id)
            or exists (select 1 from object below where below.parent_id = c.id))`,
      [parentId],
    );
    for (const child of rest) {
      if (child.granted > 0) await this.refresh(transaction, child.id);
      else await this.#refreshBelow(transaction, child.id, acl);
    }
  }

  /** The id of what is inherited together with the object's own grants. */
  async #derive(transaction: Transaction, objectId: number, inherited: string): Promise<string> {
    const own = await ownGrants(transaction, objectId);
    if (own.size === 0) return inherited;
    const union = new Map(await this.#load(transaction, inherited));
    for (const [subject, rights] of own) {
      union.set(subject, (union.get(subject) ?? noRights) | rights);
    }
    const id = aclId(union);
    for (const [subject, rights] of union) {
      await transaction.run(
        "insert into object_acl (acl, subject, rights) values (?, ?, ?) on conflict do nothing",
        [id, subject, rights],
      );
    }
    return id;
  }

  async #load(transaction: Transaction, acl: string): Promise<Grants> {
    const known = this.#known.get(acl);
    if (known !== undefined) return known;
    const rows = await transaction.all<{ subject: string; rights: number }>(
      "select subject, rights from object_acl where acl = ?",
      [acl],
    );
    const grants = new Map(rows.map((row) => [row.subject, row.rights]));
    if (this.#known.size >= cachedMax) this.#known.clear();
    this.#known.set(acl, grants);
    return grants;
  }
}

/** The grants that stand on the object itself. */
export async function ownGrants(transaction: Transaction, objectId: number): Promise<Grants> {
  const rows = await transaction.all<{ subject: string; rights: number }>(
    "select subject, rights from object_grant where object_id = ? order by subject",
    [objectId],
  );
  return new Map(rows.map((row) => [row.subject, row.rights]));
}

/** The grants that stand on each of these objects; those without any are left out. */
export async function grantsOf(
  transaction: Transaction,
  ids: readonly number[],
): Promise<Map<number, Map<Subject, RightSet>>> {
  const rows = await inIdBatches<{ object_id: number; subject: string; rights: number }>(
    ids,
    (marks, batch) =>
      transaction.all(
        `select object_id, subject, rights from object_grant
          where object_id in (${marks}) order by object_id, subject`,
        batch,
      ),
  );
  const grants = new Map<number, Map<Subject, RightSet>>();
  for (const { object_id: id, subject, rights } of rows) {
    const own = grants.get(id) ?? new Map<Subject, RightSet>();
    grants.set(id, own.set(subject, rights));
  }
  return grants;
}

/** A condition on `object o`, or another name of the table, that holds for what the principal has the right to. */
export function permitted(
  principal: Principal,
  right: Right,
  alias = "o",
): { condition: string; parameters: SqlValue[] } {
  if (principal.isAdministrator) return { condition: "1 = 1", parameters: [] };
  const subjects = subjectsOf(principal);
  // Rounded up, so that the number of groups makes few different statements.
  while (!Number.isInteger(Math.log2(subjects.length))) subjects.push("everyone");
  const marks = subjects.map(() => "?").join(", ");
  return {
    condition: `(${alias}.owner_id = ? or ${alias}.acl in
      (select acl from object_acl where subject in (${marks}) and (rights & ?) <> 0))`,
    parameters: [principal.userId, ...subjects, rightBit(right)],
  };
}

export function subjectsOf(principal: Principal): Subject[] {
  return ["everyone", `user:${principal.userId}`, ...principal.groups.map((id) => `group:${id}`)];
}

function aclId(grants: Grants): string {
  if (grants.size === 0) return emptyAcl;
  const text = JSON.stringify([...grants].sort(([a], [b]) => (a < b ? -1 : 1)));
  // 120 bits: no two sets ever share an id by chance.
  return createHash("sha256").update(text).digest("base64url").slice(0, 20);
}

/** Nobody but owners and administrators. */
export const emptyAcl = "none";
