import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandText, openTestDatabase, succeeded, TestEngine } from "./test-engine.ts";

describe("a process", () => {
  test("runs to its end in the transaction that started it, when it needs nothing from outside", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `print('one') -> print('two') -> return(3)`);
    const row = await house.row(id);
    expect(row).toMatchObject({
      state: "done",
      result: "3",
      snapshot: null,
      status: 0,
      error: null,
    });
    expect(await house.console(id)).toEqual(["one", "two"]);
  });

  test("runs one command after the other, each after the result of the one before is stored", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `['first'] -> ["second $RESULT"] -> print($RESULT)`);
    expect(await house.row(id)).toMatchObject({ state: "running", waits_for: "command: first" });
    const first = await house.handler.next();
    expect(await house.engine.complete(first, succeeded("1"))).toBe(true);
    const second = await house.handler.next();
    expect(commandText(second)).toBe("second 1");
    expect(second.number).toBeGreaterThan(first.number);
    await house.engine.complete(second, succeeded("2"));
    expect(await house.ended(id)).toMatchObject({ state: "done" });
    expect(await house.console(id)).toEqual(["2"]);
  });

  test("drops an outcome that comes twice or late", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `['first'] -> print('once') -> ['second']`);
    const first = await house.handler.next();
    const answers = await Promise.all([
      house.engine.complete(first, succeeded()),
      house.engine.complete(first, succeeded()),
    ]);
    expect(answers.filter(Boolean)).toEqual([true]);
    expect(await house.console(id)).toEqual(["once"]);
    await house.engine.complete(await house.handler.next(), succeeded());
    expect(await house.engine.complete(first, succeeded())).toBe(false);
  });

  test("ends abnormally with the place and the message when a command fails and nobody handles it", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/ops/a", `print('x')\n-> ['false']\n-> print('never')`);
    await house.engine.complete(await house.handler.next(), {
      status: 1,
      result: "",
      error: "it broke",
      reason: "exit",
    });
    const row = await house.ended(id);
    expect(row).toMatchObject({ state: "aborted", status: 1, reason: "exit" });
    expect(row.error).toBe("aborted at line 2 in /ops/a: it broke");
  });

  test("is cancelled with its children, and its command is given up", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `{ fork | ['one'] ['two'] }`);
    const numbers = [(await house.handler.next()).number, (await house.handler.next()).number];
    expect(await house.engine.perform((batch) => house.engine.cancel(batch, id))).toBe(true);
    expect(await house.row(id)).toMatchObject({ state: "cancelled", reason: "cancelled" });
    expect(await house.row(id + 1)).toMatchObject({ state: "cancelled" });
    expect(new Set(house.handler.abandoned)).toEqual(new Set(numbers));
    expect(await house.engine.perform((batch) => house.engine.cancel(batch, id))).toBe(false);
  });
});

describe("a process that cancels itself", () => {
  test("ends there, and what it printed and wrote before stays", async () => {
    const house = await TestEngine.open();
    await house.put("/t", "Text", { text: "old" });
    await house.put("/self", "Jobflow", {
      source: `|me| print('before') -> [/t.text << 'new'] -> cancel(path(me)) -> print('after')`,
    });
    const id = await house.startSaved("/self", { me: "/process/1" });
    expect(await house.row(id)).toMatchObject({ state: "cancelled" });
    expect(await house.console(id)).toEqual(["before"]);
    const show = await house.start("/show", "print(/t.text)");
    expect(await house.console(show)).toEqual(["new"]);
  });
});

describe("time", () => {
  test("wakes a sleeping process when it is due and not before", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `sleep(3600) -> print('awake')`);
    expect(await house.row(id)).toMatchObject({ state: "waiting" });
    house.clock.advance(3_599_000);
    expect(await house.row(id)).toMatchObject({ state: "waiting" });
    house.clock.advance(1000);
    expect(await house.ended(id)).toMatchObject({ state: "done" });
  });

  test("a timeout gives up the command that takes too long", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `{ timeout 5 | ['slow'] else: print('gave up') }`);
    const { number } = await house.handler.next();
    house.clock.advance(5000);
    expect(await house.ended(id)).toMatchObject({ state: "done" });
    expect(await house.console(id)).toEqual(["gave up"]);
    expect(house.handler.abandoned).toEqual([number]);
  });
});

