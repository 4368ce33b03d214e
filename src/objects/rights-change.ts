/** Changing who may do what with an object: its grants and its owner, as parts of a change. */
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { findGroup, findUser } from "#identity";
import { ownGrants, type Subject } from "./acl.ts";
import type { Actor } from "./actor.ts";
import { countUnmanaged, mayOwn } from "./managers.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { pathOf } from "./object-table.ts";
import { changedRights, fromRightSet, noRights, type Right } from "./rights.ts";
import type { TreeObject } from "./stored-object.ts";

/** Who gets a right. `everyone` is whoever is signed in. */
export type GrantSubject = { user: string } | { group: string } | "everyone";

/** What a grant does with what the subject has on the object already. */
export type GrantMode = "set" | "add" | "remove";

interface Services {
  transaction: Transaction;
  actor: Actor;
  writer: ObjectWriter;
}

/** Changes what is granted to somebody on an object that the actor manages; gives what it is then. */
export async function changeGrant(
  services: Services,
  object: TreeObject,
  { subject, rights, mode }: { subject: GrantSubject; rights: readonly Right[]; mode: GrantMode },
): Promise<Right[]> {
  const { transaction, writer } = services;
  const id = await subjectId(transaction, subject);
  const before = (await ownGrants(transaction, object.id)).get(id) ?? noRights;
  const after = changedRights(before, rights, mode);
  await keepingManagers(services, [object.id], () => writer.grant(object, id, after));
  return fromRightSet(after);
}

/**
 * Makes somebody the owner of an object that the actor manages. Himself he may make it; to make it somebody else's is for
 * administrators, as a jobflow may run with the rights of its owner.
 */
export async function changeOwner(
  services: Services,
  object: TreeObject,
  name: string,
): Promise<void> {
  const { transaction, actor, writer } = services;
  const owner = await findUser(transaction, name);
  if (owner === undefined) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no user '${name}'`);
  }
  const { principal } = actor;
  if (owner.id !== object.ownerId && !mayOwn(principal, owner.id)) {
    throw new TsunagiError(
      "PERMISSION_DENIED",
      `${principal.name} may not make ${object.path} the property of ${name}`,
      {
        details: { path: object.path, owner: name },
        hint: `let ${name} manage it; who manages it can make himself the owner`,
      },
    );
  }
  await keepingManagers(services, [object.id], () => writer.setOwner(object, owner.id));
}

/** Whoever may manage something cannot leave it, or what is below it, to nobody; administrators can. */
export async function keepingManagers<T>(
  { transaction, actor }: Services,
  ids: readonly number[],
  work: () => Promise<T>,
): Promise<T> {
  if (actor.principal.isAdministrator) return work();
  const before = new Map<number, number>();
  for (const id of ids) before.set(id, await countUnmanaged(transaction, id));
  const result = await work();
  for (const [id, count] of before) {
    const objects = (await countUnmanaged(transaction, id)) - count;
    if (objects <= 0) continue;
    const path = await pathOf(transaction, id);
    throw new TsunagiError("LAST_MANAGER", `nobody could manage ${path} any more`, {
      details: { path, objects },
      hint: "let somebody else manage it first, or make yourself the owner",
    });
  }
  return result;
}

async function subjectId(transaction: Transaction, subject: GrantSubject): Promise<Subject> {
  if (subject === "everyone") return subject;
  const isUser = "user" in subject;
  const kind = isUser ? "user" : "group";
  const name = isUser ? subject.user : subject.group;
  const found = isUser ? await findUser(transaction, name) : await findGroup(transaction, name);
  if (found !== undefined) return `${kind}:${found.id}`;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no ${kind} '${name}'`);
}
