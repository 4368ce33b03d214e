import { describe, expect, test } from "vitest";
import { compile } from "#language";
import {
  advance,
  begin,
  decodeState,
  describeWait,
  encodeState,
  rewind,
  type Input,
  type Outcome,
  type Pause,
} from "#machine";
import { commandText, succeeded, testSealer, TestEngine } from "./test-engine.ts";

const failed = { status: 3, result: "", error: "no space", reason: "exit" } as const;

describe("a process that is done again from its failed job", () => {
  test("has the state that it had there, is a process of its own, and both name each other", async () => {
    const at = await TestEngine.open();
    const flow =
      "|host| [n = 1] -> ['first'] -> [n = n + 1] -> ['second $host $n'] -> print('$n $RESULT')";
    const old = await at.start("/flow", flow, { host: "web01" });
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.engine.complete(await at.handler.next(), failed);
    expect(await at.ended(old)).toMatchObject({ state: "aborted" });

    const id = await at.rerunFailed(old);
    const second = await at.handler.next();
    expect([second.process, commandText(second)]).toEqual([id, "second web01 2"]);
    await at.engine.complete(second, succeeded("ok"));
    expect(await at.ended(id)).toMatchObject({ state: "done", rerun_of: old });
    expect(await at.row(old)).toMatchObject({ state: "aborted", rerun_by: id });
    expect(await at.console(id)).toEqual(["2 ok"]);
  });

  test("goes on in called flows and loops, and with the program that it had", async () => {
    const at = await TestEngine.open();
    await at.put("/part", "Jobflow", { source: "|n| ['work $n'] -> return(n * 10)" });
    const source =
      "[sum = 0] -> { for n in [1, 2, 3] | [./part: n] -> [sum = sum + $RESULT] } -> print(sum)";
    const old = await at.start("/flow", source);
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    await at.put("/flow", "Jobflow", { source: "print('new')" });

    const id = await at.rerunFailed(old);
    for (const text of ["work 2", "work 3"]) {
      const command = await at.handler.next();
      expect(commandText(command)).toBe(text);
      await at.engine.complete(command, succeeded());
    }
    await at.ended(id);
    expect(await at.console(id)).toEqual(["60"]);
  });

  test("takes the locks again that it held, and waits for them", async () => {
    const at = await TestEngine.open();
    for (const path of ["/a", "/b"]) await at.put(path, "Text", {});
    const source = "{ lock ./a | { lock ./b | ['work'] } -> ['after'] }";
    const old = await at.start("/flow", source);
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    const other = await at.start("/other", "{ lock ./b | ['other'] }");
    const held = await at.handler.next();

    const id = await at.rerunFailed(old);
    expect(await at.row(id)).toMatchObject({ state: "waiting", waits_for: "lock of /b" });
    const third = await at.start("/third", "{ lock ./a | print('a') }");
    expect(await at.row(third)).toMatchObject({ waits_for: "lock of /a" });
    await at.engine.complete(held, succeeded());
    await at.ended(other);
    const work = await at.handler.next();
    expect(commandText(work)).toBe("work");
    await at.engine.complete(work, succeeded());
    await at.engine.complete(await at.handler.next(), succeeded());
    expect(await at.ended(id)).toMatchObject({ state: "done" });
    expect(await at.ended(third)).toMatchObject({ state: "done" });
  });

  test("has the whole time of its timeout blocks again", async () => {
    const at = await TestEngine.open();
    const old = await at.start("/flow", "{ timeout 60 | ['a'] -> ['b'] }");
    await at.engine.complete(await at.handler.next(), succeeded());
    at.clock.advance(50_000);
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    at.clock.advance(600_000);
    const id = await at.rerunFailed(old);
    at.clock.advance(59_000);
    await at.engine.settled();
    expect(await at.row(id)).toMatchObject({ state: "running" });
    at.clock.advance(2000);
    expect(await at.ended(id)).toMatchObject({ state: "aborted", reason: "timeout" });
  });

  test("leaves blocks that were entered in vain, with their context", async () => {
    const at = await TestEngine.open();
    await at.put("/value", "Text", {});
    const source =
      "{ __host__ = 'outer' | { __host__ = 'inner', x = (./value).text + 1 | ['in'] } -> ['out'] }";
    const old = await at.start("/flow", source);
    expect(await at.ended(old)).toMatchObject({ state: "aborted", reason: "evaluation" });
    const again = await at.rerunFailed(old);
    expect(await at.ended(again)).toMatchObject({ state: "aborted", reason: "evaluation" });
    const source2 =
      "{ __host__ = 'outer' | { __host__ = 'inner', x = length((./value).text) | ['in'] -> ['fails'] } -> ['out'] }";
    await at.put("/value", "Text", { text: "abc" });
    const third = await at.start("/third", source2);
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(third);
    const id = await at.rerunFailed(third);
    const hosts: unknown[] = [];
    for (let count = 0; count < 2; count += 1) {
      const command = await at.handler.next();
      if (command.wait.kind === "command") hosts.push(command.wait.command.context.get("__host__"));
      await at.engine.complete(command, succeeded());
    }
    expect(await at.ended(id)).toMatchObject({ state: "done" });
    expect(hosts).toEqual(["inner", "outer"]);
  });

  test("may have other values for variables", async () => {
    const at = await TestEngine.open();
    const old = await at.start("/flow", "[host = 'wrong'] -> ['go $host'] -> print(host)");
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    const id = await at.rerunFailed(old, { host: "right" });
    const command = await at.handler.next();
    expect(commandText(command)).toBe("go right");
    await at.engine.complete(command, succeeded());
    await at.ended(id);
    await expect(at.rerunFailed(old, { nothing: "x" })).rejects.toThrow(
      "the flow in which it failed has no variable 'nothing'",
    );
  });

  test("does a fork again with all its children", async () => {
    const at = await TestEngine.open();
    const old = await at.start("/flow", "{ pfor n in [1, 2] | ['child $n'] } -> print('joined')");
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.engine.complete(await at.handler.next(), failed);
    await at.ended(old);
    const id = await at.rerunFailed(old);
    for (const text of ["child 1", "child 2"]) {
      const command = await at.handler.next();
      expect(commandText(command)).toBe(text);
      await at.engine.complete(command, succeeded());
    }
    await at.ended(id);
    expect(await at.console(id)).toEqual(["joined"]);
  });

  test("begins before what a choice waited for, when that failed", async () => {
    const at = await TestEngine.open();
    await at.put("/other", "Jobflow", { source: "['other'] -> abort('bad')" });
    const source =
      "spawn(./other) -> [p = $RESULT] -> { choice | wait(p) -> print('ended') after 60: print('late') }";
    const old = await at.start("/flow", source);
    await at.engine.complete(await at.handler.next(), succeeded());
    expect(await at.ended(old)).toMatchObject({ state: "aborted", reason: "abort" });
    const id = await at.rerunFailed(old);
    // The one that it waits for has ended as it did.
    expect(await at.ended(id)).toMatchObject({ state: "aborted", reason: "abort" });
  });

  test("keeps secrets sealed", async () => {
    const at = await TestEngine.open();
    await at.put("/account", "Account", { user: "ops", password: "hunter2" });
    const old = await at.start("/flow", "[p = (./account).password] -> ['login': stdin = p]");
    await at.engine.complete(await at.handler.next(), failed);
    const frozen = await at.ended(old);
    expect(frozen.snapshot).toMatch(/^sealed:/);
    expect(testSealer.open(frozen.snapshot ?? "")).toContain("hunter2");
    const id = await at.rerunFailed(old);
    expect((await at.row(id)).snapshot).toMatch(/^sealed:/);
    expect((await at.handler.next()).process).toBe(id);
  });

  test.each([
    ["that ended well", "print('fine')", "no job of it has failed: it is done"],
    ["that ended itself by exit", "exit(3)", "it ended by exit(), not by a job that failed"],
  ])("is refused for one %s", async (_, source, why) => {
    const at = await TestEngine.open();
    const old = await at.start("/flow", source);
    await at.ended(old);
    await expect(at.rerunFailed(old)).rejects.toMatchObject({ code: "NOT_RERUNNABLE" });
    await expect(at.rerunFailed(old)).rejects.toThrow(why);
  });

  test("is refused where its state cannot be read, and nothing else happens", async () => {
    const at = await TestEngine.open();
    const old = await at.start("/flow", "abort('bad')");
    await at.ended(old);
    await at.engine.write((tx) => tx.run("update process set snapshot = 'broken'"));
    await expect(at.rerunFailed(old)).rejects.toThrow("its state cannot be read any more");
    expect(await at.row(old)).toMatchObject({ rerun_by: null });
  });
});

