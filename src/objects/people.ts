/**
 * Changing users and groups, which are objects to read and kept by `#identity`. Administrators do it; everybody may change
 * what concerns himself alone. Whatever is done is written down ({@link People.history}), passwords only as the fact.
 *
 * What would leave objects that nobody can manage, the last administrator included, is refused; the former an administrator
 * may do all the same, when he says so.
 */
import { nearest, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import {
  addMember,
  countAdministrators,
  createGroup,
  createUser,
  deleteGroup,
  findGroup,
  findUser,
  insertIdentityChange,
  listIdentityChanges,
  removeMember,
  updateGroup,
  updateUser,
  type Group,
  type User,
  type UserChange,
} from "#identity";
import type { Actor } from "./actor.ts";
import { userName } from "./field-context.ts";
import { valueInvalid } from "./field-input.ts";
import { describeInput, ValueFault } from "./field-value.ts";
import { fieldKinds } from "./field-kinds.ts";
import { group as groupKind } from "./fields/group.ts";
import {
  groupFields,
  groupsDirectory,
  userFields,
  usersDirectory,
} from "./identity-directories.ts";
import { isSame, type Json, type JsonObject } from "./json.ts";
import { countUnmanaged } from "./managers.ts";
import type { Change } from "./object-change.ts";
import { pathOf, rootId } from "./object-table.ts";
import { valueSql } from "./search/value-sql.ts";
import type { TypeTable } from "./type-table.ts";

export interface UserInput {
  /** By the names of the type User; `groups` is left out of account. */
  fields: JsonObject;
  /** As a password hasher gives it. */
  passwordHash?: string | undefined;
  /** Do it although objects are left that only administrators can manage. */
  force?: boolean | undefined;
}

export interface GroupInput {
  /** By the names of the type Group. */
  fields: JsonObject;
  /** Names of users who become members. */
  add?: readonly string[] | undefined;
  remove?: readonly string[] | undefined;
  force?: boolean | undefined;
}

export interface PeopleHistoryEntry {
  change: number;
  at: number;
  author: string;
  cause: string;
  reason: string | null;
  before: JsonObject;
  after: JsonObject;
}

/** Fields that are everybody's own business. */
const ownFields: readonly string[] = ["full_name", "email", "language", "groups"];

/** Objects named in a refusal; more are counted. */
const namedMax = 5;

export class People {
  readonly #now: () => number;
  readonly #types: TypeTable;
  readonly #begin: (transaction: Transaction, actor: Actor) => Change;

  constructor(options: {
    now: () => number;
    types: TypeTable;
    /** Begins a change of objects. */
    begin: (transaction: Transaction, actor: Actor) => Change;
  }) {
    this.#now = options.now;
    this.#types = options.types;
    this.#begin = options.begin;
  }

  async createUser(
    transaction: Transaction,
    actor: Actor,
    name: string,
    input: UserInput,
  ): Promise<void> {
    assertAdministrator(actor, "make users");
    const change = parseUser(`${usersDirectory.path}/${name}`, input);
    const id = await createUser(transaction, { name, ...change }, this.#now());
    if (change.isDisabled === true) await updateUser(transaction, id, change, this.#now());
    const user = await getUser(transaction, name);
    await this.#note(
      transaction,
      actor,
      `user:${user.id}`,
      {},
      {
        ...(await userFields(transaction, user)),
        ...secretOf(input),
      },
    );
  }

  /** Changes the fields that are given. */
  async changeUser(
    transaction: Transaction,
    actor: Actor,
    name: string,
    input: UserInput,
  ): Promise<void> {
    const isOwn = actor.principal.name === name;
    if (!isOwn) assertAdministrator(actor, "change users");
    const user = await getUser(transaction, name);
    const before = await userFields(transaction, user);
    const change = parseUser(`${usersDirectory.path}/${name}`, input);
    const foreign = Object.keys(input.fields).find(
      (field) => !ownFields.includes(field) && !isSame(before[field], input.fields[field]),
    );
    if (foreign !== undefined) assertAdministrator(actor, `change '${foreign}' of a user`);
    await this.#keepingManagers(transaction, actor, input.force, () =>
      updateUser(transaction, user.id, change, this.#now()),
    );
    const after = await userFields(transaction, await getUser(transaction, name));
    await this.#noteDifference(transaction, actor, `user:${user.id}`, before, {
      ...after,
      ...secretOf(input),
    });
  }

  async createGroup(
    transaction: Transaction,
    actor: Actor,
    name: string,
    input: GroupInput,
  ): Promise<void> {
    assertAdministrator(actor, "make groups");
    const { description } = parseGroup(`${groupsDirectory.path}/${name}`, input.fields);
    await createGroup(
      transaction,
      { name, ...(description == null ? {} : { description }) },
      this.#now(),
    );
    const group = await getGroup(transaction, name);
    await this.#setMembers(transaction, group, input);
    const after = await groupFields(transaction, group);
    await this.#note(transaction, actor, `group:${group.id}`, {}, after);
  }

  /** Changes the fields that are given, and its members. */
  async changeGroup(
    transaction: Transaction,
    actor: Actor,
    name: string,
    input: GroupInput,
  ): Promise<void> {
    assertAdministrator(actor, "change groups");
    const group = await getGroup(transaction, name);
    const before = await groupFields(transaction, group);
    const change = parseGroup(`${groupsDirectory.path}/${name}`, input.fields);
    await this.#keepingManagers(transaction, actor, input.force, async () => {
      await updateGroup(transaction, group.id, change, this.#now());
      await this.#setMembers(transaction, group, input);
    });
    const after = await groupFields(transaction, await getGroup(transaction, name));
    await this.#noteDifference(transaction, actor, `group:${group.id}`, before, after);
  }

  /**
   * Takes a group away: nobody is in it any more, and what was granted to it is granted to nobody, as a change of these
   * objects. Refused while values of fields name it.
   */
  async deleteGroup(
    transaction: Transaction,
    actor: Actor,
    name: string,
    { force }: { force?: boolean | undefined } = {},
  ): Promise<void> {
    assertAdministrator(actor, "delete groups");
    const group = await getGroup(transaction, name);
    const before = await groupFields(transaction, group);
    await this.#assertUnnamed(transaction, group);
    await this.#keepingManagers(transaction, actor, force, async () => {
      const change = this.#begin(transaction, actor);
      const granted = await transaction.all<{ object_id: number }>(
        "select object_id from object_grant where subject = ? order by object_id",
        [`group:${group.id}`],
      );
      for (const { object_id: id } of granted) await change.grant(id, { group: name }, []);
      await change.finish();
      await deleteGroup(transaction, group.id);
    });
    await this.#note(transaction, actor, `group:${group.id}`, { name, ...before }, {});
  }

  async #assertUnnamed(transaction: Transaction, { id, name }: Group): Promise<void> {
    const naming: string[] = [];
    let count = 0;
    for (const type of await this.#types.all(transaction)) {
      for (const field of type.fields.filter(({ kind }) => kind === groupKind)) {
        const value = valueSql(transaction.dialect, field, "o");
        const rows = await transaction.all<{ id: number }>(
          `select o.id from object o where o.type_id = ? and ${value.sql} = ? order by o.id`,
          [type.id, ...value.parameters, id],
        );
        count += rows.length;
        for (const row of rows.slice(0, namedMax - naming.length)) {
          naming.push(`${(await pathOf(transaction, row.id)) ?? ""} (${field.name})`);
        }
      }
    }
    if (count === 0) return;
    const path = `${groupsDirectory.path}/${name}`;
    const more = count > naming.length ? [`${count - naming.length} more`] : [];
    throw new TsunagiError(
      "OBJECT_PROTECTED",
      `${path} cannot be deleted: ${[...naming, ...more].join(", ")} refers to it`,
      { details: { path, referrers: naming, count }, hint: "change what refers to it first" },
    );
  }

  /** What was done to a user or group, newest first. Administrators see it, and who it is about. */
  async history(
    transaction: Transaction,
    actor: Actor,
    who: { user: string } | { group: string },
    page: { before?: number; limit: number },
  ): Promise<PeopleHistoryEntry[]> {
    const isOwn = "user" in who && who.user === actor.principal.name;
    if (!isOwn) assertAdministrator(actor, "see what was done to users and groups");
    const subject =
      "user" in who
        ? `user:${(await getUser(transaction, who.user)).id}`
        : `group:${(await getGroup(transaction, who.group)).id}`;
    const entries: PeopleHistoryEntry[] = [];
    for (const entry of await listIdentityChanges(transaction, subject, page)) {
      const { id, at, authorId, cause, reason, before, after } = entry;
      entries.push({
        change: id,
        at,
        author: (await userName(transaction, authorId)) ?? `user ${authorId}`,
        cause,
        reason,
        before: before as JsonObject,
        after: after as JsonObject,
      });
    }
    return entries;
  }

  async #setMembers(
    transaction: Transaction,
    group: Group,
    { fields, add = [], remove = [] }: GroupInput,
  ): Promise<void> {
    const { members } = await groupFields(transaction, group);
    const current = textsOf(members);
    const wanted = fields["members"] === undefined ? current : textsOf(fields["members"]);
    const after = new Set([...wanted, ...add].filter((name) => !remove.includes(name)));
    for (const name of remove) await getUser(transaction, name);
    for (const name of current) {
      if (after.has(name)) continue;
      await removeMember(transaction, group.id, (await getUser(transaction, name)).id);
    }
    for (const name of after) {
      if (current.includes(name)) continue;
      await addMember(transaction, group.id, (await getUser(transaction, name)).id);
    }
  }

  /** Refuses what leaves nobody to manage something. */
  async #keepingManagers(
    transaction: Transaction,
    actor: Actor,
    force: boolean | undefined,
    work: () => Promise<void>,
  ): Promise<void> {
    const mayForce = force === true && actor.principal.isAdministrator;
    const before = mayForce ? 0 : await countUnmanaged(transaction, rootId);
    const hadAdministrators = (await countAdministrators(transaction)) > 0;
    await work();
    if (hadAdministrators && (await countAdministrators(transaction)) === 0) {
      throw new TsunagiError("LAST_MANAGER", "there would be no administrator any more", {
        hint: "make somebody else an administrator first",
      });
    }
    if (mayForce) return;
    const objects = (await countUnmanaged(transaction, rootId)) - before;
    if (objects <= 0) return;
    throw new TsunagiError(
      "LAST_MANAGER",
      `nobody but administrators could manage ${objects} objects any more`,
      {
        details: { objects },
        hint: "let others manage them first, or do it all the same with 'force'",
      },
    );
  }

  async #noteDifference(
    transaction: Transaction,
    actor: Actor,
    subject: string,
    before: JsonObject,
    after: JsonObject,
  ): Promise<void> {
    const names = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
    if (names.length === 0) return;
    const pick = (fields: JsonObject): JsonObject =>
      Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
    await this.#note(transaction, actor, subject, pick(before), pick(after));
  }

  async #note(
    transaction: Transaction,
    { principal, cause, reason }: Actor,
    subject: string,
    before: JsonObject,
    after: JsonObject,
  ): Promise<void> {
    await insertIdentityChange(transaction, {
      at: this.#now(),
      authorId: principal.userId,
      cause: [cause.kind, cause.id].filter(Boolean).join(" "),
      reason: reason ?? null,
      subject,
      before,
      after,
    });
  }
}

