/** The last one who may manage something can neither give that away nor lose it, whatever he does. */
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import "../../test/property-seed.ts";
import { TsunagiError } from "#kernel";
import { systemActor, type Actor, type Right } from "./index.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
});
afterEach(() => storage.close());

const grant = (path: string, subject: { user: string } | { group: string }, rights: Right[]) =>
  storage.change(systemActor, (change) => change.grant(path, subject, rights));
const lastManager = { code: "LAST_MANAGER" };

test("what nobody could manage where it would stand is not moved there, but by administrators", async () => {
  const carol = await storage.user("carol");
  await storage.put("/team/x/y", "Text");
  await storage.put("/shared", "Directory");
  await grant("/team", { user: "carol" }, ["manage"]);
  await grant("/shared", { user: "carol" }, ["read", "write"]);
  const move = (actor: Actor) =>
    storage.change(actor, (change) => change.move("/team/x", "/shared/x"));
  await expect(move(carol)).rejects.toMatchObject({ ...lastManager, details: { objects: 2 } });
  expect(await storage.names("/team")).toEqual(["x"]);
  await storage.change(carol, (change) => change.move("/team/x", "/team/z"));
  await storage.change(carol, (change) => change.setOwner("/team/z", "carol"));
  await expect(
    storage.change(carol, (change) => change.move("/team/z", "/shared/x")),
  ).rejects.toMatchObject({ ...lastManager, details: { objects: 1 } });
  await storage.change(carol, (change) => change.setOwner("/team/z/y", "carol"));
  await storage.change(carol, (change) => change.move("/team/z", "/shared/x"));
});

test("a move that is taken back leaves nothing to nobody either", async () => {
  const carol = await storage.user("carol");
  await storage.put("/shared/x", "Text");
  await storage.put("/team", "Directory");
  await grant("/team", { user: "carol" }, ["manage"]);
  await grant("/shared", { user: "carol" }, ["read", "write", "delete"]);
  await storage.change(systemActor, (change) => change.move("/shared/x", "/team/x"));
  const row = await storage.read((t) =>
    t.get<{ id: number }>("select max(id) as id from object_change"),
  );
  const undo = storage.database.write((t) =>
    storage.storage.undo(t, carol, { change: row?.id ?? 0 }),
  );
  await expect(undo).rejects.toMatchObject(lastManager);
  expect(await storage.names("/team")).toEqual(["x"]);
});

interface Act {
  who: number;
  what: "move" | "grant" | "own" | "undo" | "put" | "delete" | "restore";
  from: number;
  to: number;
  subject: number;
  rights: Right[];
}

const act: fc.Arbitrary<Act> = fc.record({
  who: fc.nat(1),
  what: fc.constantFrom("move", "grant", "grant", "own", "undo", "put", "delete", "restore"),
  from: fc.nat(7),
  to: fc.nat(7),
  subject: fc.nat(3),
  rights: fc.constantFrom<Right[]>([], ["read"], ["write", "delete", "read"], ["manage"]),
});

const paths = ["/a", "/b", "/a/x", "/b/y", "/a/x/z", "/b/x", "/c/x", "/c/z"];
const subjects = ["everyone", { user: "carol" }, { user: "dave" }, { group: "crew" }] as const;

test("no sequence of changes leaves to nobody what somebody could manage", async () => {
  const actors = [await storage.user("carol", ["crew"]), await storage.user("dave")];
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      for (const path of ["/a", "/b", "/c"]) await storage.delete(path).catch(() => undefined);
      await storage.put("/a/x/z", "Text");
      await storage.put("/b/y", "Text");
      await grant("/a", { user: "carol" }, ["manage"]);
      await grant("/b", { group: "crew" }, ["manage"]);
      await grant("/b", { user: "dave" }, ["read", "write", "delete"]);
      await storage.put("/c", "Directory");
      await grant("/c", { group: "crew" }, ["read", "write", "delete"]);
      await grant("/c", { user: "dave" }, ["read", "write"]);
      for (const one of acts) {
        const before = await managed();
        await perform(actors[one.who] ?? systemActor, one).catch((error: unknown) => {
          if (!(error instanceof TsunagiError)) throw error;
        });
        const after = await managed();
        for (const [id, isManaged] of before) {
          if (isManaged && after.has(id)) expect(after.get(id), JSON.stringify(acts)).toBe(true);
        }
      }
    }),
    { numRuns: 250 },
  );
});

async function perform(actor: Actor, { what, from, to, subject, rights }: Act): Promise<unknown> {
  const path = paths[from] ?? "/a";
  const target = paths[to] ?? "/a";
  const { database, storage: objects } = storage;
  switch (what) {
    case "move":
      return storage.change(actor, (change) => change.move(path, target));
    case "grant":
      return storage.change(actor, (change) =>
        change.grant(path, subjects[subject] ?? "everyone", rights),
      );
    case "own":
      return storage.change(actor, (change) => change.setOwner(path, actor.principal.name));
    case "put":
      return storage.change(actor, (change) => change.put(path, "Directory", {}));
    case "delete":
      return storage.change(actor, (change) => change.delete(path, { recursive: true }));
    case "restore":
      return database.write((t) => objects.restore(t, actor, path));
    case "undo":
      return database.write(async (t) => {
        const row = await t.get<{ id: number }>("select max(id) as id from object_change");
        return objects.undo(t, actor, { change: (row?.id ?? 0) - to }, { force: "all" });
      });
  }
}

/** Of every object, whether somebody who is no administrator may manage it: said anew, from the grants alone. */
async function managed(): Promise<Map<number, boolean>> {
  return storage.read(async (t) => {
    const objects = await t.all<{ id: number; parent_id: number | null; owner_id: number }>(
      "select id, parent_id, owner_id from object",
    );
    const grants = await t.all<{ object_id: number; subject: string; rights: number }>(
      "select object_id, subject, rights from object_grant",
    );
    const byId = new Map(objects.map((each) => [each.id, each]));
    const isManaged = (id: number | null): boolean => {
      const object = id === null ? undefined : byId.get(id);
      if (object === undefined) return false;
      // The users of the test: somebody is in each of its groups.
      const isGranted = grants.some((one) => one.object_id === object.id && one.rights === 31);
      return isGranted || isManaged(object.parent_id);
    };
    return new Map(objects.map((each) => [each.id, each.owner_id !== 0 || isManaged(each.id)]));
  });
}
