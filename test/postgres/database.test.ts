import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import {
  HeartbeatConnection,
  listLeases,
  openPostgres,
  removeSeat,
  type Database,
  type Migration,
  type Transaction,
} from "#database";
import { systemClock } from "#kernel";
import { createDatabase } from "../fixtures/postgres.ts";
import { CuttingProxy } from "./cutting-proxy.ts";

/** What PostgreSQL does and SQLite never does: other programs write, too, and the line to it breaks. */

const server = inject("postgres");
const noteTable: Migration = {
  name: "test/0001-note",
  async up(transaction) {
    await transaction.run(
      "create table note (id integer primary key autoincrement, text text not null unique)",
    );
  },
};

let url: string;
const opened: Database[] = [];
const proxies: CuttingProxy[] = [];
beforeEach(async () => {
  url = await createDatabase(server, randomUUID());
});
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  for (const proxy of proxies.splice(0)) proxy.stop();
});

async function open(options: Partial<Parameters<typeof openPostgres>[0]> = {}): Promise<Database> {
  const database = await openPostgres({ url, migrations: [noteTable], ...options });
  opened.push(database);
  return database;
}

const place = (name: string) => ({ server: { place: name, leaseMs: 2000 } });

async function openThroughProxy(options: Pick<Parameters<typeof openPostgres>[0], "server">) {
  const { proxy, url: proxied } = await CuttingProxy.start(url);
  proxies.push(proxy);
  return { proxy, database: await open({ ...options, url: proxied }) };
}

const insert = (text: string) => (transaction: Transaction) =>
  transaction.insert("insert into note (text) values (?)", [text]);

async function texts(): Promise<string[]> {
  const database = opened.at(-1) ?? (await open());
  const rows = await database.read((t) =>
    t.all<{ text: string }>("select text from note order by id"),
  );
  return rows.map(({ text }) => text);
}

describe("a server whose connection breaks in the middle of a commit", () => {
  test.each([
    { fate: "arrived", isPassedOn: true, runs: 1 },
    { fate: "was lost", isPassedOn: false, runs: 2 },
  ])("finds out that it $fate, and answers once", async ({ isPassedOn, runs }) => {
    const { proxy, database } = await openThroughProxy(place("a"));
    let count = 0;
    proxy.cutAt("commit\0", { isPassedOn });
    await database.write(async (transaction) => {
      count += 1;
      await insert("once")(transaction);
    });
    expect(count).toBe(runs);
    expect(await texts()).toEqual(["once"]);
    expect(database.failure).toBeUndefined();
  });

  test("any other program is told that nobody knows", async () => {
    const { proxy, database } = await openThroughProxy({});
    proxy.cutAt("commit\0", { isPassedOn: false });
    await expect(database.write(insert("a"))).rejects.toMatchObject({
      code: "COMMIT_UNKNOWN",
      details: { outcome: "unknown" },
    });
  });
});

test("a connection that breaks before the commit refuses the write, is made again, and goes on", async () => {
  const { proxy, database } = await openThroughProxy(place("a"));
  await expect(
    database.write(async (transaction) => {
      await insert("lost")(transaction);
      proxy.cutNow();
      await insert("never")(transaction);
    }),
  ).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE", details: { outcome: "refused" } });
  await expect.poll(() => database.failure).toBeUndefined();
  await database.write(insert("kept"));
  expect(await texts()).toEqual(["kept"]);
});

test("a database that cannot be reached says so without the password, and again when it can", async () => {
  const { proxy, database } = await openThroughProxy(place("a"));
  proxy.stop();
  await expect
    .poll(() => database.failure)
    .toMatchObject({ code: "DATABASE_UNREACHABLE", message: expect.stringContaining("127.0.0.1") });
  await expect(database.write(insert("a"))).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  const unreachable = openPostgres({
    url: "postgres://somebody:geheim@127.0.0.1:1/x",
    migrations: [],
  });
  const message = await unreachable.catch((error: Error) => error.message);
  expect(message).toMatch(/^PostgreSQL at 127\.0\.0\.1:1\/x cannot be reached: /);
  expect(message).not.toContain("geheim");
});

test("several servers write, and each start of one has a higher number", async () => {
  const [first, second] = [await open(place("a")), await open(place("b"))];
  await first.write(insert("first"));
  await second.write(insert("second"));
  await first.write(insert("third"));
  expect(await texts()).toEqual(["first", "second", "third"]);
  expect(second.seat?.server).toBeGreaterThan(first.seat?.server ?? 0);
});

test("a server that starts anew at a place puts out the one that was there", async () => {
  const replaced = Promise.withResolvers<unknown>();
  const first = await open({ ...place("a"), onReplaced: replaced.resolve });
  await (await open(place("a"))).write(insert("kept"));
  await expect(first.write(insert("late"))).rejects.toMatchObject({ code: "SERVER_REPLACED" });
  expect(await replaced.promise).toMatchObject({ code: "SERVER_REPLACED" });
  expect(await texts()).toEqual(["kept"]);
});

test("a server that was put out while it was cut off writes nothing more, and is told", async () => {
  const replaced = Promise.withResolvers<unknown>();
  const { proxy, url: proxied } = await CuttingProxy.start(url);
  proxies.push(proxy);
  const first = await open({ ...place("a"), url: proxied, onReplaced: replaced.resolve });
  proxy.isOpen = false;
  proxy.cutNow();
  await putOut(await open(place("b")), first);
  proxy.isOpen = true;
  expect(await replaced.promise).toMatchObject({ code: "SERVER_REPLACED" });
  await expect(first.write(insert("late"))).rejects.toMatchObject({ code: "SERVER_REPLACED" });
  expect(await first.read((t) => t.all("select * from note"))).toEqual([]);
});

