import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "./json.ts";
import { systemActor } from "./actor.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
});
afterEach(() => storage.close());

const thing = (...fields: Record<string, Json>[]) => storage.type("Thing", fields);
const value = async (path = "/t") => (await storage.fields(path))["value"];

describe("options that stored values break", () => {
  test.each<[name: string, from: Record<string, Json>, stored: Json, to: Record<string, Json>]>([
    ["a lower max", { kind: "integer" }, 12, { kind: "integer", max: 10 }],
    ["a shorter text", { kind: "string" }, "long", { kind: "string", max: 3 }],
    ["a pattern", { kind: "string" }, "a", { kind: "string", pattern: "[0-9]+" }],
    [
      "a choice that is in use",
      { kind: "choice", choices: ["a", "b"] },
      "b",
      { kind: "choice", choices: ["a"] },
    ],
    [
      "one of several choices",
      { kind: "choices", choices: ["a", "b"] },
      ["a", "b"],
      { kind: "choices", choices: ["a"] },
    ],
    ["another target type", { kind: "object" }, "/", { kind: "object", types: ["Server"] }],
    ["a value that is missing", { kind: "string" }, null, { kind: "string", required: true }],
    [
      "the limit of a secret",
      { kind: "string", secret: true },
      "geheim",
      { kind: "string", secret: true, max: 3 },
    ],
  ])("%s is refused, with the objects", async (_name, from, stored, to) => {
    await thing({ name: "value", ...from });
    await storage.put("/t", "Thing", { value: stored });
    await expect(thing({ name: "value", ...to })).rejects.toMatchObject({
      code: "VALUE_INVALID",
      details: { count: 1, faults: [{ path: "/t", field: "value" }] },
    });
    expect(await storage.fields("/system/types/Thing")).toMatchObject({
      fields: [{ name: "value", ...from }],
    });
  });

  test("unique is refused with all objects that have a value twice", async () => {
    await thing({ name: "value", kind: "string" });
    for (const [path, text] of [
      ["/a", "x"],
      ["/b", "y"],
      ["/c", "x"],
    ] as const) {
      await storage.put(path, "Thing", { value: text });
    }
    await expect(thing({ name: "value", kind: "string", unique: true })).rejects.toMatchObject({
      details: { faults: [{ path: "/a" }, { path: "/c" }] },
    });
    await storage.patch("/c", { value: "z" });
    await thing({ name: "value", kind: "string", unique: true });
  });

  test("are taken where every value stays right", async () => {
    await thing({ name: "value", kind: "choice", choices: ["a", "b"] });
    await storage.put("/t", "Thing", { value: "a" });
    await thing({
      name: "value",
      kind: "choice",
      choices: [{ value: "a", label: { en: "A", ja: "ア" } }],
      required: true,
    });
    expect(await value()).toBe("a");
  });

  test("a new field that is required needs a default where there are objects", async () => {
    await thing();
    await storage.put("/t", "Thing");
    await expect(thing({ name: "value", kind: "string", required: true })).rejects.toMatchObject({
      details: { faults: [{ path: "/t", got: "nothing" }] },
    });
    await thing({ name: "value", kind: "string", required: true, default: "x" });
    expect(await value()).toBe("x");
  });

  test("values of objects that one may not read are counted, not shown", async () => {
    await thing({ name: "value", kind: "string" });
    await storage.put("/t", "Thing", { value: "hidden" });
    const alice = await storage.user("alice");
    const grant = (rights: ("read" | "write")[]) =>
      storage.database.write((t) =>
        storage.storage.grant(t, systemActor, "/system/types/Thing", { user: "alice" }, rights),
      );
    await grant(["read", "write"]);
    const change = storage.patch(
      "/system/types/Thing",
      { fields: [{ name: "value", kind: "string", max: 1 }] },
      alice,
    );
    await expect(change).rejects.toMatchObject({ details: { count: 1, faults: [] } });
  });
});

test("an undo to a narrower type is refused like that change by hand", async () => {
  await thing({ name: "value", kind: "integer", max: 10 });
  await thing({ name: "value", kind: "integer", max: 100 });
  await storage.put("/t", "Thing", { value: 50 });
  const [widened] = await storage.history("/system/types/Thing");
  const undo = () =>
    storage.database.write((t) =>
      storage.storage.undo(t, systemActor, { change: widened?.change ?? 0 }),
    );
  await expect(undo()).rejects.toMatchObject({ details: { faults: [{ path: "/t" }] } });
  await storage.patch("/t", { value: 5 });
  await undo();
  await expect(storage.patch("/t", { value: 50 })).rejects.toMatchObject({ code: "VALUE_INVALID" });
});

