import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { suspensionOf } from "./suspension.ts";
import { commandText, openTestDatabase, succeeded, TestEngine } from "./test-engine.ts";

const isSuspended = ({ state }: { state: string }) => state === "suspended";

describe("a suspended process", () => {
  test("takes the result of its command in, and goes on with it when it is resumed", async () => {
    const at = await TestEngine.open();
    const id = await at.start(
      "/flow",
      "['first'] -> print($RESULT) -> ['second'] -> print($RESULT)",
    );
    const first = await at.handler.next();
    expect(await at.suspend(id, "maintenance")).toBe(true);
    const row = await at.row(id);
    expect(row).toMatchObject({ state: "suspended", waits_for: "command: first" });
    expect(suspensionOf(row)).toEqual({ by: "root", reason: "maintenance", since: at.clock.now() });

    expect(await at.engine.complete(first, succeeded("one"))).toBe(true);
    expect(await at.engine.complete(first, succeeded("again"))).toBe(false);
    expect(await at.console(id)).toEqual([]);
    expect(at.handler.dispatched).toEqual([]);

    await at.resume(id);
    await at.engine.complete(await at.handler.next(), succeeded("two"));
    expect(await at.ended(id)).toMatchObject({ state: "done", suspension: null });
    expect(await at.console(id)).toEqual(["one", "two"]);
    expect(at.handler.abandoned).toEqual([]);
  });

  test("keeps what its command gave sealed, where that may hold a secret", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "['show password'] -> print('done')");
    const command = await at.handler.next();
    await at.suspend(id);
    await at.engine.complete(command, succeeded("hunter2"));
    const { input } = await at.row(id);
    expect(input).toMatch(/^sealed:/);
    expect(input).not.toContain("hunter2");
    await at.resume(id);
    expect(await at.row(id)).toMatchObject({ state: "done", input: null });
  });

  test("goes on waiting for its command, which is not given again", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "['only'] -> print($RESULT)");
    const only = await at.handler.next();
    await at.suspend(id);
    await at.resume(id);
    expect(await at.row(id)).toMatchObject({ state: "running", waits_for: "command: only" });
    expect(at.handler.dispatched).toEqual([]);
    await at.engine.complete(only, succeeded("done"));
    expect(await at.ended(id)).toMatchObject({ state: "done" });
    expect(await at.console(id)).toEqual(["done"]);
  });

  test("has taken no message: another one gets it, or it waits in the channel", async () => {
    const at = await TestEngine.open();
    await at.put("/mail", "Channel", {});
    const first = await at.start("/first", "<./mail> -> print('first $RESULT')");
    const second = await at.start("/second", "<./mail> -> print('second $RESULT')");
    await at.suspend(first);
    await at.send("/mail", "a");
    expect(await at.ended(second)).toMatchObject({ state: "done" });
    expect(await at.send("/mail", "b")).toEqual({ delivered: false });
    await at.resume(first);
    await at.ended(first);
    expect([await at.console(first), await at.console(second)]).toEqual([
      ["first b"],
      ["second a"],
    ]);
  });

  test("sleeps no longer than it was to: what is due meanwhile is done at once", async () => {
    const at = await TestEngine.open();
    const [short, long] = [
      await at.start("/short", "sleep(60)"),
      await at.start("/long", "sleep(600)"),
    ];
    await at.suspend(short);
    await at.suspend(long);
    at.clock.advance(120_000);
    await at.engine.settled();
    expect(await at.row(short)).toMatchObject({ state: "suspended" });
    await at.resume(short);
    await at.resume(long);
    expect(await at.row(short)).toMatchObject({ state: "done" });
    expect(await at.row(long)).toMatchObject({ state: "waiting" });
    at.clock.advance(480_000);
    expect(await at.ended(long)).toMatchObject({ state: "done" });
  });

  test("does not lose the time of its timeout blocks", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "{ timeout 60 | ['slow'] else: print('too late') }");
    const slow = await at.handler.next();
    at.clock.advance(50_000);
    await at.suspend(id);
    at.clock.advance(3_600_000);
    await at.resume(id);
    at.clock.advance(9_000);
    await at.engine.settled();
    expect(await at.row(id)).toMatchObject({ state: "running" });
    at.clock.advance(2_000);
    await at.ended(id);
    expect(await at.console(id)).toEqual(["too late"]);
    expect(at.handler.abandoned).toEqual([slow.number]);
  });

  test("is suspended with its children, and resumed with them", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "{ pfor n in [1, 2] | ['child $n'] } -> print('both')");
    const commands = [await at.handler.next(), await at.handler.next()];
    await at.suspend(id);
    for (const { process } of commands) expect(isSuspended(await at.row(process))).toBe(true);
    for (const command of commands) await at.engine.complete(command, succeeded());
    expect(await at.row(id)).toMatchObject({ state: "suspended", live_children: 2 });
    await at.resume(id);
    expect(await at.ended(id)).toMatchObject({ state: "done" });
    expect(await at.console(id)).toEqual(["both"]);
  });

  test("whose children end meanwhile knows that when it is resumed", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "{ fork | ['child'] } -> print('joined')");
    const command = await at.handler.next();
    await at.suspend(id);
    await at.resume(command.process);
    await at.engine.complete(command, succeeded());
    expect(await at.row(command.process)).toMatchObject({ state: "done" });
    expect(await at.row(id)).toMatchObject({ state: "suspended", live_children: 0 });
    await at.resume(id);
    expect(await at.row(id)).toMatchObject({ state: "done" });
  });

  test("gives no lock to itself, and keeps those that it has", async () => {
    const at = await TestEngine.open();
    await at.put("/node", "Text", {});
    const flow = "{ lock ./node | ['work'] }";
    const holder = await at.start("/one", flow);
    const work = await at.handler.next();
    const [second, third] = [await at.start("/two", flow), await at.start("/three", flow)];
    await at.suspend(second);
    await at.engine.complete(work, succeeded());
    await at.ended(holder);
    // Whoever waited behind it is not held up.
    const next = await at.handler.next();
    expect(next.process).toBe(third);
    await at.suspend(third);
    await at.resume(second);
    expect(await at.row(second)).toMatchObject({ state: "waiting", waits_for: "lock of /node" });
    await at.engine.complete(next, succeeded());
    await at.resume(third);
    expect((await at.handler.next()).process).toBe(second);
  });

  test("can be cancelled, which stops what it runs", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "['long']");
    const { number } = await at.handler.next();
    await at.suspend(id);
    expect(await at.cancel(id, "cancelled by root: no longer needed")).toBe(true);
    expect(await at.row(id)).toMatchObject({
      state: "cancelled",
      reason: "cancelled",
      error: "cancelled by root: no longer needed",
      suspension: null,
    });
    expect(at.handler.abandoned).toEqual([number]);
  });

  test("that was held before a command is held again, and nobody decides about it meanwhile", async () => {
    const at = await TestEngine.open();
    await at.put("/flow", "Jobflow", { source: "['dangerous'] -> print('done')" });
    const id = await at.startSaved("/flow", {}, { step: true });
    const { turn } = await at.row(id);
    await at.suspend(id);
    await expect(at.decide(id, turn, "go")).rejects.toMatchObject({ code: "DECISION_OUTDATED" });
    await at.resume(id);
    expect(await at.row(id)).toMatchObject({ state: "suspended", suspension: null });
    expect(at.handler.dispatched).toEqual([]);
    await at.decide(id, turn, "go");
    expect(commandText(await at.handler.next())).toBe("dangerous");
  });

  test("is suspended once, and resumed only if it is", async () => {
    const at = await TestEngine.open();
    const id = await at.start("/flow", "sleep(60)");
    await expect(at.resume(id)).rejects.toMatchObject({ code: "PROCESS_NOT_SUSPENDED" });
    expect(await at.suspend(id)).toBe(true);
    expect(await at.suspend(id)).toBe(false);
    await at.cancel(id);
    await expect(at.suspend(id)).rejects.toMatchObject({ code: "PROCESS_ENDED" });
    await expect(at.resume(99)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  test("is as it was after a restart, and what its command gave, too", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tsunagi-suspended-"));
    const before = await TestEngine.open({ database: await openTestDatabase(directory) });
    const ids = [
      await before.start("/one", "['one'] -> print($RESULT)"),
      await before.start("/two", "['two'] -> print($RESULT)"),
    ];
    const [one, two] = [await before.handler.next(), await before.handler.next()];
    for (const id of ids) await before.suspend(id);
    await before.engine.complete(one, succeeded("early"));
    await before.engine.stop();
    await before.database.close();

    const at = await TestEngine.open({ database: await openTestDatabase(directory) });
    expect(at.handler.restored.map(({ number }) => number)).toEqual([two.number]);
    await at.engine.complete(two, succeeded("late"));
    for (const id of ids) await at.resume(id);
    for (const id of ids) await at.ended(id);
    expect([await at.console(ids[0] ?? 0), await at.console(ids[1] ?? 0)]).toEqual([
      ["early"],
      ["late"],
    ]);
    await at.database.close();
    rmSync(directory, { recursive: true });
  });
});
