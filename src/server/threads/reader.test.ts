import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "#kernel";
import { openEmbeddedHouse } from "../embedded-house.ts";
import { Reader } from "./reader.ts";
import { loadKey } from "#runtime";

/** The thread for queries, in a real worker on a database with nothing but what every installation has. */
let data: string;
let reader: Reader;
let timers: Set<() => void>;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "tsunagi-reader-"));
  await (await openEmbeddedHouse({ data })).close();
  timers = new Set();
  const clock: Clock = {
    now: () => 0,
    after(_delay, callback) {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  };
  const settings = { database: data, data, key: loadKey(data), server: { place: "test" } };
  reader = new Reader({ settings, clock, onEnd: (error) => expect.unreachable(String(error)) });
});
afterEach(async () => {
  await reader.stop();
  rmSync(data, { recursive: true, force: true });
});

const ask = (path: string): Promise<unknown> =>
  reader.call("objects.get", { credentials: { kind: "local" }, argument: { path } });

test("comes with the first query, and ends when nobody has asked for a while", async () => {
  expect(reader.isRunning).toBe(false);
  expect(await reader.takeUsage()).toEqual({ tokens: [], sessions: [] });
  expect(reader.isRunning).toBe(false);

  const both = await Promise.all([ask("/system"), ask("/system/types")]);
  expect(both).toMatchObject([{ path: "/system" }, { path: "/system/types" }]);
  expect(reader.isRunning).toBe(true);
  // A query that is under way keeps it.
  const third = ask("/system");
  expect(timers.size).toBe(0);
  await third;
  expect(timers.size).toBe(1);
  for (const callback of timers) callback();
  await expect.poll(() => reader.isRunning).toBe(false);
  expect(await ask("/system")).toMatchObject({ path: "/system" });
}, 60_000);

test("a refusal is the caller's, and no reason to end", async () => {
  await expect(ask("/nothing")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  expect(reader.isRunning).toBe(true);
}, 60_000);
