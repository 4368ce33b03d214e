import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemActor, type Actor, type ObjectDocument } from "./index.ts";
import { TestStorage } from "./test-storage.ts";
import { perform, step } from "./test-steps.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
  await storage.type("Host", [
    { name: "name", kind: "string" },
    { name: "site", kind: "object" },
    { name: "backup", kind: "object", on_delete: "clear" },
  ]);
  await storage.user("alice");
  await storage.user("bob");
  await storage.put("/a", "Directory");
  await storage.put("/b", "Directory");
});
afterEach(() => storage.close());

async function lastChange(): Promise<number> {
  const row = await storage.read((t) =>
    t.get<{ id: number }>("select max(id) as id from object_change"),
  );
  return row?.id ?? 0;
}

/** All documents as they are now, by walking the tree. */
async function snapshot(): Promise<ObjectDocument[]> {
  return storage.read(async (t) => {
    const found: ObjectDocument[] = [];
    const walk = async (path: string): Promise<void> => {
      const object = await storage.storage.get(t, systemActor, path);
      found.push(await storage.storage.toDocument(t, object));
      if (object.type !== "Directory" || path === "/system/users" || path === "/system/groups") {
        return;
      }
      const page = await storage.storage.children(t, systemActor, path, { limit: 1000 });
      for (const child of page.items) await walk(child.path);
    };
    await walk("/");
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  });
}

/** All documents as they were. */
async function past(moment: number): Promise<ObjectDocument[]> {
  return storage.read(async (t) => {
    const then = await storage.storage.past.at(t, systemActor, String(moment));
    const found: ObjectDocument[] = [];
    for (const object of await then.subtree("/", 1000)) found.push(await then.toDocument(object));
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  });
}

function namesAt(path: string, moment: string, actor: Actor = systemActor): Promise<string[]> {
  return storage.read(async (t) => {
    const then = await storage.storage.past.at(t, actor, moment);
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await then.children(path, { limit: 2, ...(after ? { after } : {}) });
      names.push(...page.items.map((item) => item.name));
      after = page.next ?? undefined;
    } while (after !== undefined);
    return names;
  });
}

test("as it was at any moment is what a snapshot of that moment says", async () => {
  const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(histories, async (changes) => {
      const snapshots = [{ moment: await lastChange(), documents: await snapshot() }];
      for (const steps of changes) {
        await storage.database.write(async (t) => {
          const change = storage.storage.change(t, systemActor);
          for (const one of steps) {
            await t.savepoint(() => perform(change, one)).catch(() => undefined);
          }
          await change.finish();
        });
        snapshots.push({ moment: await lastChange(), documents: await snapshot() });
      }
      for (const { moment, documents } of snapshots) {
        expect(await past(moment)).toEqual(documents);
        const inA = documents.filter(({ path }) => /^\/a\/[^/]+$/.test(path));
        expect(await namesAt("/a", String(moment))).toEqual(inA.map(({ name }) => name));
      }
    }),
    { numRuns: 40 },
  );
});

