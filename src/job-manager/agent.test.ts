import { afterEach, expect, test } from "vitest";
import type { CommandResult, CommandSpec, ManagerConnection, ManagerMessage } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { createLogger } from "#runtime";
import { Agent } from "./agent.ts";
import { commandFixture, restFixture } from "./command-fixture.ts";
import { memoryJournal, type Journal } from "./journal.ts";
import type { Runner, RunnerEvents } from "./runner.ts";
import { inProcessTransport } from "./transports/in-process.ts";

/** A server that keeps what it is told, and a runner whose commands end when the test says so. */
class World {
  readonly heard: ManagerMessage[] = [];
  readonly started = new Map<string, RunnerEvents>();
  readonly signals: string[] = [];
  connection: ManagerConnection | undefined;
  agent: Agent;
  isOrphaned = false;

  readonly journal: Journal;

  constructor(journal: Journal = memoryJournal(), clock: Clock = systemClock) {
    this.journal = journal;
    const runner: Runner = {
      start: ({ work }: CommandSpec, events) => {
        this.started.set(work.text, events);
        events.started();
        return {
          signal: (signal) => {
            this.signals.push(`${signal} ${work.text}`);
            events.ended({ kind: "exited", status: 143 });
          },
          release() {},
          pause: () => this.signals.push(`pause ${work.text}`),
          resume: () => this.signals.push(`resume ${work.text}`),
        };
      },
      close() {},
    };
    this.agent = new Agent({
      name: "here",
      realm: "default",
      journal,
      runners: { local: runner, ssh: runner, none: runner },
      ...restFixture(clock),
      transport: inProcessTransport({
        connected: (connection, hello) => {
          this.connection = connection;
          this.heard.push(hello);
        },
        received: (_connection, messages) => this.heard.push(...messages),
        disconnected: () => {},
      }),
      clock,
      logger: createLogger({ name: "test", level: "silent" }),
      orphanedAfterMs: 600_000,
      orphaned: () => (this.isOrphaned = true),
    });
    this.agent.start();
  }

  async welcome({ forget = [] as number[], cancel = [] as number[] } = {}): Promise<void> {
    await settled();
    this.connection?.send([{ kind: "welcome", protocol: 1, forget, cancel }]);
    await settled();
  }

  async run(number: number, text: string): Promise<void> {
    this.connection?.send([{ kind: "run", number, spec: commandFixture(text) }]);
    await settled();
  }

  async end(text: string): Promise<void> {
    this.started.get(text)?.ended({ kind: "exited", status: 0 });
    await settled();
  }

  async acknowledge(...numbers: number[]): Promise<void> {
    this.connection?.send([{ kind: "acknowledge", numbers }]);
    await settled();
  }

