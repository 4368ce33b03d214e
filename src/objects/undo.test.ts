import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemActor, type Actor, type UndoOptions, type UndoRequest } from "./index.ts";
import type { Change } from "./object-change.ts";
import { perform, step, type Step } from "./test-steps.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
  await storage.type("Host", [
    { name: "name", kind: "string" },
    { name: "serial", kind: "string", unique: true },
    { name: "site", kind: "object", on_delete: "protect" },
    { name: "backup", kind: "object", on_delete: "clear" },
    { name: "secret", kind: "password" },
  ]);
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

/** Does something and gives the number of the change. */
async function did(
  work: (change: Change) => Promise<unknown>,
  actor = systemActor,
): Promise<number> {
  await storage.change(actor, work);
  return lastChange();
}

function undo(request: UndoRequest, options: UndoOptions = {}, actor: Actor = systemActor) {
  return storage.database.write((t) => storage.storage.undo(t, actor, request, options));
}

function plan(request: UndoRequest, actor: Actor = systemActor) {
  return storage.read((t) => storage.storage.past.planUndo(t, actor, request));
}

/** All that can be seen of the tree, but for revisions and times. */
async function everything(): Promise<unknown> {
  return storage.read(async (t) => {
    const objects = await t.all<Record<string, unknown>>(
      "select id, parent_id, name, type_id, owner_id, acl, data from object where id > 3 order by id",
    );
    const references = await t.all("select * from object_reference order by source_id, field_id");
    const grants = await t.all("select * from object_grant order by object_id, subject");
    const shown = objects.map((row) => {
      const data = JSON.parse(String(row["data"])) as Record<string, { fields?: unknown }>;
      const values = Object.entries(data).map(([id, value]) => [id, value?.fields ?? value]);
      return { ...row, data: Object.fromEntries(values) };
    });
    return { objects: shown, references, grants };
  });
}

