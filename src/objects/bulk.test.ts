import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TsunagiError } from "#kernel";
import { systemActor, type ObjectStorage } from "./index.ts";
import { TestStorage } from "./test-storage.ts";

type Change = ReturnType<ObjectStorage["change"]>;

async function openHosts(): Promise<TestStorage> {
  const store = await TestStorage.open({ clock: { now: () => 1, after: () => () => undefined } });
  await store.type("Host", [
    { name: "serial", kind: "string", unique: true },
    { name: "state", kind: "choice", choices: ["up", "down"], indexed: true, default: "up" },
    { name: "cores", kind: "integer", indexed: true },
    { name: "note", kind: "string", searched: true },
    { name: "twin", kind: "object", types: ["Host"], on_delete: "clear" },
    { name: "friends", kind: "objects", on_delete: "clear" },
  ]);
  await store.put("/a/h0", "Host", { serial: "s0" });
  await store.put("/b", "Directory");
  return store;
}

/** All rows that a change may leave behind. */
async function contents({ database }: TestStorage): Promise<Record<string, unknown[]>> {
  const tables = {
    object: "id",
    object_text_index: "type_id, field_id, value, object_id",
    object_number_index: "type_id, field_id, value, object_id",
    object_reference: "source_id, field_id, position",
    object_history: "object_id, revision",
  };
  const found: Record<string, unknown[]> = {};
  await database.read(async (transaction) => {
    for (const [table, order] of Object.entries(tables)) {
      found[table] = await transaction.all(`select * from ${table} order by ${order}`);
    }
  });
  return found;
}

/** What was refused, in the words of its code; everything else is done. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof TsunagiError) return error.code;
    throw error;
  }
}

const host = fc.constantFrom("/a/h0", "/a/h1", "/a/h2", "/b/h1", "/b/h3");
const values = fc.record(
  {
    serial: fc.constantFrom("s0", "s1", "s2", null),
    state: fc.constantFrom("up", "down", null),
    cores: fc.integer({ min: 0, max: 3 }),
    note: fc.constantFrom("web server", "東京の予備", ""),
    twin: fc.oneof(host, fc.constant(null)),
    friends: fc.uniqueArray(host, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("put"), path: host, values }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("patch"), path: host, values }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete"), path: host, values }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("move"), path: host, values }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function take(change: Change, { kind, path, values: fields }: Step): Promise<unknown> {
  if (kind === "put") return change.put(path, "Host", fields);
  if (kind === "patch") return change.patch(path, fields);
  if (kind === "delete") return change.delete(path);
  return change.move(path, `${path}-moved`);
}

test("what is written in bulk is what it would be, written one by one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const [one, bulk] = [await openHosts(), await openHosts()];
      const work = async (change: Change): Promise<string[]> => {
        const outcomes: string[] = [];
        for (const each of steps) outcomes.push(await outcome(take(change, each)));
        return outcomes;
      };
      const outcomes = await one.change(systemActor, work);
      expect(await bulk.change(systemActor, (change) => change.inBulk(() => work(change)))).toEqual(
        outcomes,
      );
      const expected = await contents(one);
      const found = await contents(bulk);
      // Types have a stamp, and objects times, that are no matter of theirs.
      expect(found).toEqual(expected);
      const search = { type: "Host", search: "'東京' and state = up or cores = 2", limit: 100 };
      const names = (store: TestStorage): Promise<string[]> =>
        store.read(async (transaction) => {
          const page = await store.storage.finder.page(transaction, systemActor, search);
          return page.items.map(({ path }) => path);
        });
      expect(await names(bulk)).toEqual(await names(one));
      await one.close();
      await bulk.close();
    }),
    { numRuns: 30 },
  );
});

test("a unique value is free again in bulk when whoever had it took another", async () => {
  const store = await openHosts();
  await store.change(systemActor, (change) =>
    change.inBulk(async () => {
      await change.patch("/a/h0", { serial: "s1" });
      await change.put("/a/h1", "Host", { serial: "s0" });
      await expect(change.put("/a/h2", "Host", { serial: "s1" })).rejects.toMatchObject({
        code: "VALUE_INVALID",
      });
    }),
  );
  expect(await store.names("/a")).toEqual(["h0", "h1"]);
  await store.close();
});

test("in bulk, a search finds what was written before it, and a savepoint takes back its own part", async () => {
  const store = await openHosts();
  await store.database.write(async (transaction) => {
    const change = store.storage.change(transaction, systemActor);
    const found = async (): Promise<string[]> => {
      const query = { type: "Host", search: "cores = 2", limit: 10 };
      const page = await store.storage.finder.page(transaction, systemActor, query);
      return page.items.map(({ name }) => name);
    };
    await change.inBulk(async () => {
      await change.put("/a/h1", "Host", { cores: 2 });
      expect(await found()).toEqual(["h1"]);
      await change.put("/a/h2", "Host", { cores: 2, serial: "s2" });
      const refused = change.savepoint(async () => {
        await change.put("/a/h3", "Host", { cores: 2, serial: "s3" });
        throw new Error("no");
      });
      await expect(refused).rejects.toThrow("no");
      await change.put("/a/h4", "Host", { cores: 2, serial: "s3" });
      expect(await found()).toEqual(["h1", "h2", "h4"]);
    });
    await change.finish();
  });
  await store.close();
});

test("what was written in bulk is there when its work has failed halfway", async () => {
  const store = await openHosts();
  await store.change(systemActor, async (change) => {
    const work = change.inBulk(async () => {
      await change.put("/a/h1", "Host", { serial: "s1" });
      throw new Error("no more");
    });
    await expect(work).rejects.toThrow("no more");
  });
  await expect(store.put("/a/h2", "Host", { serial: "s1" })).rejects.toMatchObject({
    code: "VALUE_INVALID",
  });
  await store.close();
});

test("what is made after its directory was deleted in the same change is not made in the deleted one", async () => {
  const store = await openHosts();
  await store.change(systemActor, async (change) => {
    await change.put("/a/h1", "Host", {});
    await change.delete("/a", { recursive: true });
    await expect(change.put("/a/h2", "Host", {})).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    await change.put("/a/h3", "Host", {}, { parents: true });
  });
  expect(await store.names("/a")).toEqual(["h3"]);
  await store.close();
});
