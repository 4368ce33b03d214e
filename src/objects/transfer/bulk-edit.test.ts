import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor } from "../index.ts";
import { TestStorage } from "../test-storage.ts";
import type { BulkEdit, BulkOutcome } from "./bulk-edit.ts";
import { decodeHits, encodeHits } from "./hit-list.ts";

let store: TestStorage;
beforeEach(async () => {
  store = await TestStorage.open();
  await store.type("Node", [
    { name: "status", kind: "choice", choices: ["up", "down"], indexed: true },
    { name: "cores", kind: "integer", max: 64 },
  ]);
  for (const name of ["a", "b", "c"]) {
    await store.put(`/nodes/${name}`, "Node", { status: "down", cores: 8 });
  }
  await store.put("/nodes/d", "Node", { status: "up", cores: 8 });
});
afterEach(() => store.close());

function edit(
  { search = "status = down", ...rest }: Partial<BulkEdit> & { search?: string },
  actor = systemActor,
): Promise<BulkOutcome> {
  const given = { query: { search, type: "Node" }, fields: { status: "up" }, ...rest };
  return store.database.write((transaction) =>
    store.storage.transfer.bulkEdit(transaction, actor, given),
  );
}

test("a preview shows each object before and after, and changes nothing", async () => {
  const { found, preview, change } = await edit({ dryRun: true });
  expect({ found, change }).toEqual({ found: 3, change: null });
  expect(preview?.objects).toMatchObject(
    ["a", "b", "c"].map((name) => ({
      objectPath: `/nodes/${name}`,
      before: { status: "down" },
      after: { status: "up" },
    })),
  );
  expect(await store.fields("/nodes/a")).toMatchObject({ status: "down" });
});

test("what the preview showed is applied as one change", async () => {
  const { fingerprint } = await edit({ dryRun: true });
  const { change } = await edit({ fingerprint });
  for (const name of ["a", "b", "c"]) {
    expect(await store.fields(`/nodes/${name}`)).toMatchObject({ status: "up" });
    expect((await store.history(`/nodes/${name}`))[0]?.change).toBe(change);
  }
});

test("if the search finds others meanwhile, nothing is done and they are named", async () => {
  const { fingerprint } = await edit({ dryRun: true });
  await store.patch("/nodes/a", { cores: 9 });
  await store.patch("/nodes/b", { status: "up" });
  await store.put("/nodes/new", "Node", { status: "down" });
  await expect(edit({ fingerprint })).rejects.toMatchObject({
    code: "HITS_CHANGED",
    details: { added: ["/nodes/new"], gone: ["/nodes/b"], changed: ["/nodes/a"] },
  });
  expect(await store.fields("/nodes/c")).toMatchObject({ status: "down" });
});

test("values that do not fit and objects that may not be written are faults", async () => {
  await expect(edit({ fields: { cores: 65 } })).rejects.toMatchObject({
    code: "OPERATIONS_REFUSED",
    details: { total: 3, faults: [{ path: "/nodes/a", field: "cores" }, {}, {}] },
  });
  const alice = await store.user("alice");
  await store.change(systemActor, async (change) => {
    await change.grant("/nodes", { user: "alice" }, ["read"]);
    await change.grant("/nodes/b", { user: "alice" }, ["read", "write"]);
  });
  const tried = await edit({ dryRun: true }, alice);
  expect(tried.faults.map(({ path, code }) => [path, code])).toEqual([
    ["/nodes/a", "PERMISSION_DENIED"],
    ["/nodes/c", "PERMISSION_DENIED"],
  ]);
  expect(tried.preview?.objects).toMatchObject([{ objectPath: "/nodes/b" }]);
  await edit({ skipFaults: true }, alice);
  expect(await store.fields("/nodes/a")).toMatchObject({ status: "down" });
  expect(await store.fields("/nodes/b")).toMatchObject({ status: "up" });
});

test("a list of hits survives its text, and any other text is refused", () => {
  const hits = new Map([
    [3, 1],
    [90_000, 12],
    [90_001, 1],
  ]);
  expect(decodeHits(encodeHits(hits))).toEqual(hits);
  expect(decodeHits(encodeHits(new Map()))).toEqual(new Map());
  expect(() => decodeHits("nonsense")).toThrow("fingerprint");
});
