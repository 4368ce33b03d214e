import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor, type Actor, type Right } from "./index.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
let alice: Actor;
let bob: Actor;
beforeEach(async () => {
  storage = await TestStorage.open();
  alice = await storage.user("alice", ["operators"]);
  bob = await storage.user("bob");
  await storage.put("/web/servers/w1", "Text");
  await grant("/web", { group: "operators" }, ["read"]);
  await grant("/web/servers", { user: "bob" }, ["manage"]);
});
afterEach(() => storage.close());

type Subject = Parameters<TestStorage["storage"]["grant"]>[3];
const grant = (path: string, subject: Subject, rights: readonly Right[]) =>
  storage.database.write((t) => storage.storage.grant(t, systemActor, path, subject, rights));
const people = () => storage.storage.people;
const reports = () => storage.storage.reports;

test("an object's report names everybody, with the grants that reach him", async () => {
  const report = await storage.read((t) => reports().ofObject(t, bob, "/web/servers/w1"));
  expect(report).toMatchObject({
    path: "/web/servers/w1",
    owner: "system",
    grants: [
      { subject: "user:bob", path: "/web/servers" },
      { subject: "group:operators", path: "/web" },
    ],
    users: [
      {
        user: "alice",
        rights: ["read"],
        through: [{ kind: "grant", subject: "group:operators", path: "/web" }],
      },
      { user: "bob", rights: ["read", "write", "execute", "delete", "manage"] },
    ],
  });
  await expect(
    storage.read((t) => reports().ofObject(t, alice, "/web/servers/w1")),
  ).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
});

test("a user's report is for himself, and for who manages the place that is asked about", async () => {
  const own = await storage.read((t) => reports().ofUser(t, alice, "alice"));
  expect(own.groups).toEqual(["operators"]);
  expect(own.grants).toEqual([
    { subject: "everyone", rights: ["read"], path: "/system/types" },
    { subject: "group:operators", rights: ["read"], path: "/web" },
  ]);
  const below = await storage.read((t) => reports().ofUser(t, bob, "alice", "/web/servers"));
  expect(below.grants).toMatchObject([{ path: "/web" }]);
  await expect(storage.read((t) => reports().ofUser(t, bob, "alice"))).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
  });
});

test("an explanation says what gives the right, or that nothing does", async () => {
  const explain = (user: string, right: Right, path = "/web/servers/w1") =>
    storage.read((t) => reports().explain(t, systemActor, { user, right, path }));
  expect(await explain("alice", "read")).toMatchObject({
    isAllowed: true,
    reason: "alice may read /web/servers/w1: group:operators has read on /web",
  });
  expect(await explain("alice", "write")).toMatchObject({
    isAllowed: false,
    reason:
      "alice may not write /web/servers/w1: no grant on it or above it gives that; alice has only read there",
  });
  await storage.put("/web/servers/mine", "Text", {}, bob);
  expect(await explain("bob", "delete", "/web/servers/mine")).toMatchObject({
    through: [{ kind: "owner" }, { kind: "grant" }],
  });
});

test("who is disabled may do nothing, and the report says so", async () => {
  await storage.database.write((t) =>
    people().changeUser(t, systemActor, "alice", { fields: { disabled: true }, force: true }),
  );
  const { users } = await storage.read((t) => reports().ofObject(t, systemActor, "/web"));
  expect(users).toContainEqual(expect.objectContaining({ user: "alice", isDisabled: true }));
  const explained = await storage.read((t) =>
    reports().explain(t, systemActor, { user: "alice", right: "read", path: "/web" }),
  );
  expect(explained).toMatchObject({
    isAllowed: false,
    reason: "alice is disabled, and may do nothing",
  });
});

