import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  commandText,
  openTestDatabase,
  succeeded,
  TestEngine,
} from "../../src/processes/test-engine.ts";

/** Several engines on one database, each with its shards. Nobody renews their leases: they are long, or are ended by the test. */

let directory: string;
const engines: TestEngine[] = [];
beforeEach(() => {
  directory = randomUUID();
});
afterEach(async () => {
  for (const test of engines.splice(0)) {
    await test.engine.stop();
    await test.database.close();
  }
});

async function open(place: string): Promise<TestEngine> {
  const database = await openTestDatabase(directory, { place, leaseMs: 3600_000 });
  const engine = await TestEngine.open({ database });
  engines.push(engine);
  return engine;
}

async function openTwo(): Promise<[TestEngine, TestEngine]> {
  const [a, b] = [await open("a"), await open("b")];
  await settleShards(a, b);
  return [a, b];
}

async function settleShards(...tests: TestEngine[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const { engine } of tests) await engine.look();
  }
}

/** As if it had been killed: nobody hears of it again, and its lease runs out. */
async function kill(test: TestEngine): Promise<void> {
  engines.splice(engines.indexOf(test), 1);
  await test.database.write((tx) =>
    tx.run("update server_lease set until = 0 where server = ?", [test.database.seat?.server ?? 0]),
  );
}

async function shardsOf(of: TestEngine): Promise<number> {
  const row = await of.database.read((tx) =>
    tx.get<{ count: number }>("select count(*) as count from shard where server = ?", [
      of.database.seat?.server ?? 0,
    ]),
  );
  return row?.count ?? 0;
}

test("servers that come share the shards evenly, and who leaves gives its own to those who stay", async () => {
  const [a, b] = await openTwo();
  expect([await shardsOf(a), await shardsOf(b)]).toEqual([128, 128]);
  const c = await open("c");
  await settleShards(a, b, c);
  expect(await Promise.all([a, b, c].map(shardsOf))).toEqual([86, 86, 84]);
  engines.splice(engines.indexOf(b), 1);
  await b.engine.stop();
  await b.database.close();
  expect((await shardsOf(a)) + (await shardsOf(c))).toBe(256);
});

test("a message that comes to one server wakes a process of the other one", async () => {
  const [a, b] = await openTwo();
  await a.put("/inbox", "Channel", {});
  const id = await a.start("/listen", "<./inbox> -> print('heard $RESULT')");
  await a.until(id, (row) => row.state === "waiting");
  expect(await b.send("/inbox", "hello")).toEqual({ delivered: true });
  await settleShards(a);
  expect((await a.ended(id)).state).toBe("done");
  expect(await b.console(id)).toEqual(["heard hello"]);
});

test("what waits for a lock, or for the end of a process, goes on wherever that is", async () => {
  const [a, b] = await openTwo();
  await a.put("/resource", "Channel", {});
  const holder = await a.start("/hold", "{ lock ./resource | ['work'] } -> ['more']");
  const command = await a.handler.next();
  const waiter = await b.start("/want", "{ lock ./resource | print('mine') }");
  const watcher = await b.start("/watch", `wait(/process/${holder}) -> print('over')`);
  expect((await b.row(waiter)).state).toBe("waiting");
  await a.engine.complete(command, succeeded());
  await settleShards(b);
  expect((await b.ended(waiter)).state).toBe("done");
  const more = await a.handler.next();
  expect((await a.row(watcher)).state).toBe("waiting");
  await a.engine.complete(more, succeeded());
  await settleShards(b);
  expect((await b.ended(watcher)).state).toBe("done");
});

test("the outcome of a command comes through any server, and once", async () => {
  const [a, b] = await openTwo();
  const id = await a.start("/work", "['one'] -> print($RESULT) -> ['two']");
  const command = await a.handler.next();
  expect(await b.engine.complete(command, succeeded("x"))).toBe(true);
  expect(await b.engine.complete(command, succeeded("again"))).toBe(true);
  await settleShards(a);
  expect(commandText(await a.handler.next())).toBe("two");
  await a.engine.settled();
  expect(await b.console(id)).toEqual(["x"]);
});

test("what is asked of a process is answered by the server that has it", async () => {
  const [a, b] = await openTwo();
  const id = await a.start("/work", "['one']");
  await a.handler.next();
  expect(await b.engine.ask(id, ["cancel", id])).toBe(true);
  expect((await b.row(id)).state).toBe("cancelled");
  await expect(b.engine.ask(id, ["fail", id])).rejects.toMatchObject({ code: "PROCESS_ENDED" });
});

test("the processes of a server that is gone go on in the others, each once", async () => {
  const [a, b] = await openTwo();
  await a.put("/inbox", "Channel", {});
  const running = await a.start("/run", "['one'] -> print($RESULT)");
  const command = await a.handler.next();
  const listening = await a.start("/listen", "<./inbox> -> print($RESULT)");
  const sleeping = await a.start("/sleep", "sleep(1) -> print('awake')");
  await kill(a);
  await settleShards(b);
  expect(b.handler.restored.map(({ number }) => number)).toEqual([command.number]);
  await expect(a.put("/late", "Channel", {})).rejects.toMatchObject({ code: "SERVER_REPLACED" });
  await a.database.close();
  await b.engine.complete(command, succeeded("x"));
  await b.send("/inbox", "y");
  b.clock.advance(20_000);
  for (const [id, line] of [
    [running, "x"],
    [listening, "y"],
    [sleeping, "awake"],
  ] as const) {
    await b.ended(id);
    expect(await b.console(id)).toEqual([line]);
  }
});

test("a message that is on its way to a process comes before what its own server has for it", async () => {
  const [a, b] = await openTwo();
  await a.put("/inbox", "Channel", {});
  const id = await a.start(
    "/choose",
    "{ timeout 1 | <./inbox> -> print('got $RESULT') else: print('late') }",
  );
  await a.until(id, (row) => row.state === "waiting");
  await b.send("/inbox", "m");
  a.clock.advance(2000);
  await a.ended(id);
  expect(await a.console(id)).toEqual(["got m"]);
  expect(await a.database.read((tx) => tx.all("select id from arrival"))).toEqual([]);
});
