import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Transaction } from "#database";
import { systemActor, type Actor, type Right } from "./index.ts";
import { actorOf, TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
});
afterEach(() => storage.close());

type Subject = Parameters<TestStorage["storage"]["grant"]>[3];

const grant = (path: string, subject: Subject, rights: readonly Right[], actor = systemActor) =>
  storage.database.write((t) => storage.storage.grant(t, actor, path, subject, rights));
const denied = { code: "PERMISSION_DENIED" };

describe("permissions", () => {
  let alice: Actor;
  beforeEach(async () => {
    alice = await storage.user("alice", ["operators"]);
    await storage.put("/ops/web/a", "Text", { text: "a" });
    await storage.put("/ops/web/b", "Text", { text: "b" });
    await storage.put("/ops/db/c", "Text", { text: "c" });
  });

  test("a signed-in user may read types, himself, and nothing else", async () => {
    expect(await storage.names("/system/types", alice)).toContain("Server");
    await storage.document("/system/types/Server", alice);
    await storage.document("/system/users/alice", alice);
    await storage.user("bob");
    for (const path of [
      "/",
      "/ops",
      "/ops/web/a",
      "/system",
      "/system/users/bob",
      "/system/realms",
    ]) {
      await expect(storage.document(path, alice)).rejects.toMatchObject(denied);
    }
    expect(await storage.names("/system/users", alice)).toEqual([]);
    await expect(
      storage.patch("/system/types/Server", { fields: [] }, alice),
    ).rejects.toMatchObject(denied);
  });

  test("what is missing is refused in the same words as what is there", async () => {
    const message = (path: string) =>
      storage.document(path, alice).catch((error: Error) => error.message.replace(path, "it"));
    expect(await message("/ops/web/zzz")).toBe(await message("/ops/web/a"));
    expect(await message("/ops/zzz/zzz")).toBe(await message("/ops/web/a"));
    expect(await message("/system/users/zzz")).toBe(await message("/ops/web/a"));
  });

  test("a grant counts for all below, through a group, too, and ends with its revocation", async () => {
    await grant("/ops/web", { group: "operators" }, ["read"]);
    expect(await storage.names("/ops/web", alice)).toEqual(["a", "b"]);
    await expect(storage.patch("/ops/web/a", { text: "x" }, alice)).rejects.toMatchObject(denied);
    await expect(storage.document("/ops/db/c", alice)).rejects.toMatchObject(denied);
    await storage.put("/ops/web/new", "Text");
    expect(await storage.names("/ops/web", alice)).toEqual(["a", "b", "new"]);
    await grant("/ops/web", { group: "operators" }, []);
    await expect(storage.names("/ops/web", alice)).rejects.toMatchObject(denied);
  });

  test("a list leaves out what may not be read", async () => {
    await grant("/ops/web/b", { user: "alice" }, ["read"]);
    await storage.change(systemActor, (change) => change.move("/ops/db/c", "/ops/web/c"));
    await expect(storage.names("/ops/web", alice)).rejects.toMatchObject(denied);
    const found = await storage.read((t) => storage.storage.search(t, alice, "Text", new Map()));
    expect(found.map((object) => object.path)).toEqual(["/ops/web/b"]);
  });

  test("what moves comes under the grants of where it is", async () => {
    await grant("/ops/web", "everyone", ["read"]);
    await grant("/ops/db/c", { user: "alice" }, ["write"]);
    await storage.change(systemActor, (change) => change.move("/ops/db", "/ops/web/db"));
    await storage.document("/ops/web/db/c", alice);
    await storage.patch("/ops/web/db/c", { text: "x" }, alice);
    await storage.change(systemActor, (change) => change.move("/ops/web/a", "/ops/a"));
    await expect(storage.document("/ops/a", alice)).rejects.toMatchObject(denied);
  });

  test("who makes an object owns it and may do all with it", async () => {
    await grant("/ops/web", { user: "alice" }, ["write"]);
    await storage.put("/ops/web/mine", "Text", {}, alice);
    expect(await storage.document("/ops/web/mine", alice)).toMatchObject({ owner: "alice" });
    await grant("/ops/web/mine", { group: "operators" }, ["read"], alice);
    await storage.delete("/ops/web/mine", alice);
    await expect(storage.put("/ops/web/a", "Text", {}, alice)).resolves.toBeGreaterThan(0);
    await expect(storage.delete("/ops/web/a", alice)).rejects.toMatchObject(denied);
    await expect(grant("/ops/web/a", "everyone", ["read"], alice)).rejects.toMatchObject(denied);
  });

  test("who may manage may do everything", async () => {
    await grant("/ops", { user: "alice" }, ["manage"]);
    await storage.patch("/ops/web/a", { text: "x" }, alice);
    await storage.delete("/ops/web/a", alice);
  });

  test("a password is read by who manages, and used by processes of who may execute", async () => {
    await storage.put("/ops/account", "Account", { password: "geheim" });
    const read = (actor: Actor) =>
      storage.read(async (t) =>
        storage.storage.readField(
          t,
          actor,
          await storage.storage.get(t, actor, "/ops/account", "execute"),
          "password",
        ),
      );
    const process: Actor = { ...alice, cause: { kind: "process", id: "/process/1" } };
    await grant("/ops/account", { user: "alice" }, ["read"]);
    await expect(read(process)).rejects.toMatchObject(denied);
    await grant("/ops/account", { user: "alice" }, ["read", "execute"]);
    expect(await read(process)).toMatchObject({ value: { text: "geheim" } });
    await expect(read(alice)).rejects.toMatchObject(denied);
    await grant("/ops/account", { user: "alice" }, ["manage"]);
    expect(await read(alice)).toMatchObject({ value: { text: "geheim" } });
  });

  test("for whom a jobflow runs is changed by who manages it alone", async () => {
    await storage.put("/ops/flow", "Jobflow", { source: "" });
    await grant("/ops/flow", { user: "alice" }, ["read", "write"]);
    await storage.patch("/ops/flow", { source: "print(1)", runs_as: "caller" }, alice);
    await expect(storage.patch("/ops/flow", { runs_as: "owner" }, alice)).rejects.toMatchObject(
      denied,
    );
  });

  test("a reference to what may not be read is refused as if it were not there", async () => {
    await storage.put("/secret", "Account");
    await grant("/ops/web", { user: "alice" }, ["read", "write"]);
    const put = (account: string) => storage.put("/ops/web/s", "Server", { account }, alice);
    const details = async (account: string) =>
      put(account).catch((error: { details: { expected: string } }) => error.details.expected);
    expect(await details("/secret")).toBe(await details("/nowhere"));
  });

  test("a directory is deleted by who may delete all that is in it", async () => {
    await grant("/ops/web", { user: "alice" }, ["delete"]);
    await storage.put("/ops/web/mine", "Directory");
    await storage.delete("/ops/web/mine", alice);
    await grant("/ops/web", { user: "alice" }, []);
    await storage.put("/home/x", "Directory");
    await grant("/home/x", { user: "alice" }, ["manage"]);
    await storage.delete("/home/x", alice);
    await expect(storage.delete("/home", alice)).rejects.toMatchObject(denied);
  });

  test("a grant to nobody is refused", async () => {
    await expect(grant("/ops", { user: "nobody" }, ["read"])).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    await expect(grant("/ops", { group: "nobody" }, ["read"])).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });
});

