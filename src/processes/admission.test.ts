import { describe, expect, test } from "vitest";
import { succeeded, TestEngine } from "./test-engine.ts";

async function limited(whenFull: string, atMost = 1): Promise<TestEngine> {
  const at = await TestEngine.open();
  const source = "|name = ''| print('begins $name') -> ['work $name']";
  await at.put("/flow", "Jobflow", { source, processes_max: atMost, when_full: whenFull });
  return at;
}

describe("a jobflow of which one process may run at once", () => {
  test("lets others wait for their turns, which come in order", async () => {
    const at = await limited("queue");
    const [first, second, third] = [
      await at.startSaved("/flow", { name: "a" }),
      await at.startSaved("/flow", { name: "b" }),
      await at.startSaved("/flow", { name: "c" }),
    ];
    expect(await at.row(second)).toMatchObject({
      state: "waiting",
      waits_for: "its turn: at most 1 of /flow at once",
      waits_since: at.clock.now(),
      started_at: null,
    });
    expect(await at.console(third)).toEqual([]);
    for (const id of [first, second, third]) {
      const command = await at.handler.next();
      expect(command.process).toBe(id);
      expect(at.handler.dispatched).toEqual([]);
      await at.engine.complete(command, succeeded());
      expect(await at.ended(id)).toMatchObject({ state: "done" });
    }
  });

  test("gives the turn of one that is cancelled or suspended while it waits to the next", async () => {
    const at = await limited("queue");
    const ids: number[] = [];
    for (const name of ["a", "b", "c", "d"]) ids.push(await at.startSaved("/flow", { name }));
    const [, b = 0, c = 0, d = 0] = ids;
    await at.cancel(b);
    await at.suspend(c);
    await at.engine.complete(await at.handler.next(), succeeded());
    const command = await at.handler.next();
    expect(command.process).toBe(d);
    await at.resume(c);
    expect(await at.row(c)).toMatchObject({ state: "waiting", suspension: null });
    await at.engine.complete(command, succeeded());
    expect((await at.handler.next()).process).toBe(c);
  });

  test("fills places that become free together once", async () => {
    const at = await limited("queue", 2);
    const ids: number[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) ids.push(await at.startSaved("/flow", { name }));
    const [a = 0, b = 0] = ids;
    const ending = await at.start("/end", `cancel(/process/${a}) -> cancel(/process/${b})`);
    await at.ended(ending);
    const states = await Promise.all(ids.map(async (id) => (await at.row(id)).state));
    expect(states).toEqual(["cancelled", "cancelled", "running", "running", "waiting"]);
  });

  test("refuses another one, and says which runs", async () => {
    const at = await limited("refuse");
    const first = await at.startSaved("/flow");
    await expect(at.startSaved("/flow")).rejects.toMatchObject({
      code: "PROCESS_LIMIT",
      message: `/flow runs 1 times already, and at most 1 at once: /process/${first}`,
    });
    await at.engine.complete(await at.handler.next(), succeeded());
    await at.ended(first);
    await at.startSaved("/flow");
    expect((await at.handler.next()).process).toBe(first + 1);
  });

  test("ends the oldest for another one", async () => {
    const at = await limited("replace", 2);
    const first = await at.startSaved("/flow");
    const { number } = await at.handler.next();
    const second = await at.startSaved("/flow");
    const third = await at.startSaved("/flow");
    expect(await at.ended(first)).toMatchObject({
      state: "cancelled",
      error: `replaced by /process/${third}`,
    });
    expect(at.handler.abandoned).toEqual([number]);
    for (const id of [second, third]) expect(await at.row(id)).toMatchObject({ state: "running" });
  });

  test("counts what flows spawn, and neither calls nor children", async () => {
    const at = await limited("refuse");
    const caller = await at.start("/caller", "{ fork | [./flow: 'x'] [./flow: 'y'] }");
    await at.handler.next();
    await at.handler.next();
    expect(await at.row(caller)).toMatchObject({ state: "waiting" });
    const spawner = await at.start(
      "/spawner",
      "spawn(./flow) -> [p = $RESULT] -> spawn(./flow) =>> print('$REASON: $ERROR')",
    );
    await at.ended(spawner);
    expect(await at.console(spawner)).toEqual([
      `limit: /flow runs 1 times already, and at most 1 at once: /process/${spawner + 1}`,
    ]);
  });

  test("counts all that run when the limit is set", async () => {
    const at = await TestEngine.open();
    await at.start("/flow", "['work']");
    await at.startSaved("/flow");
    await at.put("/flow", "Jobflow", { source: "['work']", processes_max: 2, when_full: "refuse" });
    await expect(at.startSaved("/flow")).rejects.toMatchObject({ code: "PROCESS_LIMIT" });
  });
});

test("the installation has as many live processes as its settings say", async () => {
  const at = await TestEngine.open();
  const first = await at.start("/flow", "['work']");
  at.engine.setLiveTotal({ live: 1, liveMax: 1 });
  await expect(at.startSaved("/flow")).rejects.toMatchObject({
    code: "PROCESS_LIMIT",
    message: "as many processes are live as may be: 1 in the whole installation",
  });
  await at.engine.complete(await at.handler.next(), succeeded());
  await at.ended(first);
  await at.startSaved("/flow");
});