describe("an undo", () => {
  test("of a value gives it back, and leaves others as they are", async () => {
    await storage.put("/a/h", "Host", { name: "one", serial: "1" });
    const change = await did((c) => c.patch("/a/h", { name: "two" }));
    await storage.patch("/a/h", { serial: "2" });
    await undo({ change });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one", serial: "2" });
    expect((await storage.history("/a/h"))[0]).toMatchObject({
      cause: `undo change ${change}`,
      before: { name: "two" },
      after: { name: "one" },
    });
  });

  test("is a change, and can be undone", async () => {
    await storage.put("/a/h", "Host", { name: "one" });
    const change = await did((c) => c.patch("/a/h", { name: "two" }));
    const undone = await undo({ change });
    await undo({ change: undone.change ?? 0 });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "two" });
    // And a second time: what is there is what that change wrote.
    await undo({ change });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one" });
    expect((await undo({ change })).change).toBeNull();
  });

  test("names later changes that are in the way, and overwrites only those that are named", async () => {
    const alice = await storage.user("alice");
    await storage.put("/a/h", "Host", { name: "one", serial: "1" });
    const change = await did((c) => c.patch("/a/h", { name: "two", serial: "2" }));
    await storage.change(systemActor, (c) => c.grant("/a", { user: "alice" }, ["read", "write"]));
    const later = await did((c) => c.patch("/a/h", { name: "three" }), alice);
    await expect(undo({ change })).rejects.toMatchObject({ code: "UNDO_CONFLICT" });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "three", serial: "2" });
    const { conflicts } = await plan({ change });
    expect(conflicts).toMatchObject([
      {
        path: "/a/h",
        what: "name",
        reason: "changed",
        changes: [{ change: later, author: "alice" }],
      },
    ]);
    await undo({ change }, { skipConflicts: true });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "three", serial: "1" });
    await undo({ change }, { force: [conflicts[0]?.id ?? ""] });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one", serial: "1" });
  });

  test("of a delete brings everything back under the same ids, references to it included", async () => {
    const site = await storage.put("/a/site", "Directory");
    await storage.put("/a/site/h", "Host", { name: "one", secret: "geheim" });
    await storage.put("/b/h", "Host", { backup: "/a/site/h" });
    await storage.change(systemActor, (c) => c.grant("/a/site", "everyone", ["read"]));
    const before = await everything();
    const change = await did((c) => c.delete("/a/site", { recursive: true }));
    expect(await storage.fields("/b/h")).toMatchObject({ backup: null });
    await undo({ change });
    expect(await everything()).toEqual(before);
    expect((await storage.document("/a/site")).id).toBe(site);
    expect(await storage.fields("/b/h")).toMatchObject({ backup: "/a/site/h" });
    const secret = await storage.read(async (t) => {
      const object = await storage.storage.get(t, systemActor, "/a/site/h");
      return storage.storage.readField(t, systemActor, object, "secret");
    });
    expect(secret.value).toMatchObject({ text: "geheim" });
  });

  test("of a creation deletes, unless others have come to refer to it or stand in it", async () => {
    const made = await did((c) => c.put("/a/h", "Host", {}));
    await storage.put("/b/h", "Host", { site: "/a/h" });
    expect((await plan({ change: made })).conflicts).toMatchObject([{ reason: "referred-to" }]);
    await storage.patch("/b/h", { site: null });
    await undo({ change: made });
    expect(await storage.names("/a")).toEqual([]);
    const directory = await did((c) => c.put("/a/d", "Directory", {}));
    await storage.put("/a/d/x", "Host");
    expect((await plan({ change: directory })).conflicts).toMatchObject([{ reason: "not-empty" }]);
  });

  test("of a rename or a move needs the name to be free; two that change places do so again", async () => {
    await storage.put("/a/x", "Host", { name: "x" });
    const change = await did((c) => c.move("/a/x", "/b/y"));
    await storage.put("/a/x", "Directory");
    expect((await plan({ change })).conflicts).toMatchObject([{ reason: "name-taken" }]);
    await storage.delete("/a/x");
    await undo({ change });
    expect(await storage.names("/a")).toEqual(["x"]);
    await storage.put("/a/y", "Host", { name: "y" });
    const swap = await did(async (c) => {
      await c.move("/a/x", "/a/t");
      await c.move("/a/y", "/a/x");
      await c.move("/a/t", "/a/y");
    });
    expect(await storage.fields("/a/y")).toMatchObject({ name: "x" });
    await undo({ change: swap });
    expect(await storage.fields("/a/y")).toMatchObject({ name: "y" });
  });

  test("says what a restored object lacks: its unique value, its target, its directory", async () => {
    await storage.put("/a/site", "Directory");
    await storage.put("/a/h", "Host", { serial: "1" });
    const unique = await did((c) => c.delete("/a/h"));
    await storage.put("/a/other", "Host", { serial: "1" });
    expect((await plan({ change: unique })).conflicts).toMatchObject([{ reason: "not-unique" }]);
    await storage.put("/a/g", "Host", { site: "/a/site" });
    const target = await did((c) => c.delete("/a/g"));
    await storage.delete("/a/site");
    const { conflicts } = await plan({ change: target });
    expect(conflicts).toMatchObject([{ reason: "target-gone", what: "site", isForceable: true }]);
    await undo({ change: target }, { force: "all" });
    expect(await storage.fields("/a/g")).toMatchObject({ site: null });
    await storage.put("/b/d/h", "Host");
    const gone = await did((c) => c.delete("/b/d/h"));
    await storage.delete("/b/d");
    expect((await plan({ change: gone })).conflicts).toMatchObject([{ reason: "directory-gone" }]);
  });

  test("takes back grants and owners", async () => {
    await storage.user("alice");
    const before = await everything();
    const first = await did((c) => c.grant("/a", { user: "alice" }, ["read"]));
    const second = await did((c) => c.setOwner("/a", "alice"));
    await undo({ change: second });
    await undo({ change: first });
    expect(await everything()).toEqual(before);
  });

  test("of a field of a type hides its values, and the undo of that shows them again", async () => {
    const change = await did((c) =>
      c.patch("/system/types/Host", {
        fields: [
          { name: "name", kind: "string" },
          { name: "serial", kind: "string", unique: true },
          { name: "site", kind: "object" },
          { name: "backup", kind: "object" },
          { name: "secret", kind: "password" },
          { name: "rack", kind: "string" },
        ],
      }),
    );
    await storage.put("/a/h", "Host", { rack: "r1" });
    const undone = await undo({ change });
    expect(await storage.fields("/a/h")).not.toHaveProperty("rack");
    await undo({ change: undone.change ?? 0 });
    expect(await storage.fields("/a/h")).toMatchObject({ rack: "r1" });
  });

  test("of what a person did, below a path, from a moment on", async () => {
    const alice = await storage.user("alice");
    for (const path of ["/a", "/b"]) {
      await storage.change(systemActor, (c) =>
        c.grant(path, { user: "alice" }, ["read", "write", "delete"]),
      );
      await storage.put(`${path}/h`, "Host", { name: "one" });
    }
    const from = String(await lastChange());
    await storage.patch("/a/h", { name: "two" }, alice);
    await storage.patch("/a/h", { serial: "s" });
    await storage.patch("/b/h", { name: "two" }, alice);
    await storage.delete("/a/h", alice);
    await undo({ author: "alice", from, below: "/a" });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one", serial: "s" });
    expect(await storage.fields("/b/h")).toMatchObject({ name: "two" });
  });

  test("of an object to a moment, and of one field of it", async () => {
    await storage.put("/a/h", "Host", { name: "one", serial: "1" });
    const from = String(await lastChange());
    await storage.patch("/a/h", { name: "two" });
    await storage.patch("/a/h", { name: "three", serial: "3" });
    await undo({ object: "/a/h", fields: ["name"], from });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one", serial: "3" });
    await undo({ object: "/a/h", from });
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one", serial: "1" });
  });

  test("needs the rights that doing it by hand needs, and does not tell of what may not be read", async () => {
    const bob = await storage.user("bob");
    await storage.put("/a/h", "Host", { name: "one" });
    await storage.put("/b/h", "Host", { name: "one" });
    await storage.change(systemActor, (c) => c.grant("/a", { user: "bob" }, ["read"]));
    const change = await did(async (c) => {
      await c.patch("/a/h", { name: "two" });
      await c.patch("/b/h", { name: "two" });
    });
    const { steps, conflicts, isPartial } = await plan({ change }, bob);
    expect(steps).toEqual([]);
    expect(isPartial).toBe(true);
    expect(conflicts).toMatchObject([{ path: "/a/h", reason: "not-permitted" }]);
    await storage.change(systemActor, (c) => c.grant("/a", { user: "bob" }, ["read", "write"]));
    await undo({ change }, {}, bob);
    expect(await storage.fields("/a/h")).toMatchObject({ name: "one" });
    expect(await storage.fields("/b/h")).toMatchObject({ name: "two" });
  });

  test("of many objects is one change", async () => {
    const change = await did(async (c) => {
      for (let n = 0; n < 700; n += 1) await c.put(`/a/h${n}`, "Host", { name: `n${n}` });
    });
    const before = await everything();
    const { change: undone } = await undo({ change });
    expect(await storage.names("/a")).toEqual([]);
    await undo({ change: undone ?? 0 });
    expect(await everything()).toEqual(before);
  });
});

