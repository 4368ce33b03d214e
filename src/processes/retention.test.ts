import { afterEach, describe, expect, test } from "vitest";
import { Housekeeping } from "./housekeeping.ts";
import { readJobs } from "./process-jobs.ts";
import { SnapshotStore } from "./snapshot-store.ts";
import { succeeded, TestEngine, testSealer } from "./test-engine.ts";

const dayMs = 86_400_000;
const settings = { processesMax: 1000, keepMs: 30 * dayMs, keepProcesses: 1000 };

function housekeeping(at: TestEngine, own: Partial<typeof settings> = {}): Housekeeping {
  return new Housekeeping({
    engine: at.engine,
    clock: at.clock,
    snapshots: new SnapshotStore(testSealer),
    settings: async () => ({ ...settings, ...own }),
    onFailure: (error) => {
      throw error;
    },
  });
}

async function kept(at: TestEngine): Promise<number[]> {
  const rows = await at.database.read((tx) =>
    tx.all<{ id: number }>("select id from process order by id"),
  );
  return rows.map(({ id }) => id);
}

async function count(at: TestEngine, table: string): Promise<number> {
  const row = await at.database.read((tx) =>
    tx.get<{ count: number }>(`select count(*) as count from ${table}`),
  );
  return row?.count ?? -1;
}

let at: TestEngine;
afterEach(() => at.database.close());

/** Prints more than its own row holds, and does more than its trace's beginning. */
const talkative = "{ for n in range(300) | [x = n] -> print('line $n of many lines') }";

describe("what is kept of the past", () => {
  test("ended processes go with consoles and traces when they are too old", async () => {
    at = await TestEngine.open();
    const old = await at.start("/old", talkative);
    expect(await count(at, "console")).toBeGreaterThan(0);
    expect(await count(at, "job_block")).toBeGreaterThan(0);
    at.clock.advance(20 * dayMs);
    const young = await at.start("/young", "print('young')");
    at.clock.advance(11 * dayMs);
    expect(await housekeeping(at).cut()).toBe(1);
    expect(await kept(at)).toEqual([young]);
    expect([await count(at, "console"), await count(at, "job_block")]).toEqual([0, 0]);
    expect(old).toBeLessThan(young);
  });

  test("what began long ago and ended lately is kept, and so is what has not ended", async () => {
    at = await TestEngine.open();
    const long = await at.start("/long", "['long']");
    const waiting = await at.start("/waiting", "sleep(1000000000)");
    const suspended = await at.start("/suspended", "sleep(1000000000)");
    await at.suspend(suspended);
    at.clock.advance(60 * dayMs);
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.ended(long);
    expect(await housekeeping(at).cut()).toBe(0);
    expect(await kept(at)).toEqual([long, waiting, suspended]);
    at.clock.advance(31 * dayMs);
    expect(await housekeeping(at).cut()).toBe(1);
  });

  test("no more are kept than is said, however young: the oldest go", async () => {
    at = await TestEngine.open();
    await at.start("/flow", "print('x')");
    for (let more = 0; more < 9; more += 1) await at.startSaved("/flow");
    const before = await kept(at);
    expect(await housekeeping(at, { keepProcesses: 4 }).cut()).toBe(6);
    expect(await kept(at)).toEqual(before.slice(6));
    expect(await housekeeping(at, { keepProcesses: 4 }).cut()).toBe(0);
    expect(await housekeeping(at, { keepProcesses: 0 }).cut()).toBe(4);
  });

  test("children stay as long as their parent, also while a live one asks for them", async () => {
    at = await TestEngine.open();
    const parent = await at.start(
      "/flow",
      "{ fork | return('a') return('b') } -> [first = children()] -> { fork | return('c') } -> ['long'] -> print(children()[0].result)",
    );
    const command = await at.handler.next();
    const ids = await kept(at);
    at.clock.advance(31 * dayMs);
    // Those of the first fork are asked for by nobody any more but by their numbers, which the flow has in a variable.
    expect(await housekeeping(at).cut()).toBe(0);
    await at.engine.complete(command, succeeded());
    await at.ended(parent);
    expect(await at.console(parent)).toEqual(["c"]);
    expect(await housekeeping(at).cut()).toBe(0);
    expect(await kept(at)).toEqual(ids);
    at.clock.advance(31 * dayMs);
    await housekeeping(at).cut();
    await housekeeping(at).cut();
    expect(await kept(at)).toEqual([]);
  });

  test("a process that never ends does not keep the children of all its rounds", async () => {
    at = await TestEngine.open();
    await at.put("/go", "Channel", {});
    const parent = await at.start("/flow", "{ while true | <./go> -> { fork | print('child') } }");
    for (let round = 0; round < 5; round += 1) await at.send("/go", "now");
    await at.engine.settled();
    expect(await kept(at)).toHaveLength(6);
    at.clock.advance(31 * dayMs);
    expect(await housekeeping(at).cut()).toBe(4);
    expect(await kept(at)).toEqual([parent, parent + 5]);
  });

  test("a process stays as long as the one that does it again", async () => {
    at = await TestEngine.open();
    const old = await at.start(
      "/flow",
      "{ fork | return(7) } -> ['fails'] -> print(children()[0].result)",
    );
    const failed = { status: 1, result: "", error: "no", reason: "exit" } as const;
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    const again = await at.rerunFailed(old);
    const command = await at.handler.next();
    at.clock.advance(31 * dayMs);
    expect(await housekeeping(at).cut()).toBe(0);
    await at.engine.complete(command, succeeded());
    await at.ended(again);
    expect(await at.console(again)).toEqual(["7"]);
  });

  test("consoles and traces of a process that never ends are cut by age", async () => {
    at = await TestEngine.open();
    await at.put("/go", "Channel", {});
    const id = await at.start("/flow", `{ while true | ${talkative} -> <./go> }`);
    at.clock.advance(20 * dayMs);
    await at.send("/go", "now");
    await at.engine.settled();
    at.clock.advance(11 * dayMs);
    await housekeeping(at).cut();
    const lines = await at.console(id);
    expect(lines.length).toBeGreaterThanOrEqual(300);
    expect(lines.length).toBeLessThan(350);
    expect(lines.at(-1)).toBe("line 299 of many lines");
    const row = await at.row(id);
    const { jobs } = await at.database.read((tx) => readJobs(tx, row, 0, 10_000));
    expect(jobs.every(({ began }) => began > at.clock.now() - 31 * dayMs)).toBe(true);
    expect(jobs.length).toBeGreaterThan(0);
  });
});

test("a round counts what is live, and lets begin who waits for a limit that was raised", async () => {
  at = await TestEngine.open();
  const fields = { source: "['work']", when_full: "queue" };
  await at.put("/flow", "Jobflow", { ...fields, processes_max: 1 });
  const ids: number[] = [];
  for (let count = 0; count < 3; count += 1) ids.push(await at.startSaved("/flow"));
  await at.put("/flow", "Jobflow", { ...fields, processes_max: 2 });
  await housekeeping(at, { processesMax: 3 }).round();
  expect(await at.row(ids[1] ?? 0)).toMatchObject({ state: "running" });
  expect(await at.row(ids[2] ?? 0)).toMatchObject({ state: "waiting" });
  await expect(at.startSaved("/flow")).rejects.toThrow("3 in the whole installation");
});