test("rights are added and taken one by one; who loses one loses manage with it", async () => {
  const change = (rights: Right[], mode: "add" | "remove") =>
    storage.change(systemActor, (one) => one.grant("/web", { user: "alice" }, rights, mode));
  expect(await change(["read"], "add")).toEqual(["read"]);
  expect(await change(["write", "delete"], "add")).toEqual(["read", "write", "delete"]);
  expect(await change(["write"], "remove")).toEqual(["read", "delete"]);
  expect(await change(["manage"], "add")).toHaveLength(5);
  expect(await change(["execute"], "remove")).toEqual(["read", "write", "delete"]);
});

const lastManager = { code: "LAST_MANAGER" };

test("what leaves objects without anybody to manage them is refused, unless it is meant", async () => {
  await storage.user("root");
  const change = (name: string, fields: Record<string, boolean>, force?: boolean) =>
    storage.database.write((t) => people().changeUser(t, systemActor, name, { fields, force }));
  await change("root", { administrator: true });
  await expect(change("bob", { disabled: true })).rejects.toMatchObject({
    ...lastManager,
    details: { objects: 2 },
  });
  await change("bob", { disabled: true }, true);
  await expect(change("root", { administrator: false }, true)).rejects.toMatchObject(lastManager);
  await expect(change("root", { disabled: true }, true)).rejects.toMatchObject(lastManager);
});

test("the last member of a managing group stays in it, unless it is meant", async () => {
  await storage.user("root");
  await storage.database.write((t) =>
    people().changeUser(t, systemActor, "root", { fields: { administrator: true } }),
  );
  await grant("/web", { group: "operators" }, ["manage"]);
  const leave = (force?: boolean) =>
    storage.database.write((t) =>
      people().changeGroup(t, systemActor, "operators", { fields: {}, remove: ["alice"], force }),
    );
  await expect(leave()).rejects.toMatchObject(lastManager);
  await leave(true);
  const object = await storage.document("/system/groups/operators");
  expect(object.fields).toEqual({ description: null, members: [] });
});

test("what was done to users and groups is written down, passwords as the fact", async () => {
  await storage.database.write((t) =>
    people().changeUser(t, alice, "alice", {
      fields: { email: "alice@example.com" },
      passwordHash: "hash",
    }),
  );
  const entries = await storage.read((t) =>
    people().history(t, alice, { user: "alice" }, { limit: 10 }),
  );
  expect(entries).toMatchObject([
    {
      author: "alice",
      cause: "person",
      before: { email: null, password: null },
      after: { email: "alice@example.com", password: "********" },
    },
  ]);
});

test("nobody makes himself an administrator", async () => {
  const change = (fields: Record<string, boolean>) =>
    storage.database.write((t) => people().changeUser(t, alice, "alice", { fields }));
  await expect(change({ administrator: true })).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
  });
  await change({ administrator: false });
});

test("a group that goes takes its grants along, and goes only when no value names it", async () => {
  await storage.type("Service", [{ name: "team", kind: "group" }]);
  await storage.put("/shop", "Service", { team: "operators" });
  const remove = (actor: Actor, force?: boolean) =>
    storage.database.write((t) => people().deleteGroup(t, actor, "operators", { force }));
  await expect(remove(alice)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  await expect(remove(systemActor)).rejects.toMatchObject({
    code: "OBJECT_PROTECTED",
    message: "/system/groups/operators cannot be deleted: /shop (team) refers to it",
  });
  await storage.patch("/shop", { team: null });
  await storage.put("/only", "Text");
  await grant("/only", { group: "operators" }, ["manage"]);
  await expect(remove(systemActor)).rejects.toMatchObject({
    ...lastManager,
    details: { objects: 1 },
  });
  await remove(systemActor, true);
  expect((await storage.document("/system/users/alice")).fields).toMatchObject({ groups: [] });
  await expect(storage.document("/web", alice)).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
  });
  const [last] = await storage.history("/web");
  expect(last).toMatchObject({
    grants: { before: { "group:operators (deleted)": ["read"] }, after: {} },
  });
  // A new group of that name is another one.
  await storage.user("alice2", ["operators"]);
  const after = await storage.read((t) => reports().ofObject(t, systemActor, "/web"));
  expect(after.grants).toEqual([]);
});