  result(number: number): CommandResult | undefined {
    const results = this.heard.flatMap((message) =>
      message.kind === "result" && message.number === number ? [message.result] : [],
    );
    return results.at(-1);
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const worlds: World[] = [];
function world(...parameters: ConstructorParameters<typeof World>): World {
  const made = new World(...parameters);
  worlds.push(made);
  return made;
}
afterEach(async () => {
  for (const { connection, agent, started } of worlds.splice(0)) {
    // Without a server nobody waits for acknowledgements.
    connection?.close("the test is over");
    const stopped = agent.stop({ drainMs: 60_000 });
    for (const events of started.values()) events.ended({ kind: "exited", status: 0 });
    await stopped;
  }
});

test("a number is on the disk before its command starts, its result before it is reported, and forgotten after", async () => {
  const inner = memoryJournal();
  const order: string[] = [];
  const at = world({
    ...inner,
    write(batch) {
      for (const number of batch.taken)
        order.push(`taken ${number} started ${at.started.has("x")}`);
      for (const number of batch.finished.keys())
        order.push(`finished ${number} told ${at.result(number) !== undefined}`);
      for (const number of batch.acknowledged) order.push(`acknowledged ${number}`);
      inner.write(batch);
    },
  });
  await at.welcome();
  await at.run(1, "x");
  await at.end("x");
  expect(at.result(1)).toMatchObject({ status: 0 });
  await at.acknowledge(1);
  expect(order).toEqual(["taken 1 started false", "finished 1 told false", "acknowledged 1"]);
  expect(inner.open()).toEqual([]);
});

test("a number that it has, or had, is not run again", async () => {
  const at = world();
  await at.welcome();
  await at.run(1, "first");
  await at.run(1, "again");
  expect(at.result(1)).toBeUndefined();
  await at.end("first");
  await at.run(1, "again");
  expect(at.result(1)).toMatchObject({ status: 0 });
  await at.acknowledge(1);
  await at.run(1, "again");
  expect(at.result(1)).toMatchObject({ status: -1, reason: "unknown" });
  expect([...at.started.keys()]).toEqual(["first"]);
});

test("after a lost connection it says what it holds, and hands in what has finished meanwhile", async () => {
  const at = world();
  await at.welcome();
  await at.run(1, "runs");
  await at.run(2, "ends");
  at.connection?.close("a broken line");
  await settled();
  at.heard.length = 0;
  await at.end("ends");
  await expect.poll(() => at.heard.length, { interval: 5 }).toBe(1);
  expect(at.heard[0]).toMatchObject({
    kind: "hello",
    journal: at.journal.identity,
    highest: 2,
    open: [
      { number: 1, state: "running" },
      { number: 2, state: "finished" },
    ],
  });
  await at.welcome();
  expect(at.result(2)).toMatchObject({ status: 0 });
});

test("what nobody waits for any more is ended or forgotten at the welcome", async () => {
  const at = world();
  await at.welcome();
  await at.run(1, "runs");
  await at.run(2, "ends");
  await at.end("ends");
  at.connection?.close("a broken line");
  at.heard.length = 0;
  await expect.poll(() => at.heard.length, { interval: 5 }).toBe(1);
  await at.welcome({ cancel: [1], forget: [2] });
  expect(at.signals).toContain("TERM runs");
  expect(at.result(1)).toMatchObject({ status: -1, reason: "cancelled" });
  expect(at.result(2)).toBeUndefined();
  expect(at.journal.open().map(({ number }) => number)).toEqual([1]);
});

test("many commands share one write to the disk", async () => {
  const inner = memoryJournal();
  let writes = 0;
  const at = world({
    ...inner,
    write(batch) {
      writes += 1;
      inner.write(batch);
    },
  });
  await at.welcome();
  at.connection?.send(
    Array.from({ length: 100 }, (_, index) => ({
      kind: "run" as const,
      number: index + 1,
      spec: commandFixture(`c${index}`),
    })),
  );
  await settled();
  expect(at.started.size).toBe(100);
  expect(writes).toBe(1);
});

test("a journal that cannot be written takes nothing, and results wait until it can", async () => {
  const inner = memoryJournal();
  let isFull = false;
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (_delayMs, callback) => {
      timers.push(callback);
      return () => void timers.splice(timers.indexOf(callback), 1);
    },
  };
  const full = {
    ...inner,
    write(batch: Parameters<Journal["write"]>[0]) {
      if (isFull) throw new Error("the disk is full");
      inner.write(batch);
    },
  };
  const at = world(full, clock);
  await at.welcome();
  await at.run(1, "early");
  isFull = true;
  await at.run(2, "late");
  expect(at.started.has("late")).toBe(false);
  expect(at.result(2)).toMatchObject({
    reason: "refused",
    message: expect.stringContaining("the disk is full"),
  });
  await at.end("early");
  expect(at.result(1)).toBeUndefined();
  isFull = false;
  timers.at(-1)?.();
  await settled();
  expect(at.result(1)).toMatchObject({ status: 0 });
});

test("when it stops it takes nothing new, finishes what runs and hands it in", async () => {
  const at = world();
  await at.welcome();
  await at.run(1, "runs");
  const stopped = at.agent.stop({ drainMs: 60_000 });
  await at.run(2, "late");
  expect(at.heard).toContainEqual({ kind: "draining" });
  expect(at.heard).toContainEqual({ kind: "returned", number: 2 });
  expect(at.started.has("late")).toBe(false);
  await at.end("runs");
  expect(at.result(1)).toMatchObject({ status: 0 });
  await at.acknowledge(1);
  await stopped;
  worlds.splice(worlds.indexOf(at), 1);
});

test("a command that is cancelled before it was taken does not start", async () => {
  const at = world();
  await at.welcome();
  at.connection?.send([
    { kind: "run", number: 1, spec: commandFixture("x") },
    { kind: "cancel", number: 1 },
  ]);
  await settled();
  expect(at.started.size).toBe(0);
  expect(at.result(1)).toMatchObject({ status: -1, reason: "cancelled" });
});
