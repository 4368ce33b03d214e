import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTestDatabase, succeeded, TestEngine } from "./test-engine.ts";

/** A line a job: where, what, how it ended. */
async function shown(house: TestEngine, id: number): Promise<string[]> {
  return (await house.trace(id)).map(({ depth, line, column, kind, text, outcome }) => {
    return `${"  ".repeat(depth)}${line}:${column} ${kind} ${text} ${outcome}`;
  });
}

describe("the trace of a process", () => {
  test("holds every job, with place, text, time and outcome, without being asked for", async () => {
    const house = await TestEngine.open();
    const id = await house.start(
      "/a",
      "[n = 1, m = 2]\n-> { __host__ = 'web01', __user__ = 'ops' | [\"uptime $n\"] }\n-> print(n) -> sleep(60) -> return(n)",
    );
    house.clock.advance(2500);
    await house.engine.complete(await house.handler.next(), succeeded("up"));
    house.clock.advance(60_000);
    await house.ended(id);
    expect(await shown(house, id)).toEqual([
      "1:1 assignment [n = 1, m = 2] ok",
      "2:4 block { __host__ = 'web01', __user__ = 'ops' | [\"uptime $n\"] } ok",
      "2:45 command uptime 1 ok",
      "3:4 print print(n) ok",
      "3:16 sleep sleep(60) ok",
      "3:29 return return(n) ok",
    ]);
    const command = (await house.trace(id)).find(({ kind }) => kind === "command");
    expect(command).toMatchObject({ path: "/a", more: { host: "web01", user: "ops" }, status: 0 });
    expect((command?.ended ?? 0) - (command?.began ?? 0)).toBe(2500);
  });

  test("says what runs now, and within which calls", async () => {
    const house = await TestEngine.open();
    await house.put("/b", "Jobflow", { source: "|x| ['one'] -> return(x)" });
    const id = await house.start("/a", "[./b: 7] -> print($RESULT)");
    expect(await house.trace(id)).toMatchObject([
      {
        depth: 0,
        kind: "call",
        text: "[./b: 7]",
        ended: null,
        outcome: null,
        more: { callee: "/b" },
      },
      { depth: 1, path: "/b", kind: "command", text: "one", ended: null, outcome: null },
    ]);
    await house.engine.complete(await house.handler.next(), succeeded());
    expect(await shown(house, id)).toEqual([
      "1:1 call [./b: 7] ok",
      "  1:5 command one ok",
      "  1:16 return return(x) ok",
      "1:13 print print($RESULT) ok",
    ]);
  });

  test("tells failures that a connector took from those that ended the flow", async () => {
    const house = await TestEngine.open();
    await house.put("/b", "Jobflow", { source: "[x = 1 + '1']" });
    const id = await house.start(
      "/a",
      "[./b] =>> print('taken') -> { timeout 5 | <./c> } =>> [y = 1 / 0]",
    );
    await house.row(id);
    expect(
      (await house.trace(id)).map(({ kind, outcome, reason }) => [kind, outcome, reason]),
    ).toEqual([
      ["call", "handled", "evaluation"],
      ["assignment", "failed", "evaluation"],
      ["print", "ok", null],
      ["event", "handled", "evaluation"],
      ["assignment", "failed", "evaluation"],
    ]);
    const [, failed] = await house.trace(id);
    expect(failed).toMatchObject({
      status: -1,
      path: "/b",
      error: expect.stringContaining("unsupported"),
    });
  });

  test("says what a timeout gave up", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", "{ timeout 5 | ['slow'] else: print('late') }");
    house.clock.advance(5000);
    await house.ended(id);
    expect(await shown(house, id)).toEqual([
      "1:15 command slow failed",
      "1:1 timeout { timeout 5 | ['slow'] else: print('late') } handled",
      "1:30 print print('late') ok",
    ]);
  });

  test("names the processes that were started", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", "{ fork | print(1) print(2) } -> return(0)");
    await house.ended(id);
    expect((await house.trace(id))[0]).toMatchObject({
      kind: "fork",
      outcome: "ok",
      more: { processes: [id + 1, id + 2] },
    });
    expect(await shown(house, id + 1)).toEqual(["1:10 print print(1) ok"]);
  });

  test("of one that is cancelled ends with what it did then", async () => {
    const house = await TestEngine.open();
    await house.put("/b", "Jobflow", { source: "sleep(10)" });
    const id = await house.start("/a", "[./b] -> print(1)");
    await house.cancel(id);
    expect(await house.trace(id)).toMatchObject([
      { kind: "call", outcome: "failed", reason: "cancelled" },
      { kind: "sleep", outcome: "failed", reason: "cancelled" },
    ]);
  });

  test("shows no secret, neither as it is nor in a command or an error", async () => {
    const house = await TestEngine.open();
    await house.put("/account", "Account", { user: "ops", password: "hunter2" });
    const id = await house.start(
      "/a",
      "[p = /account.password] -> [\"login $p\"] =>> abort('hunter2 is wrong')",
    );
    await house.engine.complete(await house.handler.next(), {
      status: 1,
      result: "",
      error: "no hunter2",
      reason: "exit",
    });
    await house.ended(id);
    const row = await house.row(id);
    expect(row.jobs).not.toContain("hunter2");
    expect(await house.trace(id)).toMatchObject([
      { kind: "assignment" },
      { text: "login ********", error: "no ********", outcome: "handled" },
      { kind: "abort", outcome: "failed", error: "******** is wrong" },
    ]);
  });

  test("stays small however much is done, keeps the newest, and counts what is left out", async () => {
    const house = await TestEngine.open();
    const id = await house.start(
      "/a",
      "{ for i in range(20000) | [x = i] } -> { for i in range(3000) | print(i) } -> return(x)",
    );
    const row = await house.ended(id);
    const { size } = (await house.database.read((tx) =>
      tx.get<{ size: number }>(
        "select sum(length(text)) as size from job_block where process = ?",
        [id],
      ),
    )) ?? { size: 0 };
    expect(size).toBeLessThan(1_100_000);
    expect(row.jobs?.length).toBeLessThan(3000);
    const trace = await house.trace(id);
    expect(trace.at(-1)).toMatchObject({ kind: "return" });
    expect(trace.length).toBeGreaterThan(250);
    const { leftOut } = await house.database.read(async (tx) => {
      const { readJobs } = await import("./process-jobs.ts");
      return readJobs(tx, row, 0, 1);
    });
    expect(leftOut + trace.length).toBe(23_001);
  });

  test("survives a restart in the middle of a call", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tsunagi-trace-"));
    try {
      const first = await TestEngine.open({ database: await openTestDatabase(folder) });
      await first.put("/b", "Jobflow", { source: "['one']" });
      const id = await first.start("/a", "[n = 1] -> [./b] -> print(n)");
      await first.database.close();
      const second = await TestEngine.open({
        database: await openTestDatabase(folder),
        clock: first.clock,
      });
      second.clock.advance(1000);
      await second.engine.complete(
        { process: id, number: second.handler.restored[0]?.number ?? 0 },
        succeeded(),
      );
      expect(await shown(second, id)).toEqual([
        "1:1 assignment [n = 1] ok",
        "1:12 call [./b] ok",
        "  1:1 command one ok",
        "1:21 print print(n) ok",
      ]);
      const call = (await second.trace(id))[1];
      expect((call?.ended ?? 0) - (call?.began ?? 0)).toBe(1000);
      await second.database.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
