import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandText, openTestDatabase, succeeded, TestEngine } from "./test-engine.ts";

async function startStepping(
  house: TestEngine,
  source: string,
): Promise<{ id: number; turn: number }> {
  await house.put("/a", "Jobflow", { source });
  const id = await house.startSaved("/a", {}, { step: true });
  return { id, turn: (await house.row(id)).turn };
}

describe("a process in step mode", () => {
  test("is held before each command, and nothing leaves before a person says so", async () => {
    const house = await TestEngine.open();
    const { id, turn } = await startStepping(house, "print('a') -> ['one'] -> ['two $RESULT']");
    expect(await house.row(id)).toMatchObject({
      state: "suspended",
      waits_for: "decision before command: one",
      effect_number: null,
    });
    expect(house.handler.dispatched).toEqual([]);
    await house.decide(id, turn, "go", "alice");
    const command = await house.handler.next();
    expect(commandText(command)).toBe("one");
    expect(await house.row(id)).toMatchObject({ state: "running" });
    await house.engine.complete(command, succeeded("x"));
    const held = await house.row(id);
    expect(held).toMatchObject({ state: "suspended", waits_for: "decision before command: two x" });
    await house.decide(id, held.turn, "go", "bob");
    await house.engine.complete(await house.handler.next(), succeeded("y"));
    expect(await house.ended(id)).toMatchObject({ state: "done", status: 0 });
    expect((await house.trace(id)).map(({ text, more }) => [text, more.decision?.by])).toEqual([
      ["print('a')", undefined],
      ["one", "alice"],
      ["two x", "bob"],
    ]);
  });

  test("goes on as after a success with empty output when a command is skipped", async () => {
    const house = await TestEngine.open();
    const { id, turn } = await startStepping(
      house,
      `['rm -rf /data'] -> print('$STATUS "$RESULT" $REASON') =>> print('failed')`,
    );
    await house.decide(id, turn, "skip");
    expect(await house.ended(id)).toMatchObject({ state: "done" });
    expect(await house.console(id)).toEqual(['0 "" null']);
    expect(house.handler.dispatched).toEqual([]);
    expect((await house.trace(id))[0]).toMatchObject({
      outcome: "skipped",
      more: { decision: { by: "root", decision: "skip" } },
    });
  });

  test("ends, whatever its connectors say, when it is aborted", async () => {
    const house = await TestEngine.open();
    const { id, turn } = await startStepping(house, "['x'] =>> print('handled')");
    await house.decide(id, turn, "abort", "alice");
    expect(await house.row(id)).toMatchObject({
      state: "aborted",
      reason: "abort",
      status: 1,
      error: "aborted at line 1 in /a: alice aborted it before this command",
    });
    expect(await house.console(id)).toEqual([]);
    expect((await house.trace(id))[0]).toMatchObject({ outcome: "failed", reason: "abort" });
  });

  test("runs to its end without further questions when it is set free, with all its children", async () => {
    const house = await TestEngine.open();
    const { id } = await startStepping(house, "{ fork | ['one'] -> ['two'] ['three'] }");
    const child = await house.row(id + 1);
    expect(child).toMatchObject({ state: "suspended" });
    expect(await house.row(id + 2)).toMatchObject({ state: "suspended" });
    await house.decide(id + 1, child.turn, "free");
    for (let count = 0; count < 3; count += 1) {
      await house.engine.complete(await house.handler.next(), succeeded());
    }
    expect(await house.ended(id)).toMatchObject({ state: "done" });
  });

  test("takes one decision a command: a second one, and one about an earlier turn, are refused", async () => {
    const house = await TestEngine.open();
    const { id, turn } = await startStepping(house, "['one'] -> ['two']");
    const both = await Promise.allSettled([
      house.decide(id, turn, "go", "alice"),
      house.decide(id, turn, "skip", "bob"),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(both[1]).toMatchObject({ reason: { code: "DECISION_OUTDATED" } });
    await house.engine.complete(await house.handler.next(), succeeded());
    const held = await house.row(id);
    await expect(house.decide(id, turn, "go")).rejects.toMatchObject({
      code: "DECISION_OUTDATED",
      details: { turn: held.turn },
    });
    expect(house.handler.dispatched).toEqual([]);
    await house.cancel(id);
    await expect(house.decide(id, turn, "go")).rejects.toMatchObject({ code: "PROCESS_ENDED" });
    await expect(house.decide(999, turn, "go")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect(house.failures).toEqual([]);
  });

  test("stays held over a restart, and is decided then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tsunagi-step-"));
    try {
      const first = await TestEngine.open({ database: await openTestDatabase(folder) });
      const { id, turn } = await startStepping(first, "['one'] -> print($RESULT)");
      await first.database.close();
      const second = await TestEngine.open({ database: await openTestDatabase(folder) });
      expect(second.handler.restored).toEqual([]);
      expect(await second.row(id)).toMatchObject({ state: "suspended", turn });
      await second.decide(id, turn, "go");
      await second.engine.complete(await second.handler.next(), succeeded("done"));
      expect(await second.console(id)).toEqual(["done"]);
      await second.database.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is not ended by its own timeout while it is held", async () => {
    const house = await TestEngine.open();
    const { id, turn } = await startStepping(
      house,
      "{ timeout 10 | ['slow'] else: print('late') }",
    );
    house.clock.advance(3_600_000);
    expect(await house.row(id)).toMatchObject({ state: "suspended" });
    await house.decide(id, turn, "go");
    await house.handler.next();
    house.clock.advance(9000);
    expect(await house.row(id)).toMatchObject({ state: "running" });
    house.clock.advance(1000);
    await house.ended(id);
    expect(await house.console(id)).toEqual(["late"]);
  });

  test("can be cancelled while it is held, and gives back what it held", async () => {
    const house = await TestEngine.open();
    await house.put("/node", "Text", { text: "" });
    const { id } = await startStepping(house, "{ lock /node | ['one'] }");
    expect(await house.cancel(id)).toBe(true);
    expect(await house.row(id)).toMatchObject({ state: "cancelled" });
    const other = await house.start("/b", "{ lock /node | print('mine') }");
    await house.ended(other);
    expect(await house.console(other)).toEqual(["mine"]);
  });

  test("holds called flows, children, spawned processes and every try of a command, too", async () => {
    const house = await TestEngine.open();
    await house.put("/b", "Jobflow", { source: "['inner']" });
    const { id } = await startStepping(
      house,
      "spawn(./b) -> { pfor x in [1] | ['child'] } -> [./b] -> ['last': retry = 1]",
    );
    const texts: (string | null)[] = [];
    for (;;) {
      const rows = await Promise.all([id, id + 1, id + 2].map((each) => house.row(each)));
      const held = rows.find(({ state }) => state === "suspended");
      if (held === undefined) break;
      texts.push(held.waits_for);
      await house.decide(held.id, held.turn, "go");
      const effect = await house.handler.next();
      const isFirst = texts.filter((text) => text?.endsWith("last")).length === 1;
      const failed = { status: 1, result: "", error: "", reason: "exit" } as const;
      await house.engine.complete(effect, isFirst ? failed : succeeded());
    }
    expect(texts.map((text) => text?.split(": ")[1])).toEqual(
      expect.arrayContaining(["child", "inner", "inner", "last", "last"]),
    );
    expect(texts.length).toBe(5);
    expect(await house.row(id)).toMatchObject({ state: "done" });
  });

  test("can be switched on and off while it runs", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", "['one'] -> ['two'] -> ['three']");
    const step = (on: boolean) =>
      house.engine.perform((batch) => house.engine.setStep(batch, id, on));
    await step(true);
    await house.engine.complete(await house.handler.next(), succeeded());
    const held = await house.row(id);
    expect(held).toMatchObject({ state: "suspended" });
    await step(false);
    await house.decide(id, held.turn, "go");
    await house.engine.complete(await house.handler.next(), succeeded());
    await house.engine.complete(await house.handler.next(), succeeded());
    expect(await house.ended(id)).toMatchObject({ state: "done" });
  });
});
