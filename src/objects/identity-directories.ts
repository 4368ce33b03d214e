import type { Transaction } from "#database";
import {
  findGroup,
  findUser,
  groupNames,
  listGroups,
  listUsers,
  memberNames,
  type Group,
  type User,
} from "#identity";
import type { Actor } from "./actor.ts";
import type { JsonObject } from "./json.ts";
import { hasRight, toRightSet, type RightSet } from "./rights.ts";
import type { VirtualDirectory, VirtualObject } from "./virtual-directory.ts";

/** `/system/users/<name>`. Everybody may read himself. */
export const usersDirectory: VirtualDirectory = {
  path: "/system/users",
  type: "User",

  async find(transaction, actor, name, inherited) {
    const user = await findUser(transaction, name);
    return user && toUserObject(transaction, user, actor, inherited);
  },

  async list(transaction, actor, page, inherited) {
    if (!hasRight(inherited, "read")) return [];
    const found: VirtualObject[] = [];
    for (const user of await listUsers(transaction, page)) {
      found.push(await toUserObject(transaction, user, actor, inherited));
    }
    return found;
  },
};

/** `/system/groups/<name>`. */
export const groupsDirectory: VirtualDirectory = {
  path: "/system/groups",
  type: "Group",

  async find(transaction: Transaction, _actor, name, inherited) {
    const group = await findGroup(transaction, name);
    return group && toGroupObject(transaction, group, inherited);
  },

  async list(transaction, _actor, page, inherited) {
    if (!hasRight(inherited, "read")) return [];
    const found: VirtualObject[] = [];
    for (const group of await listGroups(transaction, page)) {
      found.push(await toGroupObject(transaction, group, inherited));
    }
    return found;
  },
};

/** What `/system/users/<name>` shows as its fields. */
export async function userFields(transaction: Transaction, user: User): Promise<JsonObject> {
  return {
    full_name: user.fullName,
    email: user.email,
    language: user.language,
    administrator: user.isAdministrator,
    disabled: user.isDisabled,
    groups: await groupNames(transaction, user.id),
  };
}

/** What `/system/groups/<name>` shows as its fields. */
export async function groupFields(transaction: Transaction, group: Group): Promise<JsonObject> {
  const { description, id } = group;
  return { description, members: await memberNames(transaction, id) };
}

async function toUserObject(
  transaction: Transaction,
  user: User,
  actor: Actor,
  inherited: RightSet,
): Promise<VirtualObject> {
  const { name, createdAt, updatedAt } = user;
  const isHimself = actor.principal.userId === user.id;
  return {
    name,
    type: "User",
    ownerId: user.id,
    owner: name,
    fields: await userFields(transaction, user),
    revision: 1,
    createdAt,
    updatedAt,
    rights: isHimself ? inherited | toRightSet(["read"]) : inherited,
  };
}

async function toGroupObject(
  transaction: Transaction,
  group: Group,
  inherited: RightSet,
): Promise<VirtualObject> {
  const { name, createdAt, updatedAt } = group;
  return {
    name,
    type: "Group",
    ownerId: 0,
    owner: "system",
    fields: await groupFields(transaction, group),
    revision: 1,
    createdAt,
    updatedAt,
    rights: inherited,
  };
}