const users = ["u0", "u1", "u2"] as const;
const memberships: Record<string, string[]> = { u0: [], u1: ["g0"], u2: ["g0", "g1"] };
const allRights: Right[] = ["read", "write", "execute", "delete", "manage"];
const names = ["a", "b", "c"];

const subjectArbitrary = fc.oneof(
  fc.constantFrom(...users).map((user) => ({ user })),
  fc.constantFrom("g0", "g1").map((group) => ({ group })),
  fc.constant("everyone" as const),
);
/** Which of the objects that are there by then is meant. */
const pick = fc.nat(1000);
const name = fc.constantFrom(...names);
const stepArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      under: pick,
      name,
      by: fc.constantFrom(...users),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("grant" as const),
      on: pick,
      to: subjectArbitrary,
      rights: fc.subarray(allRights),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("move" as const), from: pick, under: pick, name }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), at: pick }) },
);

/** The permissions worked out the simple way: every grant of every directory above, one after another. */
class NaiveTree {
  owners = new Map<string, string>();
  grants = new Map<string, Map<string, Right[]>>();

  rights(user: string, path: string): Set<Right> {
    if (this.owners.get(path) === user) return new Set(allRights);
    const found = new Set<Right>();
    for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
      for (const [subject, rights] of this.grants.get(at) ?? []) {
        const [kind, name = ""] = subject.split(":");
        const isMeant =
          kind === "everyone" ||
          (kind === "user" && name === user) ||
          (kind === "group" && memberships[user]?.includes(name));
        if (isMeant) for (const right of rights) found.add(right);
      }
    }
    return found.has("manage") ? new Set(allRights) : found;
  }

  /** One of the directories that are there, or the root, as the empty text. */
  directory(pick: number): string {
    const paths = ["", ...this.owners.keys()];
    return paths[pick % paths.length] ?? "";
  }

  rename(path: string, to: string | undefined): void {
    const owner = this.owners.get(path);
    const grants = this.grants.get(path);
    this.owners.delete(path);
    this.grants.delete(path);
    if (to !== undefined && owner !== undefined) this.owners.set(to, owner);
    if (to !== undefined && grants !== undefined) this.grants.set(to, grants);
  }

  below(path: string): string[] {
    return [...this.owners.keys()].filter(
      (other) => other === path || other.startsWith(`${path}/`),
    );
  }
}