describe("the past", () => {
  test("has the paths, names and fields of then", async () => {
    await storage.put("/a/site", "Directory");
    await storage.put("/b/h", "Host", { name: "one", site: "/a/site" });
    const moment = String(await lastChange());
    await storage.change(systemActor, (c) => c.move("/a/site", "/b/place"));
    await storage.patch("/system/types/Host", {
      fields: [
        { id: "1", name: "title", kind: "string" },
        { name: "site", kind: "object" },
        { name: "backup", kind: "object", on_delete: "clear" },
      ],
    });
    await storage.delete("/b/h");
    const then = await storage.read(async (t) => {
      const reader = await storage.storage.past.at(t, systemActor, moment);
      return reader.toDocument(await reader.get("/b/h"));
    });
    expect(then.fields).toMatchObject({ name: "one", site: "/a/site" });
    expect(await namesAt("/a", moment)).toEqual(["site"]);
    expect(await namesAt("/b", moment)).toEqual(["h"]);
  });

  test("is found by time, and says where its knowledge ends", async () => {
    await expect(namesAt("/a", "2001-01-01")).rejects.toMatchObject({ code: "HISTORY_HORIZON" });
    await expect(namesAt("/a", "yesterday")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    await expect(namesAt("/a", "999999")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect(await namesAt("/a", new Date(Date.now() + 1000).toISOString())).toEqual([]);
  });

  test("is seen by who may see the present; what is deleted, by who could then", async () => {
    const alice = await storage.user("carol");
    await storage.put("/a/h", "Host", { name: "one" });
    await storage.change(systemActor, (c) => c.grant("/a", { user: "carol" }, ["read"]));
    const moment = String(await lastChange());
    await storage.delete("/a/h");
    expect(await namesAt("/a", moment, alice)).toEqual(["h"]);
    await expect(namesAt("/b", moment, alice)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await storage.change(systemActor, (c) => c.grant("/a", { user: "carol" }, []));
    await expect(namesAt("/a", moment, alice)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });
});

describe("a history", () => {
  test("of a directory holds what was done below it, deleted objects included", async () => {
    await storage.put("/a/h", "Host", { name: "one" });
    await storage.patch("/a/h", { name: "two" });
    await storage.change(systemActor, (c) => c.move("/a/h", "/a/g"));
    await storage.delete("/a/g");
    await storage.put("/b/h", "Host");
    const { entries } = await storage.read((t) =>
      storage.storage.past.history(t, systemActor, "/a", { limit: 10, below: true }),
    );
    expect(entries).toMatchObject([
      { objectPath: "/a/g", operation: "delete", before: { name: "two" }, after: {} },
      { operation: "update", path: { before: "/a/h", after: "/a/g" } },
      { operation: "update", before: { name: "one" }, after: { name: "two" } },
      { operation: "create", before: {}, after: { name: "one" } },
      { objectPath: "/a", operation: "create" },
    ]);
  });

  test("comes in pages, and hides passwords and what may not be read", async () => {
    const carol = await storage.user("carol");
    await storage.change(systemActor, async (c) => {
      for (const name of ["1", "2", "3"]) await c.put(`/a/h${name}`, "Host", { name });
      await c.put("/b/h", "Host", {});
    });
    await storage.change(systemActor, (c) => c.grant("/a", { user: "carol" }, ["read"]));
    const change = (await lastChange()) - 1;
    const page = (after?: string) =>
      storage.read((t) =>
        storage.storage.past.change(t, carol, change, { limit: 2, ...(after ? { after } : {}) }),
      );
    const first = await page();
    expect(first).toMatchObject({ total: 3, head: { change }, entries: [{}, {}] });
    expect((await page(first.next ?? "")).entries).toMatchObject([{ after: { name: "3" } }]);
    const { changes } = await storage.read((t) =>
      storage.storage.past.changes(t, carol, { author: "system", below: "/a" }, { limit: 10 }),
    );
    expect(changes.map((one) => one.objects)).toEqual([1, 3, 1]);
  });

  test("shows grants and owners by name", async () => {
    await storage.change(systemActor, async (c) => {
      await c.grant("/a", { user: "alice" }, ["read"]);
      await c.setOwner("/a", "bob");
    });
    expect((await storage.history("/a"))[0]).toMatchObject({
      grants: { before: {}, after: { "user:alice": ["read"] } },
      owner: { before: "system", after: "bob" },
    });
  });
});

test("a comparison tells what was added, removed, changed and moved between two moments", async () => {
  await storage.put("/a/stays", "Host", { name: "s" });
  await storage.put("/a/goes", "Host", { name: "g" });
  await storage.put("/a/moves", "Host");
  const from = String(await lastChange());
  await storage.patch("/a/stays", { name: "t" });
  await storage.put("/a/comes", "Host", { name: "c" });
  await storage.delete("/a/goes");
  await storage.change(systemActor, (c) => c.move("/a/moves", "/b/moved"));
  await storage.put("/a/between", "Host");
  await storage.delete("/a/between");
  const { differences, total } = await storage.read((t) =>
    storage.storage.past.compare(t, systemActor, "/a", { from }, { limit: 10 }),
  );
  expect(total).toBe(4);
  expect(differences).toMatchObject([
    { objectPath: "/a/comes", kind: "added", after: { name: "c" } },
    { objectPath: "/a/goes", kind: "removed", before: { name: "g" } },
    { objectPath: "/a/stays", kind: "changed", before: { name: "s" }, after: { name: "t" } },
    { kind: "changed", path: { before: "/a/moves", after: "/b/moved" } },
  ]);
});

test("what was deleted is listed with who did it, until it is there again", async () => {
  await storage.put("/a/d/h", "Host");
  await storage.delete("/a/d");
  await storage.put("/b/h", "Host");
  await storage.delete("/b/h");
  const list = () =>
    storage.read((t) => storage.storage.past.deleted(t, systemActor, "/a", { limit: 10 }));
  const { items } = await list();
  expect(items.map(({ path }) => path).sort()).toEqual(["/a/d", "/a/d/h"]);
  expect(items[0]).toMatchObject({ author: "system" });
  await storage.database.write((t) =>
    storage.storage.undo(t, systemActor, { change: items[0]?.change ?? 0 }),
  );
  expect((await list()).items).toEqual([]);
});
