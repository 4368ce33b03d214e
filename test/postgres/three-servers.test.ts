import { afterAll, beforeAll, expect, test } from "vitest";
import { MixedLoad } from "./mixed-load.ts";
import { leaseSeconds, ServerGroup } from "./server-group.ts";

/** Three servers under load: whichever of them goes, however it goes, nothing is lost, nothing is doubled, and the others go on. */

let group: ServerGroup;
let load: MixedLoad;

beforeAll(async () => {
  group = await ServerGroup.start(3);
  load = new MixedLoad(group.folder, group.servers);
  await load.start();
});

afterAll(() => group.stop());

test("each is killed in turn, and the others take over its shards within the lease", async () => {
  await shared();
  for (const server of group.servers) {
    await load.goesOn();
    const seat = await group.seatOf(server);
    await server.kill();
    const killedAt = Date.now();
    await takenOver(seat);
    // Twice that: this machine may be busy with something else.
    expect(Date.now() - killedAt).toBeLessThan(leaseSeconds * 1000 * 2);
    await server.start();
    await shared();
  }
}, 240_000);

test("one that stands still for longer than its lease is put out, and says so when it wakes", async () => {
  const [server] = group.servers;
  if (server === undefined) throw new Error("no server");
  await load.goesOn();
  const seat = await group.seatOf(server);
  process.kill(server.pid, "SIGSTOP");
  await takenOver(seat);
  process.kill(server.pid, "SIGCONT");
  expect(await server.ended()).toBe(75);
  await server.start();
  await shared();
  await load.goesOn();
}, 240_000);

test("PostgreSQL is killed and started again, and all go on", async () => {
  await load.goesOn();
  group.postgres.kill();
  await group.postgres.start();
  await load.goesOn();
}, 240_000);

test("one that is stopped hands its shards over at once", async () => {
  const server = group.servers[1];
  if (server === undefined) throw new Error("no server");
  await load.goesOn();
  await server.terminate();
  expect(await group.query("select id from server")).toHaveLength(2);
  expect([...(await group.shards()).values()].reduce((a, b) => a + b)).toBe(256);
  expect((await group.shards()).size).toBe(2);
  await server.start();
  await shared();
}, 240_000);

test("nothing was lost, and nothing happened twice", async () => {
  await load.goesOn();
  await load.end();
}, 240_000);

/** Every server has its share. */
async function shared(): Promise<void> {
  await expect
    .poll(async () => [...(await group.shards()).values()].sort((a, b) => a - b), {
      timeout: 60_000,
    })
    .toEqual([84, 86, 86]);
}

async function takenOver(seat: number): Promise<void> {
  await expect
    .poll(async () => (await group.shards()).has(seat), { timeout: 60_000, interval: 50 })
    .toBe(false);
}