describe("messages", () => {
  test("are kept until somebody listens, and delivered in order, each to one process", async () => {
    const house = await TestEngine.open();
    await house.put("/c", "Channel", {});
    await house.put("/once", "Jobflow", { source: `</c> -> print($RESULT)` });
    expect(await house.send("/c", "1")).toEqual({ delivered: false });
    expect(await house.send("/c", "2")).toEqual({ delivered: false });
    const ids = [
      await house.startSaved("/once"),
      await house.startSaved("/once"),
      await house.startSaved("/once"),
    ];
    expect(await house.send("/c", "3")).toEqual({ delivered: true });
    for (const [index, id] of ids.entries()) {
      await house.ended(id);
      expect(await house.console(id)).toEqual([String(index + 1)]);
    }
  });

  test("are refused when the channel is full", async () => {
    const house = await TestEngine.open();
    await house.put("/c", "Channel", {});
    for (const body of ["1", "2", "3"]) await house.send("/c", body);
    await expect(house.send("/c", "4")).rejects.toMatchObject({ code: "MAILBOX_FULL" });
  });

  test("come from channels: whatever else is listened to makes the job fail", async () => {
    const house = await TestEngine.open();
    await house.put("/t", "Text", {});
    const id = await house.start("/listen", `</t> =>> print($ERROR)`);
    await house.ended(id);
    expect(await house.console(id)).toEqual([
      "an event comes from a channel; /t is of the type Text",
    ]);
  });

  test("a channel that is waited for stays until nobody waits any more", async () => {
    const house = await TestEngine.open();
    await house.put("/c", "Channel", {});
    const id = await house.start("/listen", `</c>`);
    await expect(house.delete("/c")).rejects.toMatchObject({
      code: "OBJECT_PROTECTED",
      details: { processes: [`/process/${id}`] },
    });
    await expect(house.put("/c", "Text", {})).rejects.toMatchObject({ code: "OBJECT_PROTECTED" });
    await house.cancel(id);
    await house.delete("/c");
  });

  test("a jobflow that writes source which does not compile fails at that job, and may go on", async () => {
    const house = await TestEngine.open();
    await house.put("/f", "Jobflow", { source: "print(1)" });
    await house.put("/t", "Text", {});
    const id = await house.start(
      "/edit",
      `[/t.text << 'a'] -> [/f.source << 'print('] =>> print($REASON) -> print(/f.source) -> [/t.text << /t.text + 'b']`,
    );
    expect(await house.ended(id)).toMatchObject({ state: "done" });
    expect(await house.console(id)).toEqual(["evaluation", "print(1)"]);
    const history = await house.history("/t");
    expect(history.map(({ before }) => before)).toEqual([{ text: "a" }, { text: null }, {}]);
    expect(await house.history("/f")).toHaveLength(1);
    expect(house.failures).toEqual([]);
  });

  test("a jobflow cannot delete a channel that is waited for", async () => {
    const house = await TestEngine.open();
    await house.put("/c", "Channel", {});
    await house.start("/listen", `</c>`);
    const id = await house.start("/clean", `[/c.delete] =>> print($ERROR)`);
    await house.ended(id);
    expect(await house.console(id)).toEqual([expect.stringContaining("waits for its messages")]);
  });

  test("an endless listener takes message after message in one process", async () => {
    const house = await TestEngine.open();
    await house.put("/c", "Channel", {});
    const id = await house.start("/listen", `</c> -> print("got $RESULT") -> [self]`);
    for (const body of ["1", "2", "3"]) await house.send("/c", body);
    expect(await house.console(id)).toEqual(["got 1", "got 2", "got 3"]);
    expect(await house.row(id)).toMatchObject({ state: "waiting", waits_for: "message on /c" });
  });
});

