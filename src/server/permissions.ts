/** Answers who may do what, and changes it, users and groups included; the objects' reports and people know how. */
import { TsunagiError } from "#kernel";
import type {
  ExplanationDocument,
  GrantDocument,
  ObjectDocument,
  ObjectRightsDocument,
  UserRightsDocument,
} from "#contract";
import type { Transaction } from "#database";
import type { Actor, GrantSubject, ObjectStorage } from "#objects";
import type { ArgumentOf } from "./operations.ts";
import { withReason } from "./past.ts";

export function rightsOn(
  { reports }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path }: ArgumentOf<"rights.ofObject">,
): Promise<ObjectRightsDocument> {
  return reports.ofObject(tx, actor, path);
}

export function rightsOfUser(
  { reports }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { user, below }: ArgumentOf<"rights.ofUser">,
): Promise<UserRightsDocument> {
  return reports.ofUser(tx, actor, user, below);
}

export function explainRight(
  { reports }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  question: ArgumentOf<"rights.explain">,
): Promise<ExplanationDocument> {
  return reports.explain(tx, actor, question);
}

export async function grant(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { path, subject, rights, mode, reason }: ArgumentOf<"rights.grant">,
): Promise<GrantDocument> {
  const change = objects.change(tx, withReason(actor, reason));
  const granted = await change.grant(path, subjectOf(subject), rights, mode);
  await change.finish();
  return { path, subject, rights: granted };
}

export async function saveUser(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { name, fields, password, force, reason }: ArgumentOf<"users.create">,
  isNew: boolean,
): Promise<ObjectDocument> {
  const { people } = objects;
  const who = withReason(actor, reason);
  // It was hashed on the way (engine-house.ts), so that the writer does not wait for that.
  const input = { fields, passwordHash: password, force };
  if (isNew) await people.createUser(tx, who, name, input);
  else await people.changeUser(tx, who, name, input);
  return objects.toDocument(tx, await objects.get(tx, actor, `/system/users/${name}`));
}

export async function saveGroup(
  objects: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { name, reason, ...input }: ArgumentOf<"groups.create">,
  isNew: boolean,
): Promise<ObjectDocument> {
  const { people } = objects;
  const who = withReason(actor, reason);
  if (isNew) await people.createGroup(tx, who, name, input);
  else await people.changeGroup(tx, who, name, input);
  return objects.toDocument(tx, await objects.get(tx, actor, `/system/groups/${name}`));
}

export async function deleteGroup(
  { people }: ObjectStorage,
  tx: Transaction,
  actor: Actor,
  { name, reason, ...options }: ArgumentOf<"groups.delete">,
): Promise<void> {
  await people.deleteGroup(tx, withReason(actor, reason), name, options);
}

function subjectOf(text: string): GrantSubject {
  if (text === "everyone") return text;
  const [kind, ...rest] = text.split(":");
  const name = rest.join(":");
  if (kind === "user" && name !== "") return { user: name };
  if (kind === "group" && name !== "") return { group: name };
  throw new TsunagiError(
    "ARGUMENT_INVALID",
    `'${text.slice(0, 200)}' is nobody to grant rights to`,
    {
      hint: "name a user as user:alice, a group as group:operators, or everyone",
    },
  );
}
