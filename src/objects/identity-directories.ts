import type { Transaction } from "#database";
import { findGroup, findUser, listGroups, listUsers, type Group, type User } from "#identity";
import type { Actor } from "./actor.ts";
import { hasRight, toRightSet, type RightSet } from "./rights.ts";
import type { VirtualDirectory, VirtualObject } from "./virtual-directory.ts";

/** `/system/users/<name>`. Everybody may read himself. */
export const usersDirectory: VirtualDirectory = {
  path: "/system/users",

  async find(transaction, actor, name, inherited) {
    const user = await findUser(transaction, name);
    return user && toUserObject(user, actor, inherited);
  },

  async list(transaction, actor, page, inherited) {
    if (!hasRight(inherited, "read")) return [];
    const users = await listUsers(transaction, page);
    return users.map((user) => toUserObject(user, actor, inherited));
  },
};

/** `/system/groups/<name>`. */
export const groupsDirectory: VirtualDirectory = {
  path: "/system/groups",

  async find(transaction: Transaction, _actor, name, inherited) {
    const group = await findGroup(transaction, name);
    return group && toGroupObject(group, inherited);
  },

  async list(transaction, _actor, page, inherited) {
    if (!hasRight(inherited, "read")) return [];
    const groups = await listGroups(transaction, page);
    return groups.map((group) => toGroupObject(group, inherited));
  },
};

function toUserObject(user: User, actor: Actor, inherited: RightSet): VirtualObject {
  const { name, fullName, email, language, createdAt, updatedAt } = user;
  const isHimself = actor.principal.userId === user.id;
  return {
    name,
    type: "User",
    ownerId: user.id,
    owner: name,
    fields: { full_name: fullName, email, language },
    revision: 1,
    createdAt,
    updatedAt,
    rights: isHimself ? inherited | toRightSet(["read"]) : inherited,
  };
}

function toGroupObject(group: Group, inherited: RightSet): VirtualObject {
  const { name, description, createdAt, updatedAt } = group;
  return {
    name,
    type: "Group",
    ownerId: 0,
    owner: "system",
    fields: { description },
    revision: 1,
    createdAt,
    updatedAt,
    rights: inherited,
  };
}