describe("children and locks", () => {
  test("a fork waits for all of its children and has their results in order", async () => {
    const house = await TestEngine.open();
    const id = await house.start(
      "/a",
      `{ fork | ['one'] -> return(1) ['two'] -> return(2) } -> print($RESULT)`,
    );
    const [one, two] = [await house.handler.next(), await house.handler.next()];
    await house.engine.complete(two, succeeded());
    expect((await house.row(id)).ended_at).toBeNull();
    await house.engine.complete(one, succeeded());
    await house.ended(id);
    expect(await house.console(id)).toEqual(["[1,2]"]);
  });

  test("pfor runs at most as many children at once as its limit says", async () => {
    const house = await TestEngine.open();
    const id = await house.start(
      "/a",
      `{ pfor x in range(5) limit 2 | ["do $x"] } -> print('all')`,
    );
    const texts: string[] = [];
    for (let done = 0; done < 5; done += 1) {
      expect((await house.row(id)).live_children).toBeLessThanOrEqual(2);
      const effect = await house.handler.next();
      texts.push(commandText(effect));
      await house.engine.complete(effect, succeeded());
    }
    expect(texts).toEqual(["do 0", "do 1", "do 2", "do 3", "do 4"]);
    expect(await house.ended(id)).toMatchObject({ state: "done" });
  });

  test("a lock is held by one process at a time, and served in order", async () => {
    const house = await TestEngine.open();
    await house.put("/thing", "Text", {});
    await house.put("/locked", "Jobflow", { source: `|n| { lock /thing | ["work $n"] }` });
    const ids = [];
    for (const n of ["1", "2", "3"]) ids.push(await house.startSaved("/locked", { n }));
    for (const n of ["1", "2", "3"]) {
      const effect = await house.handler.next();
      expect(commandText(effect)).toBe(`work ${n}`);
      expect(house.handler.dispatched).toEqual([]);
      await house.engine.complete(effect, succeeded());
    }
    for (const id of ids) expect(await house.row(id)).toMatchObject({ state: "done" });
  });

  test("a lock is let go of when its holder is cancelled", async () => {
    const house = await TestEngine.open();
    await house.put("/thing", "Text", {});
    await house.put("/locked", "Jobflow", { source: `|n| { lock /thing | ["work $n"] }` });
    const first = await house.startSaved("/locked", { n: "1" });
    await house.startSaved("/locked", { n: "2" });
    await house.handler.next();
    await house.engine.perform((batch) => house.engine.cancel(batch, first));
    expect(commandText(await house.handler.next())).toBe("work 2");
  });

  test("a circle of waiters is found, and the last one fails", async () => {
    const house = await TestEngine.open();
    await house.put("/a", "Text", {});
    await house.put("/b", "Text", {});
    await house.put("/ab", "Jobflow", {
      source: `{ lock /a | ['x'] -> { lock /b | print('b') } }`,
    });
    await house.put("/ba", "Jobflow", {
      source: `{ lock /b | ['y'] -> { lock /a | print('a') } }`,
    });
    const [ab, ba] = [await house.startSaved("/ab"), await house.startSaved("/ba")];
    await house.engine.complete(await house.handler.next(), succeeded());
    await house.engine.complete(await house.handler.next(), succeeded());
    expect(await house.ended(ba)).toMatchObject({ state: "aborted", reason: "limit" });
    expect(await house.ended(ab)).toMatchObject({ state: "done" });
  });

  test("processes that wait for each other's end are found, and the last one fails", async () => {
    const house = await TestEngine.open();
    const source = `|other| ['x'] -> wait(path(other)) =>> print($REASON) -> return('over')`;
    await house.put("/waits", "Jobflow", { source });
    const first = await house.startSaved("/waits", { other: "/process/2" });
    const second = await house.startSaved("/waits", { other: `/process/${first}` });
    await house.engine.complete(await house.handler.next(), succeeded());
    await house.engine.complete(await house.handler.next(), succeeded());
    await Promise.all([first, second].map((id) => house.ended(id)));
    expect(await house.console(first)).toEqual([]);
    expect(await house.console(second)).toEqual(["limit"]);
  });

  test("a child that waits for its parent fails, unless a timeout ends that", async () => {
    const house = await TestEngine.open();
    const id = await house.start(
      "/a",
      `|me = '/process/1'|
       { fork | wait(path(me)) =>> return($REASON)
                { timeout 5 | wait(path(me)) else: return('timeout') } }
       -> print($RESULT)`,
    );
    await house.until(id + 1, (row) => row.ended_at !== null);
    house.clock.advance(5000);
    await house.ended(id);
    expect(await house.console(id)).toEqual(['["limit","timeout"]']);
  });

  test("wait gives what another process returned", async () => {
    const house = await TestEngine.open();
    await house.put("/work", "Jobflow", { source: `['w'] -> return({a: 1})` });
    const id = await house.start("/a", `spawn(./work) -> wait($RESULT) -> print($RESULT.a)`);
    await house.engine.complete(await house.handler.next(), succeeded());
    await house.ended(id);
    expect(await house.console(id)).toEqual(["1"]);
  });
});

describe("objects", () => {
  test("are read and written in the turn, and the history names the process", async () => {
    const house = await TestEngine.open();
    await house.put("/t", "Text", { text: "old" });
    const id = await house.start("/a", `print(/t.text) -> [/t.text << 'new'] -> print(/t.text)`);
    expect(await house.console(id)).toEqual(["old", "new"]);
    const history = await house.database.read(async (tx) =>
      house.objects.history(tx, await house.root(tx), "/t", { limit: 10 }),
    );
    expect(history[0]).toMatchObject({ before: { text: "old" }, cause: `process /process/${id}` });
  });

  test("have a name, a path and a type that can be read where their type has no such field", async () => {
    const house = await TestEngine.open();
    await house.put("/servers/web01", "Server", { host: "h" });
    const id = await house.start(
      "/a",
      `{ for s in /servers | print(s.name, s.path, s.type, s.host) } -> print(/servers.color) =>> print($ERROR)`,
    );
    expect((await house.console(id))[0]).toBe("web01 /servers/web01 Server h");
    expect((await house.console(id))[1]).toMatch(/has no field 'color'/);
  });

  test("what the storage refuses is the failure of that job", async () => {
    const house = await TestEngine.open();
    const id = await house.start("/a", `[/missing.text << 'x'] =>> print("$REASON: $ERROR")`);
    expect(await house.console(id)).toEqual(["evaluation: no object at /missing"]);
  });

  test("a hundred processes that each add one count to a hundred", async () => {
    const house = await TestEngine.open();
    await house.put("/counter", "Channel", { limit: 0 });
    await house.put("/add", "Jobflow", {
      source: `['x'] -> [/counter.limit << /counter.limit + 1]`,
    });
    const ids = await Promise.all(Array.from({ length: 100 }, () => house.startSaved("/add")));
    await Promise.all(
      ids.map(async () => house.engine.complete(await house.handler.next(), succeeded())),
    );
    const id = await house.start("/show", "print(/counter.limit)");
    expect(await house.console(id)).toEqual(["100"]);
  });
});