test("who puts a server out waits for its commit in flight, and nothing of it becomes visible later", async () => {
  const [first, second] = [await open(place("a")), await open(place("b"))];
  for (let round = 0; round < 20; round += 1) {
    const server = await open(place(`round ${round}`));
    const writes = Array.from({ length: 20 }, (_, n) =>
      server.write(insert(`${round}.${n}`)).then(
        () => true,
        () => false,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, round));
    await putOut(round % 2 === 0 ? first : second, server);
    const seen = await texts();
    const done = await Promise.all(writes);
    expect(await texts()).toEqual(seen);
    const kept = seen.filter((text) => text.startsWith(`${round}.`));
    expect(kept).toHaveLength(done.filter(Boolean).length);
  }
});

test("a server that stands still in the middle of a transaction is ended before its lease runs out", async () => {
  const [first, second] = [await open(place("a")), await open(place("b"))];
  const goesOn = Promise.withResolvers<void>();
  const stuck = first.write(async (transaction) => {
    await insert("stuck")(transaction);
    await goesOn.promise;
  });
  const refused = expect(stuck).rejects.toMatchObject({ details: { outcome: "refused" } });
  const begun = Date.now();
  await putOut(second, first);
  expect(Date.now() - begun).toBeLessThan(2000);
  goesOn.resolve();
  await refused;
  expect(await texts()).toEqual([]);
});

test("a commit that takes three seconds delays no heartbeat", async () => {
  const [server, other] = [await open(place("a")), await open(place("b"))];
  const { server: number = 0, leaseMs = 0 } = server.seat ?? {};
  // Where a commit does what it has put off, it waits as it would for a slow disk.
  await other.write(async (transaction) => {
    await transaction.run(
      "create function take_long() returns trigger language plpgsql as 'begin perform pg_sleep(3); return null; end'",
    );
    await transaction.run(
      "create constraint trigger slow after insert on note deferrable initially deferred for each row execute function take_long()",
    );
  });
  const heartbeat = new HeartbeatConnection({
    url,
    server: number,
    leaseMs,
    clock: systemClock,
    onReplaced: (error) => {
      throw error;
    },
  });
  heartbeat.start();
  const progress = { isDone: false };
  const slow = server.write(insert("slow")).then(() => (progress.isDone = true));
  let shortest = Infinity;
  while (!progress.isDone) {
    const { until, now } = await other.read(async (transaction) => ({
      until: (await listLeases(transaction)).find((lease) => lease.server === number)?.until ?? 0,
      now: (await server.seat?.now(transaction)) ?? 0,
    }));
    shortest = Math.min(shortest, until - now);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await slow;
  await heartbeat.stop();
  expect(shortest).toBeGreaterThan(0);
});

test("a hint reaches the other servers, and not the one that gave it", async () => {
  const [first, second] = [await open(place("a")), await open(place("b"))];
  const heard: string[] = [];
  first.seat?.onHint((text) => heard.push(`first ${text}`));
  second.seat?.onHint((text) => heard.push(`second ${text}`));
  // Until it listens, nothing is heard; and what it says itself it does not hear.
  await expect
    .poll(() => {
      first.seat?.hint("a");
      second.seat?.hint("b");
      return heard.includes("first b") && heard.includes("second a");
    })
    .toBe(true);
  expect(heard.filter((text) => text === "first a" || text === "second b")).toEqual([]);
});

/** As another server does when the lease has run out. */
function putOut(by: Database, server: Database): Promise<void> {
  return by.write((transaction) => removeSeat(transaction, server.seat?.server ?? 0));
}

test("writes of two programs that read what the other changes are run again until they follow one another", async () => {
  const one = await open();
  const other = await open();
  await one.write(insert("0"));
  const add = (database: Database) =>
    database.write(async (transaction) => {
      const row = await transaction.get<{ text: string }>("select text from note");
      await transaction.run("update note set text = ?", [String(Number(row?.text) + 1)]);
    });
  await Promise.all(Array.from({ length: 20 }, (_, n) => add(n % 2 === 0 ? one : other)));
  expect(await texts()).toEqual(["20"]);
});

test("programs that start at once bring the database up to date once", async () => {
  const slow: Migration = {
    name: "test/0002-slow",
    async up(transaction) {
      await transaction.all("select pg_sleep(0.2)");
      await insert("by migration")(transaction);
    },
  };
  await Promise.all([1, 2, 3].map(() => open({ migrations: [noteTable, slow] })));
  expect(await texts()).toEqual(["by migration"]);
});

test("work that goes on after a failed statement without a savepoint is refused as a whole", async () => {
  const database = await open();
  await database.write(insert("a"));
  const careless = database.write(async (transaction) => {
    await insert("b")(transaction);
    await insert("a")(transaction).catch(() => undefined);
  });
  await expect(careless).rejects.toThrow("outside of a savepoint");
  expect(await texts()).toEqual(["a"]);
});

test("texts are in the order of their bytes, whatever language the database has", async () => {
  const database = await open();
  for (const text of ["b", "ä", "a", "B", "あ"]) await database.write(insert(text));
  expect(await database.read((t) => t.all("select text from note order by text"))).toEqual(
    ["B", "a", "b", "ä", "あ"].map((text) => ({ text })),
  );
});

test("a NUL, which PostgreSQL cannot hold, becomes its sign", async () => {
  const database = await open();
  await database.write(insert("a\0b"));
  expect(await texts()).toEqual(["a␀b"]);
});

test("more readers than connections wait for their turn", async () => {
  const database = await open();
  const counts = await Promise.all(
    Array.from({ length: 30 }, () =>
      database.read((transaction) => transaction.get("select count(*) as count from note")),
    ),
  );
  expect(counts).toEqual(Array.from({ length: 30 }, () => ({ count: 0 })));
});