describe("a field that is retired", () => {
  test("comes back with its values, in any place", async () => {
    await thing({ name: "a", kind: "string" }, { name: "value", kind: "string" });
    await storage.put("/t", "Thing", { a: "1", value: "2" });
    await thing({ name: "a", kind: "string" });
    expect(await storage.fields("/t")).toEqual({ a: "1" });
    await thing({ name: "value", kind: "string" }, { name: "a", kind: "string" });
    expect(Object.entries(await storage.fields("/t"))).toEqual([
      ["value", "2"],
      ["a", "1"],
    ]);
  });

  test("is refused back where its values do not fit what it is now", async () => {
    await thing({ name: "value", kind: "integer" });
    await storage.put("/t", "Thing", { value: 50 });
    await thing();
    await expect(thing({ name: "value", kind: "integer", max: 10 })).rejects.toMatchObject({
      details: { faults: [{ path: "/t" }] },
    });
  });

  test("has forgotten what was deleted meanwhile when it comes back", async () => {
    await thing({ name: "value", kind: "object" });
    await storage.put("/target", "Directory");
    await storage.put("/t", "Thing", { value: "/target" });
    await thing();
    await storage.delete("/target");
    await thing({ name: "value", kind: "object" });
    expect(await value()).toBeNull();
  });
});

describe("secret text", () => {
  const secret = { name: "value", kind: "string", secret: true };

  test("is shown as a mask, and its clear text leaves the history", async () => {
    await thing({ name: "value", kind: "string", searched: true });
    await storage.put("/t", "Thing", { value: "geheim1" });
    await storage.patch("/t", { value: "geheim2" });
    await storage.put("/gone", "Thing", { value: "geheim3" });
    await storage.delete("/gone");
    await thing(secret);
    expect(await value()).toBe("********");
    const stored = await storage.read(async (t) => [
      await t.all("select data from object"),
      await t.all("select before from object_history"),
    ]);
    expect(JSON.stringify(stored)).not.toContain("geheim");
    expect(JSON.stringify(await storage.history("/t"))).not.toContain("geheim");
    await storage.patch("/t", { value: "geheim4" });
    expect(JSON.stringify(await storage.history("/t"))).not.toContain("geheim");
  });

  test("cannot be switched off while there are values", async () => {
    await thing(secret);
    await storage.put("/t", "Thing", { value: "geheim" });
    await expect(thing({ name: "value", kind: "string" })).rejects.toMatchObject({
      code: "VALUE_INVALID",
      details: { faults: [{ path: "/t", got: "a secret" }] },
    });
  });

  test.each([{ default: "x" }, { unique: true }, { indexed: true }, { searched: true }])(
    "can neither be looked for nor have a default: %j",
    async (option) => {
      await expect(thing({ ...secret, ...option })).rejects.toMatchObject({
        code: "VALUE_INVALID",
      });
    },
  );

  test("keeps the limits of the text, and tells no value", async () => {
    await thing({ ...secret, max: 3 });
    const failure = await storage
      .put("/t", "Thing", { value: "geheim" })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "VALUE_INVALID" });
    expect(JSON.stringify(failure) + String(failure)).not.toContain("geheim");
  });

  test("is an option of kinds of text alone", async () => {
    await expect(thing({ name: "value", kind: "integer", secret: true })).rejects.toMatchObject({
      code: "VALUE_INVALID",
    });
  });
});

describe("types that name types", () => {
  test("follow a rename", async () => {
    await storage.type("Rack", []);
    await thing({ name: "value", kind: "object", types: ["Rack"] });
    await storage.put("/r", "Rack");
    await storage.put("/t", "Thing", { value: "/r" });
    await storage.change(systemActor, (change) =>
      change.move("/system/types/Rack", "/system/types/Cabinet"),
    );
    expect(await storage.fields("/system/types/Thing")).toMatchObject({
      fields: [{ types: ["Cabinet"] }],
    });
    expect(await storage.document("/r")).toMatchObject({ type: "Cabinet" });
    await storage.put("/t2", "Thing", { value: "/r" });
  });

  test("are refused where there is no such type, and keep what they name", async () => {
    await expect(thing({ name: "value", kind: "object", types: ["Sever"] })).rejects.toMatchObject({
      details: { expected: "the type Server" },
    });
    await storage.type("Rack", []);
    await thing({ name: "value", kind: "object", types: ["Rack"] });
    await expect(storage.delete("/system/types/Rack")).rejects.toMatchObject({
      code: "OBJECT_PROTECTED",
      details: { type: "Thing", field: "value" },
    });
  });

  test("may name themselves", async () => {
    await thing({ name: "value", kind: "object", types: ["Thing"] });
  });
});

test("a type that is in use names some of its objects when it is to be deleted", async () => {
  await thing();
  await storage.put("/t", "Thing");
  await expect(storage.delete("/system/types/Thing")).rejects.toMatchObject({
    code: "OBJECT_PROTECTED",
    details: { count: 1, objects: ["/t"] },
  });
});
