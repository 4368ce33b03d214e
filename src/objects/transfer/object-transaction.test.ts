import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor, type Actor, type FieldInputs } from "../index.ts";
import { TestStorage } from "../test-storage.ts";
import type { TransactionOptions, TransactionOutcome } from "./object-transaction.ts";
import type { Operation } from "./operation.ts";

let store: TestStorage;
beforeEach(async () => {
  store = await TestStorage.open();
  // They name each other, so that they are made in one change.
  await store.change(systemActor, async (change) => {
    const type = (name: string, fields: FieldInputs[string]) =>
      change.put(`/system/types/${name}`, "Type", { fields });
    await type("Rack", [
      { name: "site", kind: "string", required: true },
      { name: "first", kind: "object", types: ["Node"] },
      { name: "serial", kind: "string", unique: true },
    ]);
    await type("Node", [
      { name: "rack", kind: "object", types: ["Rack"], required: true },
      { name: "peers", kind: "objects" },
      { name: "cores", kind: "integer" },
    ]);
  });
  await store.put("/racks", "Directory");
  await store.put("/nodes", "Directory");
});
afterEach(() => store.close());

function transact(
  operations: Operation[],
  options: TransactionOptions = {},
  actor: Actor = systemActor,
): Promise<TransactionOutcome> {
  return store.database.write((transaction) =>
    store.storage.transfer.transact(transaction, actor, operations, options),
  );
}

const cycle: Operation[] = [
  {
    op: "create",
    path: "/nodes/n1",
    type: "Node",
    tempId: "n1",
    fields: { rack: { ref: "r" }, peers: [{ ref: "n2" }] },
  },
  { op: "create", path: "/nodes/n2", type: "Node", tempId: "n2", fields: { rack: "/racks/r1" } },
  {
    op: "create",
    path: "/racks/r1",
    type: "Rack",
    tempId: "r",
    fields: { site: "Tokyo", first: { ref: "n1" } },
  },
];

test("objects of several types that refer to each other are made in one change", async () => {
  const { change, made } = await transact(cycle);
  expect(made).toEqual({ n1: "/nodes/n1", n2: "/nodes/n2", r: "/racks/r1" });
  expect(await store.fields("/nodes/n1")).toMatchObject({
    rack: "/racks/r1",
    peers: ["/nodes/n2"],
  });
  expect(await store.fields("/nodes/n2")).toMatchObject({ rack: "/racks/r1" });
  expect(await store.fields("/racks/r1")).toMatchObject({ first: "/nodes/n1" });
  const document = await store.document("/nodes/n1");
  expect(document.revision).toBe(1);
  expect((await store.history("/nodes/n1")).map((entry) => entry.change)).toEqual([change]);
});

test("everything that is wrong is said at once, and nothing is done", async () => {
  await store.put("/racks/old", "Rack", { site: "Osaka", serial: "7" });
  const work = transact([
    { op: "create", path: "/racks/new", type: "Rack", fields: { site: "Tokyo" } },
    { op: "create", path: "/racks/old", type: "Rack", fields: { site: "Tokyo" } },
    { op: "put", path: "/racks/two", type: "Rack", fields: { serial: "7", sight: "Tokyo" } },
    { op: "update", path: "/racks/old", ifRevision: 9, fields: { site: "Nara" } },
    { op: "create", path: "/nodes/n", type: "Node", fields: { rack: { ref: "nobody" } } },
    { op: "delete", path: "/nothing" },
    { op: "put", path: "/x", type: "Nod" },
  ]);
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: "OPERATIONS_REFUSED" });
  const { faults } = (error as { details: { faults: object[] } }).details;
  expect(faults).toMatchObject([
    { index: 1, code: "OBJECT_EXISTS", path: "/racks/old" },
    { index: 2, code: "VALUE_INVALID", field: "sight" },
    { index: 2, code: "VALUE_INVALID", field: "site" },
    { index: 3, code: "OBJECT_VERSION_CONFLICT" },
    { index: 4, code: "OBJECT_NOT_FOUND" },
    { index: 5, code: "OBJECT_NOT_FOUND" },
    { index: 6, code: "TYPE_UNKNOWN" },
  ]);
  expect(await store.names("/racks")).toEqual(["old"]);
});