/** That a password was set, and no more. */
function secretOf({ passwordHash }: UserInput): JsonObject {
  return passwordHash === undefined ? {} : { password: "********" };
}

function parseUser(path: string, { fields, passwordHash }: UserInput): UserChange {
  const known = [...ownFields, "administrator", "disabled"];
  assertKnown(path, fields, known);
  const text = (name: string, kind: string) =>
    parse(path, fields, name, kind) as string | null | undefined;
  const flag = (name: string) => {
    const value = parse(path, fields, name, "boolean") as boolean | null | undefined;
    return value === null ? false : value;
  };
  const change = {
    fullName: text("full_name", "string"),
    email: text("email", "email"),
    language: text("language", "string"),
    isAdministrator: flag("administrator"),
    isDisabled: flag("disabled"),
    passwordHash,
  };
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function parseGroup(path: string, fields: JsonObject): { description?: string | null } {
  assertKnown(path, fields, ["description", "members"]);
  const { members } = fields;
  const isList = Array.isArray(members) && members.every((name) => typeof name === "string");
  if (members !== undefined && members !== null && !isList) {
    const got = describeInput(members);
    throw valueInvalid([{ path, field: "members", expected: "a list of names of users", got }]);
  }
  const description = parse(path, fields, "description", "text") as string | null | undefined;
  return description === undefined ? {} : { description };
}

function assertKnown(path: string, fields: JsonObject, known: readonly string[]): void {
  const faults = Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((field) => {
      const guess = nearest(field, known);
      const expected = guess === undefined ? `one of ${known.join(", ")}` : `the field ${guess}`;
      return { path, field, expected, got: "an unknown name" };
    });
  if (faults.length > 0) throw valueInvalid(faults);
}

/** The value of a field as its kind takes it; undefined if it is not given. */
function parse(path: string, fields: JsonObject, field: string, kind: string): Json | undefined {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined || value === null) return value;
  try {
    // None of these kinds asks the storage for anything.
    const parsed = fieldKinds.get(kind)?.parse(value, {}, noContext);
    return parsed instanceof Promise ? undefined : parsed;
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error;
    throw valueInvalid([{ path, field, expected: error.expected, got: describeInput(value) }]);
  }
}

const noContext = {
  previous: undefined,
  resolve: () => Promise.reject(new ValueFault("no object")),
  userId: () => Promise.resolve(undefined),
  groupId: () => Promise.resolve(undefined),
  attachmentSize: () => Promise.resolve(undefined),
  seal: (text: string) => text,
  open: (sealed: string) => sealed,
};

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

async function getUser(transaction: Transaction, name: string): Promise<User> {
  const user = await findUser(transaction, name);
  if (user !== undefined) return user;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no user '${name.slice(0, 200)}'`, {
    details: { path: `${usersDirectory.path}/${name}` },
  });
}

async function getGroup(transaction: Transaction, name: string): Promise<Group> {
  const group = await findGroup(transaction, name);
  if (group !== undefined) return group;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no group '${name.slice(0, 200)}'`, {
    details: { path: `${groupsDirectory.path}/${name}` },
  });
}

function assertAdministrator({ principal }: Actor, what: string): void {
  if (principal.isAdministrator) return;
  throw new TsunagiError("PERMISSION_DENIED", `${principal.name} may not ${what}`, {
    hint: "administrators do that",
  });
}