test("rights, lists, searches and exports agree with a naive evaluator, whatever is made, granted, moved and deleted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 10, maxLength: 40 }), async (steps) => {
      const subject = await TestStorage.open();
      try {
        for (const user of users) await subject.user(user, memberships[user]);
        const naive = new NaiveTree();
        for (const step of steps) await perform(subject, naive, step);
        await compare(subject, naive);
      } finally {
        await subject.close();
      }
    }),
    { numRuns: 40 },
  );
});

type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

async function perform(subject: TestStorage, naive: NaiveTree, step: Step): Promise<void> {
  switch (step.do) {
    case "put": {
      const path = `${naive.directory(step.under)}/${step.name}`;
      if (naive.owners.has(path)) return;
      const owner = await subject.read((t) => actorOf(t, step.by));
      // As an administrator, so that he may write everywhere.
      const actor = { ...owner, principal: { ...owner.principal, isAdministrator: true } };
      await subject.put(path, "Directory", {}, actor);
      naive.owners.set(path, step.by);
      return;
    }
    case "grant": {
      const path = naive.directory(step.on);
      if (path === "") return;
      await subject.database.write((t) =>
        subject.storage.grant(t, systemActor, path, step.to, step.rights),
      );
      const to = step.to === "everyone" ? step.to : Object.entries(step.to).flat().join(":");
      const grants = naive.grants.get(path) ?? new Map<string, Right[]>();
      naive.grants.set(path, grants.set(to, step.rights));
      return;
    }
    case "move": {
      const from = naive.directory(step.from);
      const to = `${naive.directory(step.under)}/${step.name}`;
      if (from === "" || naive.owners.has(to) || to.startsWith(`${from}/`)) return;
      await subject.change(systemActor, (change) => change.move(from, to));
      for (const path of naive.below(from)) naive.rename(path, to + path.slice(from.length));
      return;
    }
    case "delete": {
      const at = naive.directory(step.at);
      if (at === "") return;
      await subject.delete(at);
      for (const path of naive.below(at)) naive.rename(path, undefined);
      return;
    }
  }
}

