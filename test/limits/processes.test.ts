import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, succeeded, TestEngine } from "../../src/processes/test-engine.ts";

/** What processes may do to the engine and its database: each is bounded, says what bounds it, and all others go on. */
let folder: string;
let at: TestEngine;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-limits-"));
  at = await TestEngine.open({ database: await openTestDatabase(folder) });
});
afterEach(async () => {
  await at.database.close();
  rmSync(folder, { recursive: true });
});

const megabytesOfDatabase = () => statSync(join(folder, "test.sqlite")).size / 1e6;

/** Whether somebody else has his turns while that goes on: a flow that counts in an object. */
async function withOneBeside(work: () => Promise<void>): Promise<number> {
  await at.put("/system/types/Beat", "Type", {
    fields: [{ name: "n", kind: "integer", default: 0 }],
  });
  await at.put("/beat", "Beat", {});
  const beside = await at.start(
    "/beside",
    "{ while true | ['beat'] -> [(./beat).n << (./beat).n + 1] }",
  );
  let isOver = false;
  const answering = (async () => {
    for (let beats = 0; ; beats += 1) {
      const command = await at.handler.next();
      if (isOver) return beats;
      await at.engine.complete(command, succeeded());
    }
  })();
  await work();
  isOver = true;
  const beats = await answering;
  await at.cancel(beside);
  return beats;
}

test("a process that prints a gigabyte leaves the newest lines, and a small database", async () => {
  const long =
    "[x = 'x'] -> { for i in range(20) | [x = x + x] } -> { for i in range(800) | print(x) }";
  const many = `[t = "a line of some characters\\n"] -> { for i in range(15) | [t = t + t] } -> { for i in range(220) | print(t) } -> print('the end')`;
  let printed: number[] = [];
  const beats = await withOneBeside(async () => {
    printed = [await at.start("/long", long), await at.start("/many", many)];
    for (const id of printed) expect(await at.ended(id)).toMatchObject({ state: "done" });
  });
  expect(beats).toBeGreaterThan(5);
  const [first = 0, second = 0] = printed;
  const lines = await at.console(first);
  expect(lines.length).toBeLessThan(110);
  expect(lines.at(-1)).toMatch(/^x{100000}… \(948576 more characters\)$/);
  const row = await at.row(second);
  expect(row.console_lines).toBeGreaterThan(3_000_000);
  expect(row.console_size).toBeLessThan(20_000_000);
  expect(megabytesOfDatabase()).toBeLessThan(100);
}, 240_000);

test("10,000 children are started in bites, suspended, resumed and ended; 100,000 are refused", async () => {
  const refused = await at.start("/more", "{ pfor n in range(100000) | sleep(1000000) }");
  expect(await at.ended(refused)).toMatchObject({
    reason: "limit",
    error: "aborted at line 1 in /more: a process has at most 50000 children at once: say 'limit'",
  });
  const beats = await withOneBeside(async () => {
    const id = await at.start("/children", "{ pfor n in range(10000) | sleep(1000000) }");
    // Its row is large: only what is asked for is read.
    const children = async () =>
      (
        await at.database.read((tx) =>
          tx.get<{ n: number }>(
            "select live_children as n from process where id = ? and state = 'waiting'",
            [id],
          ),
        )
      )?.n;
    await expect.poll(children, { timeout: 60_000, interval: 100 }).toBe(10_000);
    await at.suspend(id);
    await at.resume(id);
    await at.cancel(id);
    const live = () =>
      at.database.read((tx) =>
        tx.get("select 1 from process where parent = ? and ended_at is null limit 1", [id]),
      );
    await expect.poll(live, { timeout: 60_000 }).toBeUndefined();
  });
  expect(beats).toBeGreaterThan(10);
}, 240_000);

test("a loop over more elements than may be children at once goes through with a limit", async () => {
  const id = await at.start("/flow", "{ pfor n in range(60000) limit 2 | ['work'] }");
  for (let count = 0; count < 20; count += 1) {
    await at.engine.complete(await at.handler.next(), succeeded());
  }
  expect(await at.row(id)).toMatchObject({ state: "waiting", live_children: 2 });
}, 60_000);

describe("a process whose state does not load", () => {
  test("is set aside with the reason when its turn comes, and so is one that a person cancels", async () => {
    await at.put("/mail", "Channel", {});
    const [broken, cancelled, whole] = [
      await at.start("/a", "<./mail>"),
      await at.start("/b", "<./mail>"),
      await at.start("/c", "<./mail> -> print($RESULT)"),
    ];
    await at.engine.write((tx) =>
      tx.run("update process set snapshot = '{\"v\":99}' where id in (?, ?)", [broken, cancelled]),
    );
    await at.cancel(cancelled);
    await at.send("/mail", "one");
    await at.send("/mail", "two");
    expect(await at.ended(broken)).toMatchObject({
      state: "aborted",
      error: "aborted in /a: a snapshot of the unknown version 99",
    });
    expect(await at.row(cancelled)).toMatchObject({ state: "aborted" });
    await at.ended(whole);
    expect(await at.console(whole)).toEqual(["two"]);
  });

  test("is set aside when it is resumed, and its neighbours go on", async () => {
    const id = await at.start("/flow", "{ fork | sleep(10) sleep(10) } =>> print($REASON)");
    await at.suspend(id);
    await at.engine.write((tx) =>
      tx.run("update process set snapshot = 'x' where id = ?", [id + 1]),
    );
    await at.resume(id);
    expect(await at.ended(id + 1)).toMatchObject({ state: "aborted" });
    at.clock.advance(20_000);
    await at.ended(id);
    expect(await at.console(id)).toEqual(["abort"]);
  });
});