describe("a state that is set back", () => {
  const failure: Outcome = { status: -1, result: null, error: "lost", reason: "unknown" };
  const source = `[n = 1] -> { __host__ = 'web01' | { session s | [n = n + 1] -> [s << 'one'] -> [s << 'two'] } } -> ['after $n']`;
  const { program } = compile(source);
  if (program === null) throw new Error("it does not compile");
  const environment = { program: () => program };

  const start = () => {
    const begun = begin({
      program,
      hash: "p",
      path: "/flow",
      positional: [],
      named: new Map(),
      context: new Map(),
    });
    if ("failure" in begun) throw new Error(begun.failure);
    return begun.state;
  };

  /** What is waited for after each outcome. */
  const run = (state: ReturnType<typeof start>, outcomes: readonly Outcome[]): string[] => {
    const seen: string[] = [];
    let input: Input = { kind: "start" };
    for (const outcome of [...outcomes, null]) {
      const pause: Pause = advance(state, input, environment);
      if (pause.kind !== "wait") return [...seen, pause.kind];
      seen.push(pause.waits.map((wait) => describeWait(wait)).join());
      if (outcome !== null) input = { kind: "event", index: 0, outcome };
    }
    return seen;
  };

  test("within a session begins with the session, whose connection is closed", () => {
    const state = start();
    expect(run(state, [succeeded("s"), succeeded(), failure, succeeded()])).toEqual([
      "opening a session with web01",
      "session with web01: one",
      "session with web01: two",
      "closing a session with web01",
      "ended",
    ]);
    const frozen = decodeState(encodeState(state));
    expect(rewind(frozen, environment, { now: 0, variables: new Map() })).toBe(null);
    const rest = Array.from({ length: 4 }, () => succeeded("s"));
    expect(run(decodeState(encodeState(frozen)), rest)).toEqual([
      "opening a session with web01",
      "session with web01: one",
      "session with web01: two",
      "closing a session with web01",
      // What the block had done to variables before it failed is still so.
      "command: after 3",
    ]);
  });
});
