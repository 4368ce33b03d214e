/**
 * Who can do what, and why. On an object: everybody whom a grant reaches, with the grants that it comes from. For a user:
 * every grant that reaches him. What is reported is worked out from the grants themselves, not from the ACLs that lists
 * filter by, so that one can be held against the other.
 *
 * Only who may manage an object is told who can do what there; everybody is told what he can do himself.
 */
import { parentPath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { findPrincipal, findUser, type Principal } from "#identity";
import { ownGrants, subjectsOf, type Subject } from "./acl.ts";
import type { Actor } from "./actor.ts";
import { userName } from "./field-context.ts";
import { inIdBatches } from "./id-batches.ts";
import { subjectName } from "./object-delta.ts";
import type { ObjectKey, ObjectReader } from "./object-reader.ts";
import { pathOf, rootId } from "./object-table.ts";
import { allRights, fromRightSet, noRights, type Right, type RightSet } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

/** A grant that stands on an object, and counts for all below it. */
export interface GrantEntry {
  /** `user:alice`, `group:ops`, `everyone`. */
  subject: string;
  rights: Right[];
  /** Where it stands. */
  path: string;
}

/** Where a right comes from: a grant, or being the owner or an administrator. */
export type Origin =
  | ({ kind: "grant" } & GrantEntry)
  | { kind: "owner"; path: string }
  | { kind: "administrator" };

export interface UserRights {
  user: string;
  isDisabled: boolean;
  rights: Right[];
  through: Origin[];
}

export interface ObjectRightsReport {
  path: string;
  owner: string | null;
  /** On the object and on all above it, the nearest first. */
  grants: GrantEntry[];
  /** Everybody who can do something by name, by a group, as the owner or as an administrator, in order of name. */
  users: UserRights[];
  /** Whether there are more than are listed. */
  isMore: boolean;
}

export interface UserRightsReport {
  user: string;
  isDisabled: boolean;
  isAdministrator: boolean;
  groups: string[];
  /** Grants that reach him, in order of path: on what is above the place that was asked about, on it and below it. */
  grants: GrantEntry[];
  /** What is his own there, as far as it is listed, and how much it is. */
  owned: string[];
  ownedTotal: number;
  isMore: boolean;
}

export interface Explanation {
  user: string;
  path: string;
  right: Right;
  isAllowed: boolean;
  /** All that gives him the right; if nothing does, what he has there instead. */
  through: Origin[];
  /** In a sentence. */
  reason: string;
}

const usersMax = 1000;
const grantsMax = 1000;
const ownedMax = 100;

export class PermissionReports {
  readonly #reader: ObjectReader;

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  /** Who can do what on an object. */
  async ofObject(
    transaction: Transaction,
    actor: Actor,
    key: ObjectKey,
  ): Promise<ObjectRightsReport> {
    const object = await this.#reader.getTreeObject(transaction, actor, key, "manage");
    const grants = await grantsAbove(transaction, object);
    const ids = await userIdsOf(transaction, object.ownerId, grants);
    const users: UserRights[] = [];
    for (const id of ids.slice(0, usersMax)) {
      const principal = await findPrincipal(transaction, id, "system", { disabled: true });
      if (principal !== undefined) users.push(rightsOf(principal, object, grants));
    }
    return {
      path: object.path,
      owner: await userName(transaction, object.ownerId),
      grants: grants.map(({ entry }) => entry),
      users: users.sort((a, b) => (a.user < b.user ? -1 : 1)),
      isMore: ids.length > usersMax,
    };
  }

  /** What a user can do, at and below a place. */
  async ofUser(
    transaction: Transaction,
    actor: Actor,
    name: string,
    below = "/",
  ): Promise<UserRightsReport> {
    const isHimself = actor.principal.name === name;
    const right = isHimself ? "read" : "manage";
    const isOfAll = isHimself && below === "/";
    // He is told what he can do himself wherever it is; about others one is told where one manages.
    const top = isOfAll
      ? await this.#reader.objects.byId(transaction, rootId)
      : await this.#reader.getTreeObject(transaction, actor, below, right);
    if (top === undefined) throw unknownUser(name);
    const principal = await principalOf(transaction, name);
    const above = await grantsAbove(transaction, top);
    const subjects = new Set(subjectsOf(principal));
    const inside = await grantsBelow(transaction, top, [...subjects]);
    const grants = [
      ...above.filter(({ subject }) => subjects.has(subject)).map(({ entry }) => entry),
      ...inside,
    ].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    const owned = await ownedBelow(transaction, top, principal.userId);
    // Who asks as the manager of a place learns of the groups that count there, not of all.
    const isTrusted = isHimself || actor.principal.isAdministrator;
    const groups = new Set<string>();
    for (const { subject } of grants) if (subject.startsWith("group:")) groups.add(subject);
    for (const id of isTrusted ? principal.groups : []) {
      groups.add(await subjectName(transaction, `group:${id}`));
    }
    return {
      user: principal.name,
      isDisabled: principal.isDisabled === true,
      isAdministrator: principal.isAdministrator,
      groups: [...groups].map((group) => group.replace(/^group:/, "")).sort(),
      grants: grants.slice(0, grantsMax),
      owned: owned.paths,
      ownedTotal: owned.total,
      isMore: grants.length > grantsMax,
    };
  }

  /** Why somebody may do something to an object, or may not. */
  async explain(
    transaction: Transaction,
    actor: Actor,
    question: { user: string; right: Right; path: ObjectKey },
  ): Promise<Explanation> {
    const { user, right } = question;
    const isHimself = actor.principal.name === user;
    // What he cannot read is for him as if it were not there; about all else he may know how he stands.
    const needed = isHimself ? "read" : "manage";
    const object = await this.#reader.getTreeObject(transaction, actor, question.path, needed);
    const principal = await principalOf(transaction, user);
    const { through, rights } = rightsOf(principal, object, await grantsAbove(transaction, object));
    const giving = through.filter((origin) => gives(origin, right));
    const isAllowed = giving.length > 0 && principal.isDisabled !== true;
    return {
      user,
      path: object.path,
      right,
      isAllowed,
      through: giving.length > 0 ? giving : through,
      reason: reasonOf({ principal, object, right, giving, rights }),
    };
  }
}

interface PlacedGrant {
  subject: Subject;
  entry: GrantEntry;
  set: RightSet;
}

/** The grants on an object and on all above it, the nearest first. */
async function grantsAbove(transaction: Transaction, object: TreeObject): Promise<PlacedGrant[]> {
  const found: PlacedGrant[] = [];
  let id: number | null = object.id;
  let path = object.path;
  while (id !== null) {
    for (const [subject, set] of await ownGrants(transaction, id)) {
      const name = await subjectName(transaction, subject);
      found.push({ subject, set, entry: { subject: name, rights: fromRightSet(set), path } });
    }
    const row: { parent_id: number | null } | undefined = await transaction.get(
      "select parent_id from object where id = ?",
      [id],
    );
    id = row?.parent_id ?? null;
    path = parentPath(path);
  }
  return found;
}

/** The grants for these subjects on what is below an object. */
async function grantsBelow(
  transaction: Transaction,
  top: TreeObject,
  subjects: readonly Subject[],
): Promise<GrantEntry[]> {
  const marks = subjects.map(() => "?").join(", ");
  const rows = await transaction.all<{ id: number; subject: Subject; rights: RightSet }>(
    `select object_id as id, subject, rights from object_grant
      where subject in (${marks}) order by object_id, subject`,
    subjects,
  );
  const found: GrantEntry[] = [];
  for (const { id, subject, rights } of rows) {
    const path = await pathOf(transaction, id);
    if (path === null || !isBelow(path, top.path)) continue;
    found.push({
      subject: await subjectName(transaction, subject),
      rights: fromRightSet(rights),
      path,
    });
  }
  return found;
}

async function ownedBelow(
  transaction: Transaction,
  top: TreeObject,
  userId: number,
): Promise<{ paths: string[]; total: number }> {
  const rows = await transaction.all<{ id: number }>(
    `with recursive subtree (id, owner_id) as (
        select id, owner_id from object where id = ?
        union all
        select o.id, o.owner_id from object o join subtree s on o.parent_id = s.id
      )
      select id from subtree where owner_id = ? order by id`,
    [top.id, userId],
  );
  const paths: string[] = [];
  for (const { id } of rows.slice(0, ownedMax)) {
    const path = await pathOf(transaction, id);
    if (path !== null) paths.push(path);
  }
  return { paths: paths.sort(), total: rows.length };
}

/** Everybody who is named by the grants, alone or in a group, with the owner and the administrators. */
async function userIdsOf(
  transaction: Transaction,
  ownerId: number,
  grants: readonly PlacedGrant[],
): Promise<number[]> {
  const ids = new Set<number>();
  if (ownerId !== 0) ids.add(ownerId);
  const administrators = await transaction.all<{ id: number }>(
    "select id from identity_user where is_administrator = 1",
  );
  for (const { id } of administrators) ids.add(id);
  const groups: number[] = [];
  for (const { subject } of grants) {
    const [kind, number] = subject.split(":");
    if (kind === "user") ids.add(Number(number));
    if (kind === "group") groups.push(Number(number));
  }
  const members = await inIdBatches<{ id: number }>(groups, (marks, batch) =>
    transaction.all(
      `select distinct user_id as id from identity_membership where group_id in (${marks})`,
      batch,
    ),
  );
  for (const { id } of members) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}

function rightsOf(
  principal: Principal,
  object: TreeObject,
  grants: readonly PlacedGrant[],
): UserRights {
  const subjects = new Set(subjectsOf(principal));
  const through: Origin[] = [];
  if (principal.isAdministrator) through.push({ kind: "administrator" });
  if (object.ownerId === principal.userId) through.push({ kind: "owner", path: object.path });
  let set = noRights;
  for (const grant of grants) {
    if (!subjects.has(grant.subject)) continue;
    set |= grant.set;
    through.push({ kind: "grant", ...grant.entry });
  }
  const hasAll = through.some(({ kind }) => kind !== "grant");
  return {
    user: principal.name,
    isDisabled: principal.isDisabled === true,
    rights: hasAll ? fromRightSet(allRights) : fromRightSet(set),
    through,
  };
}

function gives(origin: Origin, right: Right): boolean {
  return origin.kind !== "grant" || origin.rights.includes(right);
}

function reasonOf({
  principal: { name, isDisabled },
  object: { path },
  right,
  giving,
  rights,
}: {
  principal: Principal;
  object: TreeObject;
  right: Right;
  giving: readonly Origin[];
  rights: readonly Right[];
}): string {
  if (isDisabled === true) return `${name} is disabled, and may do nothing`;
  const [first] = giving;
  if (first !== undefined) return `${name} may ${right} ${path}: ${describeOrigin(first, name)}`;
  const instead =
    rights.length === 0 ? "has no right there" : `has only ${rights.join(", ")} there`;
  return `${name} may not ${right} ${path}: no grant on it or above it gives that; ${name} ${instead}`;
}

function describeOrigin(origin: Origin, name: string): string {
  switch (origin.kind) {
    case "administrator":
      return `${name} is an administrator`;
    case "owner":
      return `${name} is its owner`;
    case "grant":
      return `${origin.subject} has ${origin.rights.join(", ")} on ${origin.path}`;
  }
}

async function principalOf(transaction: Transaction, name: string): Promise<Principal> {
  const user = await findUser(transaction, name);
  const principal =
    user && (await findPrincipal(transaction, user.id, "system", { disabled: true }));
  if (principal === undefined) throw unknownUser(name);
  return principal;
}

function unknownUser(name: string): TsunagiError {
  return new TsunagiError("OBJECT_NOT_FOUND", `there is no user '${name.slice(0, 200)}'`, {
    details: { name },
  });
}

function isBelow(path: string, top: string): boolean {
  return path !== top && (top === "/" || path.startsWith(`${top}/`));
}
