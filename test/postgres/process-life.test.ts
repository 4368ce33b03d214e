import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  openTestDatabase,
  succeeded,
  TestEngine,
  type TestHandler,
} from "../../src/processes/test-engine.ts";

/** Suspending, limits and running again where processes are on several servers. */

let a: TestEngine;
let b: TestEngine;
const engines: TestEngine[] = [];

beforeEach(async () => {
  const directory = randomUUID();
  for (const place of ["a", "b"]) {
    const database = await openTestDatabase(directory, { place, leaseMs: 3600_000 });
    engines.push(await TestEngine.open({ database }));
  }
  [a, b] = engines as [TestEngine, TestEngine];
  await look();
});
afterEach(async () => {
  for (const each of engines.splice(0)) {
    await each.engine.stop();
    await each.database.close();
  }
});

async function look(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const { engine } of engines) {
      await engine.look();
      await engine.settled();
    }
  }
}

test("two servers never give the same place of a jobflow away, and serve those who wait in order", async () => {
  await a.put("/flow", "Jobflow", { source: "['work']", processes_max: 1 });
  const started = await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? a : b).startSaved("/flow")),
  );
  const running = () =>
    a.database.read((tx) =>
      tx.all<{ id: number }>("select id from process where state = 'running' order by id"),
    );
  const order: number[] = [];
  while (order.length < started.length) {
    await expect
      .poll(async () => {
        await look();
        return (await running()).length;
      })
      .toBe(1);
    const [one] = await running();
    order.push(one?.id ?? 0);
    const owner = dispatchedTo(a.handler, one?.id) ? a : b;
    await owner.engine.complete(await owner.handler.next(), succeeded());
  }
  expect(order.toSorted((x, y) => x - y)).toEqual(started.toSorted((x, y) => x - y));
  for (const id of started) expect(await a.row(id)).toMatchObject({ state: "done" });
});

function dispatchedTo({ dispatched }: TestHandler, process: number | undefined): boolean {
  return dispatched.some((effect) => effect.process === process);
}

test("a message that is on its way when a process is suspended waits until it is resumed", async () => {
  await a.put("/inbox", "Channel", {});
  const id = await a.start("/listen", "<./inbox> -> print('heard $RESULT')");
  await b.send("/inbox", "hello");
  await a.suspend(id);
  await look();
  expect(await a.row(id)).toMatchObject({ state: "suspended" });
  expect(await a.console(id)).toEqual([]);
  await a.resume(id);
  expect(await a.ended(id)).toMatchObject({ state: "done" });
  expect(await a.console(id)).toEqual(["heard hello"]);
});

test("a suspended process is taken over with what its command gave meanwhile", async () => {
  const id = await a.start("/work", "['one'] -> print($RESULT)");
  const command = await a.handler.next();
  await a.suspend(id, "maintenance");
  expect(await b.engine.complete(command, succeeded("x"))).toBe(true);
  engines.shift();
  await a.engine.stop();
  await a.database.close();
  await look();
  expect(await b.row(id)).toMatchObject({ state: "suspended" });
  await b.resume(id);
  expect(await b.ended(id)).toMatchObject({ state: "done" });
  expect(await b.console(id)).toEqual(["x"]);
});

test("a process is done again from its failed job on another server than the one it failed on", async () => {
  const id = await a.start("/work", "[n = 41] -> ['fails'] -> print(n + 1)");
  const failed = { status: 1, result: "", error: "no", reason: "exit" } as const;
  await a.engine.complete(await a.handler.next(), failed);
  await a.ended(id);
  const again = await b.rerunFailed(id);
  await b.engine.complete(await b.handler.next(), succeeded());
  expect(await b.ended(again)).toMatchObject({ state: "done", rerun_of: id });
  expect(await b.console(again)).toEqual(["42"]);
  expect(await a.row(id)).toMatchObject({ rerun_by: again });
});