test("a dry run gives the whole difference and changes nothing", async () => {
  const { change, faults, preview } = await transact(cycle, { dryRun: true });
  expect({ change, faults }).toEqual({ change: null, faults: [] });
  expect(preview?.total).toBe(3);
  expect(preview?.objects).toMatchObject([
    { objectPath: "/nodes/n1", operation: "create", after: { rack: "/racks/r1" } },
    { objectPath: "/nodes/n2", operation: "create" },
    { objectPath: "/racks/r1", operation: "create", after: { site: "Tokyo" } },
  ]);
  expect(await store.names("/nodes")).toEqual([]);
});

test("a value that had to wait and does not fit takes its whole operation back", async () => {
  const operations: Operation[] = [
    { op: "create", path: "/nodes/n1", type: "Node", fields: { rack: { ref: "t" } } },
    { op: "create", path: "/nodes/t", type: "Text", tempId: "t" },
  ];
  const { faults, preview } = await transact(operations, { dryRun: true });
  expect(faults).toMatchObject([{ index: 0, field: "rack", path: "/nodes/n1" }]);
  expect(preview?.objects).toMatchObject([{ objectPath: "/nodes/t" }]);
});

test("objects are renamed, copied, granted and deleted in the same go", async () => {
  await store.put("/racks/r1", "Rack", { site: "Tokyo" });
  await store.user("alice");
  await transact([
    { op: "move", path: "/racks/r1", to: "/racks/r9" },
    { op: "copy", path: "/racks/r9", to: "/racks/r10", tempId: "copy" },
    { op: "update", ref: "copy", fields: { site: "Nara" } },
    { op: "grant", ref: "copy", to: "user:alice", rights: ["read"] },
    { op: "create", path: "/racks/r1", type: "Rack", fields: { site: "Kobe" } },
  ]);
  expect(await store.names("/racks")).toEqual(["r1", "r10", "r9"]);
  expect(await store.fields("/racks/r10")).toMatchObject({ site: "Nara" });
  await transact([{ op: "delete", path: "/racks", recursive: true }]);
  await expect(store.document("/racks/r1")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
});

test("who may not write is refused, with the operation's number", async () => {
  const alice = await store.user("alice");
  await store.change(systemActor, (change) =>
    change.grant("/nodes", { user: "alice" }, ["read", "write"]),
  );
  const work = transact(
    [
      { op: "create", path: "/nodes/t", type: "Text" },
      { op: "create", path: "/racks/t", type: "Text" },
    ],
    {},
    alice,
  );
  await expect(work).rejects.toMatchObject({
    details: { faults: [{ index: 1, code: "PERMISSION_DENIED" }] },
  });
  expect(await store.names("/nodes")).toEqual([]);
});

test("a type and objects of it are made together", async () => {
  await transact([
    {
      op: "create",
      path: "/system/types/Cat",
      type: "Type",
      fields: { fields: [{ name: "mother", kind: "object", types: ["Cat"] }] },
    },
    { op: "create", path: "/tom", type: "Cat", fields: { mother: "/eve" } },
    { op: "create", path: "/eve", type: "Cat", fields: { mother: "/eve" } },
  ]);
  expect(await store.fields("/eve")).toEqual({ mother: "/eve" });
});

test("two operations cannot have the same tempId", async () => {
  const work = transact([
    { op: "create", path: "/a", type: "Text", tempId: "x" },
    { op: "create", path: "/b", type: "Text", tempId: "x" },
  ]);
  await expect(work).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("one of many objects that a listener refuses is named, and the others are not blamed", async () => {
  await store.close();
  const { TsunagiError } = await import("#kernel");
  store = await TestStorage.open({
    listeners: [
      {
        async changed(_transaction, { entries }) {
          for (const { after } of entries) {
            if (after?.fields["text"] !== "bad") continue;
            throw new TsunagiError("SYNTAX_ERROR", "bad", { details: { path: after.path } });
          }
        },
      },
    ],
  });
  const texts = ["good", "bad", "good", "bad"];
  const operations = texts.map((text, n): Operation => ({
    op: "create",
    path: `/t${n}`,
    type: "Text",
    fields: { text },
  }));
  await expect(transact(operations)).rejects.toMatchObject({
    details: {
      faults: [
        { index: 1, code: "SYNTAX_ERROR" },
        { index: 3, code: "SYNTAX_ERROR" },
      ],
    },
  });
});