/** What an export holds, page by page. */
async function exportedPaths(
  subject: TestStorage,
  t: Transaction,
  actor: Actor,
  asOf: string | undefined,
): Promise<string[]> {
  const paths: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await subject.storage.transfer.export(t, actor, {
      type: "Directory",
      sort: "path",
      limit: 2,
      ...(asOf === undefined ? {} : { asOf }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    paths.push(...page.objects.map(({ path }) => path));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return paths;
}

/** Rights, lists, searches, counts, exports, the past and the reports against what the naive tree says. */
async function compare(subject: TestStorage, naive: NaiveTree): Promise<void> {
  await subject.read(async (t) => {
    for (const user of users) {
      const actor = await actorOf(t, user);
      const readable = [...naive.owners.keys()].filter((path) =>
        naive.rights(user, path).has("read"),
      );
      for (const path of naive.owners.keys()) {
        const object = await subject.storage.get(t, systemActor, path);
        const expected = naive.rights(user, path);
        expect(new Set(await subject.storage.rights(t, actor, object))).toEqual(expected);
        await compareReports(subject, t, user, path, expected);
        const history = subject.storage.history(t, actor, path, { limit: 1 });
        if (expected.has("read")) expect(await history).toHaveLength(1);
        else await expect(history).rejects.toMatchObject(denied);
      }
      const then = await subject.storage.past.at(t, actor, "2100-01-01");
      for (const path of readable) {
        const children = readable
          .filter((child) => child.slice(0, child.lastIndexOf("/")) === path)
          .sort();
        const page = await subject.storage.children(t, actor, path, { limit: 1000 });
        expect(page.items.map((item) => item.path)).toEqual(children);
        const past = await then.children(path, { limit: 1000 });
        expect(past.items.map((item) => item.path)).toEqual(children);
      }
      const found = await subject.storage.search(t, actor, "Directory", new Map());
      const own = found.map((object) => object.path).filter((path) => !path.startsWith("/system"));
      expect(own).toEqual(readable.sort());
      const page = await subject.storage.finder.page(t, actor, {
        search: "",
        type: "Directory",
        limit: 1,
        withTotal: true,
      });
      expect(page.total).toEqual({ count: found.length, isExact: true });
      for (const asOf of [undefined, "2100-01-01"]) {
        const exported = await exportedPaths(subject, t, actor, asOf);
        expect(exported.filter((path) => !path.startsWith("/system"))).toEqual(readable);
      }
      const past = await subject.storage.past.search(t, actor, "2100-01-01");
      const pastPage = await past.page({ type: "Directory", limit: 1, withTotal: true });
      expect(pastPage.total).toEqual({ count: found.length, isExact: true });
      const { changes } = await subject.storage.past.changes(t, actor, {}, { limit: 1000 });
      const all = await subject.storage.past.changes(t, systemActor, {}, { limit: 1000 });
      const seen = new Map(changes.map((change) => [change.change, change.objects]));
      for (const { change } of all.changes) {
        const rows = await t.all<{ object_id: number }>(
          "select object_id from object_history where change_id = ?",
          [change],
        );
        let count = 0;
        for (const { object_id: id } of rows) {
          const object = await subject.storage.find(t, systemActor, id);
          if (object === undefined) count = Number.NaN;
          else if (naive.owners.has(object.path)) count += Number(readable.includes(object.path));
          else if ((await subject.storage.rights(t, actor, object)).includes("read")) count += 1;
        }
        // Of what is deleted the rights that it had then decide, which the naive tree has forgotten.
        if (!Number.isNaN(count)) expect(seen.get(change) ?? 0).toBe(count);
      }
    }
  });
}

/** The reports are worked out from grants, the rights from what is interned. */
async function compareReports(
  subject: TestStorage,
  t: Transaction,
  user: string,
  path: string,
  expected: ReadonlySet<Right>,
): Promise<void> {
  const { reports } = subject.storage;
  const { users: listed, grants } = await reports.ofObject(t, systemActor, path);
  const everyone = grants.filter(({ subject: to }) => to === "everyone");
  const reported = listed.find((each) => each.user === user)?.rights ?? [
    ...new Set(everyone.flatMap(({ rights }) => rights)),
  ];
  expect(new Set(reported)).toEqual(expected);
  for (const right of allRights) {
    const { isAllowed } = await reports.explain(t, systemActor, { user, right, path });
    expect(isAllowed).toBe(expected.has(right));
  }
}