/** Makes a history of changes of several steps each; what cannot be done is left out. */
async function makeHistory(changes: readonly Step[][]): Promise<number[]> {
  const numbers: number[] = [];
  for (const steps of changes) {
    await storage.database.write(async (t) => {
      const change = storage.storage.change(t, systemActor);
      for (const one of steps) await t.savepoint(() => perform(change, one)).catch(() => undefined);
      const record = await change.finish();
      if (record !== undefined) numbers.push(record.id);
    });
  }
  return numbers;
}

async function freshStorage(): Promise<void> {
  await storage.close();
  storage = await TestStorage.open();
  await storage.user("alice");
  await storage.user("bob");
  await storage.type("Host", [
    { name: "name", kind: "string" },
    { name: "site", kind: "object" },
    { name: "backup", kind: "object", on_delete: "clear" },
  ]);
  await storage.put("/a", "Directory");
  await storage.put("/b", "Directory");
}

async function assertNothingDangles(): Promise<void> {
  const dangling = await storage.read((t) =>
    t.all(
      `select * from object_reference r where not exists (select 1 from object o where o.id = r.target_id)
        or not exists (select 1 from object o where o.id = r.source_id)`,
    ),
  );
  expect(dangling).toEqual([]);
  const orphans = await storage.read((t) =>
    t.all(
      `select id from object o where parent_id is not null
        and not exists (select 1 from object p where p.id = o.parent_id)`,
    ),
  );
  expect(orphans).toEqual([]);
}

const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

test("undone one after the other, the newest first, any changes give every earlier state", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (changes) => {
      await freshStorage();
      const past: unknown[] = [];
      const numbers: number[] = [];
      for (const steps of changes) {
        const state = await everything();
        const [number] = await makeHistory([steps]);
        if (number === undefined) continue;
        past.push(state);
        numbers.push(number);
      }
      while (numbers.length > 0) {
        const now = await everything();
        const undone = await undo({ change: numbers.at(-1) ?? 0 });
        expect(await everything()).toEqual(past.at(-1));
        await assertNothingDangles();
        if (undone.change !== null) {
          const again = await undo({ change: undone.change });
          expect(await everything()).toEqual(now);
          if (again.change !== null) await undo({ change: again.change });
        }
        numbers.pop();
        past.pop();
      }
    }),
    { numRuns: 60 },
  );
});

test("undone all together, any changes give the state before the first", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (changes) => {
      await freshStorage();
      const before = await everything();
      const from = String(await lastChange());
      await makeHistory(changes);
      await undo({ from });
      expect(await everything()).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

test("any undo that leaves conflicts out keeps references whole", async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(), async (changes, which) => {
      await freshStorage();
      const numbers = await makeHistory(changes);
      const change = numbers[which % Math.max(1, numbers.length)];
      if (change === undefined) return;
      await undo({ change }, { skipConflicts: true });
      await assertNothingDangles();
      await undo({ change }, { skipConflicts: true, force: "all" });
      await assertNothingDangles();
    }),
    { numRuns: 60 },
  );
});
