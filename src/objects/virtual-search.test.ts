import { afterEach, beforeEach, expect, test } from "vitest";
import {
  systemActor,
  type Actor,
  type FindPage,
  type Json,
  type VirtualDirectory,
} from "./index.ts";
import { TestStorage } from "./test-storage.ts";

/** Processes as their directory would give them: the newest first, and by their state where that is asked for. */
class Processes implements VirtualDirectory {
  readonly path = "/process";
  readonly type = "Process";
  readonly asked: (Json | undefined)[] = [];
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  find: VirtualDirectory["find"] = async (_transaction, _actor, name) => this.#object(Number(name));

  list: VirtualDirectory["list"] = async (_transaction, _actor, { after, limit, equal }) => {
    this.asked.push(equal?.get("state"));
    const begin = after === undefined ? this.count : Number(after) - 1;
    return Array.from({ length: Math.min(limit, begin) }, (_, index) =>
      this.#object(begin - index),
    );
  };

  #object(id: number) {
    const fields = {
      state: id % 3 === 0 ? "running" : "done",
      jobflow: id % 2 === 0 ? "/ops/deploy" : "/ops/夜間バックアップ",
      startedAt: new Date(Date.UTC(2026, 10, 1 + (id % 28))).toISOString(),
      status: id % 5 === 0 ? null : id % 5,
    };
    const times = { createdAt: id, updatedAt: id };
    return {
      name: String(id),
      type: "Process",
      ownerId: 1,
      owner: "root",
      fields,
      revision: 1,
      ...times,
      rights: 31,
    };
  }
}

let storage: TestStorage;
let processes: Processes;
beforeEach(async () => {
  processes = new Processes(40);
  storage = await TestStorage.open({ directories: [processes] });
});
afterEach(() => storage.close());

const page = (query: Partial<FindPage>, actor: Actor = systemActor) =>
  storage.read((transaction) =>
    storage.storage.finder.page(transaction, actor, { limit: 100, ...query }),
  );
const names = async (query: Partial<FindPage>, actor?: Actor) =>
  (await page(query, actor)).items.map(({ name }) => name);

test("a directory whose objects are kept elsewhere is searched in the same language", async () => {
  expect(
    await names({ directory: "/process", search: "state = running and jobflow ~ '夜間'" }),
  ).toEqual(["39", "33", "27", "21", "15", "9", "3"]);
  expect(await names({ search: "type = Process and startedAt = 2026-11-03" })).toEqual(["30", "2"]);
  expect(await names({ type: "Process", search: "status empty and name > '3'" })).toEqual(
    ["5", "40", "35", "30"].toSorted((a, b) => Number(b) - Number(a)),
  );
  expect(await names({ below: "/process", search: "not state = done", limit: 2 })).toEqual([
    "39",
    "36",
  ]);
});

test("a condition that the directory can answer is put to it", async () => {
  await page({ type: "Process", search: "state = running" });
  expect(processes.asked).toEqual(["running"]);
});

test("pages follow the directory's order or a field, and hold everything once", async () => {
  for (const sort of [undefined, "status", "-startedAt", "name"]) {
    const all = await names({ directory: "/process", sort });
    expect(new Set(all).size).toBe(40);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const found = await page({ directory: "/process", sort, cursor, limit: 7, withTotal: true });
      expect(found.total).toEqual({ count: 40, isExact: true });
      paged.push(...found.items.map(({ name }) => name));
      cursor = found.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);
  }
});

test("users and groups are found as far as they may be read", async () => {
  const alice = await storage.user("alice", ["operators"]);
  await storage.user("bob");
  expect(await names({ type: "User", search: "groups = operators" })).toEqual(["alice"]);
  expect(await names({ directory: "/system/groups", search: "members = alice" })).toEqual([
    "operators",
  ]);
  expect(await names({ type: "User" }, alice)).toEqual([]);
});

test("their fields have figures and duplicates", async () => {
  const { finder } = storage.storage;
  const query = { type: "Process", search: "startedAt exists", limit: 2 };
  const figures = await storage.read((t) =>
    finder.statistics(t, systemActor, { ...query, field: "status" }),
  );
  expect(figures).toEqual({
    count: 40,
    empty: 8,
    distinct: 4,
    values: [
      { value: 1, count: 8 },
      { value: 2, count: 8 },
    ],
    min: 1,
    max: 4,
    average: 2.5,
  });
  const { duplicates, isMore } = await storage.read((t) =>
    finder.duplicates(t, systemActor, { ...query, field: "jobflow", limit: 1 }),
  );
  expect(isMore).toBe(true);
  expect(duplicates).toMatchObject([{ count: 20 }]);
  expect(duplicates[0]?.paths).toHaveLength(20);
});

test("they are exported as a table, and not changed by an edit of what is found", async () => {
  const { transfer } = storage.storage;
  const exported = await storage.read((t) =>
    transfer.export(t, systemActor, {
      type: "Process",
      search: "status = 4 and state = running",
      select: ["state", "jobflow"],
      limit: 1,
    }),
  );
  expect(exported.objects).toEqual([
    {
      path: "/process/39",
      type: "Process",
      fields: { state: "running", jobflow: "/ops/夜間バックアップ" },
    },
  ]);
  const edit = storage.database.write((t) =>
    transfer.bulkEdit(t, systemActor, {
      query: { type: "Process" },
      fields: { status: 1 },
      dryRun: true,
      skipFaults: false,
    }),
  );
  await expect(edit).rejects.toMatchObject({ code: "METHOD_NOT_ALLOWED" });
});

test("what does not fit is said as for any other search", async () => {
  await expect(page({ directory: "/process", search: "stat = done" })).rejects.toMatchObject({
    code: "SEARCH_INVALID",
    message: expect.stringContaining("Process has no field 'stat'") as string,
    hint: "did you mean state?",
  });
  await expect(page({ directory: "/process", search: "state = gone" })).rejects.toMatchObject({
    code: "VALUE_INVALID",
  });
  await expect(page({ search: "type in (Process, User)" })).rejects.toMatchObject({
    code: "SEARCH_INVALID",
    hint: "search for one type at a time",
  });
  await expect(page({ directory: "/process", cursor: "x" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
});

test("no past is kept of them, and that is said", async () => {
  const then = (query: object) =>
    storage.read(async (transaction) => {
      const past = await storage.storage.past.search(transaction, systemActor, "1");
      return past.page({ limit: 10, ...query });
    });
  const refused = { code: "METHOD_NOT_ALLOWED", message: "no past is kept of /process" };
  await expect(then({ directory: "/process" })).rejects.toMatchObject(refused);
  await expect(then({ type: "Process" })).rejects.toMatchObject(refused);
  await expect(then({ search: "type = Process and state = done" })).rejects.toMatchObject(refused);
  expect((await then({ type: "Directory" })).items.length).toBeGreaterThan(0);
});

test("too many to be looked at one by one are refused, with what narrows the search", async () => {
  await storage.close();
  processes = new Processes(60_000);
  storage = await TestStorage.open({ directories: [processes] });
  expect(await names({ directory: "/process", limit: 3 })).toEqual(["60000", "59999", "59998"]);
  await expect(page({ directory: "/process", sort: "status" })).rejects.toMatchObject({
    code: "SEARCH_TOO_WIDE",
    hint: expect.stringContaining("state = running") as string,
  });
});
