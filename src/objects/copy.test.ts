import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemActor } from "./index.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
  await storage.type("Host", [
    { name: "serial", kind: "string", unique: true },
    { name: "peer", kind: "object" },
    { name: "all", kind: "objects" },
    { name: "secret", kind: "password" },
  ]);
  await storage.put("/a/out", "Host");
  await storage.put("/a/set/one", "Host", { peer: "/a/out", secret: "geheim" });
  await storage.put("/a/set/two", "Host", { peer: "/a/set/one", all: ["/a/set/one", "/a/out"] });
  await storage.patch("/a/set/one", { all: ["/a/set/two"] });
});
afterEach(() => storage.close());

const copy = (actor = systemActor, options = {}) =>
  storage.change(actor, (c) => c.copy("/a/set", "/a/new", options));

describe("a copy", () => {
  test("refers to itself where the original does, and outside where it does", async () => {
    await copy();
    expect(await storage.fields("/a/new/one")).toMatchObject({
      peer: "/a/out",
      all: ["/a/new/two"],
    });
    expect(await storage.fields("/a/new/two")).toMatchObject({
      peer: "/a/new/one",
      all: ["/a/new/one", "/a/out"],
    });
    expect(await storage.history("/a/new/two")).toMatchObject([
      { operation: "create", revision: 1 },
    ]);
  });

  test("lists the values that are to be unique, or leaves them out", async () => {
    await storage.patch("/a/set/one", { serial: "1" });
    await storage.patch("/a/set/two", { serial: "2" });
    await expect(copy()).rejects.toMatchObject({
      code: "VALUE_INVALID",
      details: { faults: [{ path: "/a/set/one", field: "serial" }, { path: "/a/set/two" }] },
    });
    await copy(systemActor, { clearUnique: true });
    expect(await storage.fields("/a/new/one")).toMatchObject({ serial: null });
  });

  test("has the passwords only for who may manage the original, and not what may not be read", async () => {
    const carol = await storage.user("carol");
    await storage.change(systemActor, async (c) => {
      await c.grant("/a", { user: "carol" }, ["write"]);
      await c.grant("/a/set", { user: "carol" }, ["read"]);
    });
    await copy(carol);
    expect(await storage.fields("/a/new/one")).toMatchObject({ secret: null });
    await storage.delete("/a/new");
    await copy();
    expect(await storage.fields("/a/new/one")).toMatchObject({ secret: "********" });
  });

  test("goes neither into itself nor onto something, and takes no types along", async () => {
    await expect(
      storage.change(systemActor, (c) => c.copy("/system", "/a/system")),
    ).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(
      storage.change(systemActor, (c) => c.copy("/a/set", "/a/set/x")),
    ).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(
      storage.change(systemActor, (c) => c.copy("/a/set", "/a/out")),
    ).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  });
});

describe("a deleted object", () => {
  test("is restored with what was below it, under another name if need be", async () => {
    const id = (await storage.document("/a/set")).id ?? 0;
    await storage.delete("/a/set");
    await storage.put("/a/set", "Directory");
    const restore = (to?: string) =>
      storage.database.write((t) =>
        storage.storage.restore(t, systemActor, id, to === undefined ? {} : { to }),
      );
    await expect(restore()).rejects.toMatchObject({ code: "UNDO_CONFLICT" });
    await restore("/a/again");
    expect(await storage.names("/a/again")).toEqual(["one", "two"]);
    expect((await storage.document("/a/again")).id).toBe(id);
    await expect(restore("/a/third")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  test("is restored alone from what was deleted together", async () => {
    await storage.patch("/a/set/two", { all: [] });
    await storage.delete("/a/set");
    await storage.put("/a/set", "Directory");
    await storage.database.write((t) =>
      storage.storage.restore(t, systemActor, "/a/set/one", { force: "all", to: "/a/one" }),
    );
    expect(await storage.fields("/a/one")).toMatchObject({ peer: "/a/out", all: [] });
  });
});

describe("who may manage", () => {
  test("cannot leave an object to nobody", async () => {
    const carol = await storage.user("carol");
    await storage.change(systemActor, (c) => c.grant("/a", { user: "carol" }, ["manage"]));
    const refused = { code: "LAST_MANAGER" };
    await expect(
      storage.change(carol, (c) => c.grant("/a", { user: "carol" }, ["read"])),
    ).rejects.toMatchObject(refused);
    await storage.user("dave");
    await storage.change(carol, async (c) => {
      await c.grant("/a", { user: "dave" }, ["manage"]);
      await c.grant("/a", { user: "carol" }, ["read"]);
    });
    await expect(storage.change(carol, (c) => c.setOwner("/a", "carol"))).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });

  test("can make himself the owner, and nobody else", async () => {
    const carol = await storage.user("carol");
    await storage.user("dave");
    await storage.change(systemActor, (c) => c.grant("/a", { user: "carol" }, ["manage"]));
    await expect(storage.change(carol, (c) => c.setOwner("/a", "dave"))).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await storage.change(carol, (c) => c.setOwner("/a", "carol"));
    expect(await storage.document("/a")).toMatchObject({ owner: "carol" });
  });
});