describe("a restart", () => {
  test("finds every process where it was: running, sleeping, listening", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tsunagi-engine-"));
    try {
      const before = await TestEngine.open({ database: await openTestDatabase(directory) });
      await before.put("/c", "Channel", {});
      const command = await before.start("/command", `['long'] -> print("done: $RESULT")`);
      const sleeper = await before.start("/sleeper", `sleep(60) -> print('awake')`);
      const listener = await before.start("/listener", `</c> -> print($RESULT)`);
      const { number } = await before.handler.next();
      await before.engine.stop();
      await before.database.close();

      const after = await TestEngine.open({
        database: await openTestDatabase(directory),
        clock: before.clock,
      });
      expect(after.handler.restored).toMatchObject([
        { process: command, number, detail: { manager: "test", number } },
      ]);
      await after.engine.complete({ process: command, number }, succeeded("42"));
      after.clock.advance(60_000);
      await after.send("/c", "hello");
      await Promise.all([command, sleeper, listener].map((id) => after.ended(id)));
      expect(await after.console(command)).toEqual(["done: 42"]);
      expect(await after.console(sleeper)).toEqual(["awake"]);
      expect(await after.console(listener)).toEqual(["hello"]);
      await after.engine.stop();
      await after.database.close();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe("bad input", () => {
  test("a flow that never waits is ended, and others go on", async () => {
    const house = await TestEngine.open();
    const endless = await house.start("/endless", `{ while true | [x = 1] }`);
    expect(await house.ended(endless)).toMatchObject({ state: "aborted", reason: "limit" });
    const id = await house.start("/a", `print('fine')`);
    expect(await house.console(id)).toEqual(["fine"]);
  });

  test("a flow that computes for long gives the others their turns meanwhile", async () => {
    const house = await TestEngine.open();
    const long = await house.start("/long", `{ for i in range(300000) | [x = i] } -> return(x)`);
    expect(await house.row(long)).toMatchObject({ state: "ready" });
    const id = await house.start("/a", `print('fine')`);
    expect(await house.row(id)).toMatchObject({ state: "done" });
    expect((await house.row(long)).ended_at).toBeNull();
    expect(await house.ended(long)).toMatchObject({ state: "done", result: "299999" });
  });

  test("a flow that updates objects without end gives the others their turns, too", async () => {
    const house = await TestEngine.open();
    await house.put("/counter", "Channel", { limit: 0 });
    const long = await house.start(
      "/long",
      `{ for i in range(3000) | [/counter.limit << i] } -> return(/counter.limit)`,
    );
    expect(await house.row(long)).toMatchObject({ state: "ready" });
    expect(await house.ended(long)).toMatchObject({ state: "done", result: "2999" });
  });

  test("source that does not compile is refused with all diagnostics, and kept as a draft on demand", async () => {
    const house = await TestEngine.open();
    await house.put("/a", "Jobflow", { source: `print('good')` });
    const save = (isDraft: boolean) =>
      house.engine.write(async (tx) => {
        const change = house.objects.change(tx, await house.root(tx), { isDraft });
        await change.patch("/a", { source: `print('bad' -> [x = ]` });
        await change.finish();
      });
    await expect(save(false)).rejects.toMatchObject({ code: "SYNTAX_ERROR" });
    await save(true);
    const id = await house.startSaved("/a");
    expect(await house.console(id)).toEqual(["good"]);
  });

  test("a state that does not load sets its process aside, and all others run", async () => {
    const house = await TestEngine.open();
    const broken = await house.start("/broken", `sleep(10)`);
    const fine = await house.start("/fine", `sleep(10) -> print('fine')`);
    await house.engine.write(async (tx) => {
      await tx.run("update process set snapshot = '{' where id = ?", [broken]);
    });
    house.clock.advance(10_000);
    expect(await house.ended(broken)).toMatchObject({ state: "aborted" });
    expect(await house.ended(fine)).toMatchObject({ state: "done" });
  });
});
