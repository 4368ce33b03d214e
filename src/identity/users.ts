import { nameFault, TsunagiError } from "#kernel";
import type { SqlValue, Transaction } from "#database";

export interface User {
  id: number;
  name: string;
  fullName: string | null;
  email: string | null;
  language: string | null;
  isAdministrator: boolean;
  /** He cannot sign in, his tokens do not count, and nothing is done for him. */
  isDisabled: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface Group {
  id: number;
  name: string;
  description: string | null;
  createdAt: number;
  updatedAt: number;
}

export interface NewUser {
  name: string;
  fullName?: string | null;
  email?: string | null;
  language?: string | null;
  isAdministrator?: boolean;
  /** As a password hasher gives it; without one the user cannot sign in. */
  passwordHash?: string;
}

const userColumns =
  "id, name, full_name, email, language, is_administrator, disabled_at, created_at, updated_at";
const groupColumns = "id, name, description, created_at, updated_at";

export async function createUser(
  transaction: Transaction,
  user: NewUser,
  now = Date.now(),
): Promise<number> {
  assertName(user.name);
  if ((await findUser(transaction, user.name)) !== undefined) {
    throw new TsunagiError("OBJECT_EXISTS", `there is a user '${user.name}' already`);
  }
  return transaction.insert(
    `insert into identity_user
      (name, full_name, email, language, is_administrator, password, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      user.name,
      user.fullName ?? null,
      user.email ?? null,
      user.language ?? null,
      user.isAdministrator === true ? 1 : 0,
      user.passwordHash ?? null,
      now,
      now,
    ],
  );
}

/** What may be changed of a user; what is not given stays as it is. */
export type UserChange = Partial<Omit<NewUser, "name">> & { isDisabled?: boolean };

/**
 * Changes what is given. A new password ends all sessions of the user, as it may have been changed because it leaked; so
 * does disabling him.
 */
export async function updateUser(
  transaction: Transaction,
  id: number,
  change: UserChange,
  now = Date.now(),
): Promise<void> {
  const { fullName, email, language, isAdministrator, isDisabled, passwordHash } = change;
  const columns: [string, SqlValue | undefined][] = [
    ["full_name", fullName],
    ["email", email],
    ["language", language],
    ["is_administrator", isAdministrator === undefined ? undefined : Number(isAdministrator)],
    ["disabled_at", isDisabled === undefined ? undefined : isDisabled ? now : null],
    ["password", passwordHash],
  ];
  const given = columns.filter((column): column is [string, SqlValue] => column[1] !== undefined);
  await transaction.run(
    `update identity_user set ${given.map(([name]) => `${name} = ?, `).join("")}updated_at = ?
      where id = ?`,
    [...given.map(([, value]) => value), now, id],
  );
  if (passwordHash !== undefined || isDisabled === true) {
    await transaction.run("delete from identity_session where user_id = ?", [id]);
  }
}

/** How many administrators can do something. */
export async function countAdministrators(transaction: Transaction): Promise<number> {
  const row = await transaction.get<{ count: number }>(
    "select count(*) as count from identity_user where is_administrator = 1 and disabled_at is null",
  );
  return row?.count ?? 0;
}

export async function findUser(transaction: Transaction, name: string): Promise<User | undefined> {
  const row = await transaction.get<UserRow>(
    `select ${userColumns} from identity_user where name = ?`,
    [name],
  );
  return row && toUser(row);
}

export async function findUserById(
  transaction: Transaction,
  id: number,
): Promise<User | undefined> {
  const row = await transaction.get<UserRow>(
    `select ${userColumns} from identity_user where id = ?`,
    [id],
  );
  return row && toUser(row);
}

/** A page of the users in order of name. */
export async function listUsers(
  transaction: Transaction,
  page: { after?: string; limit: number },
): Promise<User[]> {
  const rows = await transaction.all<UserRow>(
    `select ${userColumns} from identity_user where name > ? order by name limit ?`,
    [page.after ?? "", page.limit],
  );
  return rows.map(toUser);
}

export async function createGroup(
  transaction: Transaction,
  group: { name: string; description?: string },
  now = Date.now(),
): Promise<number> {
  assertName(group.name);
  if ((await findGroup(transaction, group.name)) !== undefined) {
    throw new TsunagiError("OBJECT_EXISTS", `there is a group '${group.name}' already`);
  }
  return transaction.insert(
    "insert into identity_group (name, description, created_at, updated_at) values (?, ?, ?, ?)",
    [group.name, group.description ?? null, now, now],
  );
}

export async function findGroup(
  transaction: Transaction,
  name: string,
): Promise<Group | undefined> {
  const row = await transaction.get<GroupRow>(
    `select ${groupColumns} from identity_group where name = ?`,
    [name],
  );
  return row && toGroup(row);
}

export async function findGroupById(
  transaction: Transaction,
  id: number,
): Promise<Group | undefined> {
  const row = await transaction.get<GroupRow>(
    `select ${groupColumns} from identity_group where id = ?`,
    [id],
  );
  return row && toGroup(row);
}

/** A page of the groups in order of name. */
export async function listGroups(
  transaction: Transaction,
  page: { after?: string; limit: number },
): Promise<Group[]> {
  const rows = await transaction.all<GroupRow>(
    `select ${groupColumns} from identity_group where name > ? order by name limit ?`,
    [page.after ?? "", page.limit],
  );
  return rows.map(toGroup);
}

/** Puts the user into the group; being in it already is no failure. */
export async function addMember(
  transaction: Transaction,
  groupId: number,
  userId: number,
): Promise<void> {
  await transaction.run(
    "insert into identity_membership (user_id, group_id) values (?, ?) on conflict do nothing",
    [userId, groupId],
  );
}

export async function removeMember(
  transaction: Transaction,
  groupId: number,
  userId: number,
): Promise<void> {
  await transaction.run("delete from identity_membership where user_id = ? and group_id = ?", [
    userId,
    groupId,
  ]);
}

export async function updateGroup(
  transaction: Transaction,
  id: number,
  change: { description?: string | null },
  now = Date.now(),
): Promise<void> {
  if (change.description === undefined) return;
  await transaction.run("update identity_group set description = ?, updated_at = ? where id = ?", [
    change.description,
    now,
    id,
  ]);
}

/** Takes a group away with its memberships; its id is never given again. */
export async function deleteGroup(transaction: Transaction, id: number): Promise<void> {
  await transaction.run("delete from identity_membership where group_id = ?", [id]);
  await transaction.run("delete from identity_group where id = ?", [id]);
}

/** The names of a group's members, in order. */
export async function memberNames(transaction: Transaction, groupId: number): Promise<string[]> {
  const rows = await transaction.all<{ name: string }>(
    `select u.name from identity_membership m join identity_user u on u.id = m.user_id
      where m.group_id = ? order by u.name`,
    [groupId],
  );
  return rows.map((row) => row.name);
}

/** The names of the groups that a user is a member of, in order. */
export async function groupNames(transaction: Transaction, userId: number): Promise<string[]> {
  const rows = await transaction.all<{ name: string }>(
    `select g.name from identity_membership m join identity_group g on g.id = m.group_id
      where m.user_id = ? order by g.name`,
    [userId],
  );
  return rows.map((row) => row.name);
}

function assertName(name: string): void {
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new TsunagiError("NAME_INVALID", `'${name.slice(0, 200)}' is no name: ${fault}`, {
      details: { name },
    });
  }
}

interface UserRow {
  id: number;
  name: string;
  full_name: string | null;
  email: string | null;
  language: string | null;
  is_administrator: number;
  disabled_at: number | null;
  created_at: number;
  updated_at: number;
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    fullName: row.full_name,
    email: row.email,
    language: row.language,
    isAdministrator: row.is_administrator === 1,
    isDisabled: row.disabled_at !== null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

interface GroupRow {
  id: number;
  name: string;
  description: string | null;
  created_at: number;
  updated_at: number;
}

function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
