import { afterEach, expect, test } from "vitest";
import type { ManagerConnection, ManagerMessage, SessionSpec } from "#contract";
import { systemClock } from "#kernel";
import { createLogger } from "#runtime";
import { Agent } from "./agent.ts";
import { restFixture } from "./command-fixture.ts";
import { memoryJournal } from "./journal.ts";
import { noneRunner } from "./runners/none.ts";
import type { SessionRunner } from "./runners/session.ts";
import { inProcessTransport } from "./transports/in-process.ts";

/** What the agent does for sessions beside running their steps. */
const heard: ManagerMessage[] = [];
const open = new Map<number, number>();
const steps: string[] = [];
let connection: ManagerConnection | undefined;
let agent: Agent | undefined;

const sessions: SessionRunner = {
  start({ session, process, work }, events) {
    steps.push(`${work.kind} ${session}`);
    if (work.kind === "open") open.set(session, process);
    if (work.kind === "close") open.delete(session);
    events.started();
    events.ended({ kind: "exited", status: 0 });
    return { signal() {}, release() {}, pause() {}, resume() {} };
  },
  list: () => Array.from(open, ([session, process]) => ({ session, process })),
  has: (session) => open.has(session),
  closeAll(numbers) {
    for (const number of numbers) open.delete(number);
  },
  close: () => open.clear(),
};

async function start(): Promise<void> {
  const runner = noneRunner();
  agent = new Agent({
    name: "here",
    realm: "default",
    journal: memoryJournal(),
    runners: { local: runner, ssh: runner, none: runner },
    ...restFixture(systemClock),
    sessions,
    transport: inProcessTransport({
      connected(opened, hello) {
        connection = opened;
        heard.push(hello);
      },
      received: (_connection, messages) => heard.push(...messages),
      disconnected() {},
    }),
    clock: systemClock,
    logger: createLogger({ name: "test", level: "silent" }),
    orphanedAfterMs: 600_000,
    orphaned() {},
  });
  agent.start();
  await settled();
  await tell({ kind: "welcome", protocol: 1, forget: [], cancel: [] });
}

afterEach(async () => {
  open.clear();
  await agent?.stop({ drainMs: 0 });
  heard.length = 0;
  steps.length = 0;
});

async function tell(message: Parameters<ManagerConnection["send"]>[0][number]): Promise<void> {
  connection?.send([message]);
  await settled();
}

function run(number: number, session: number, work: SessionSpec["work"]): Promise<void> {
  const spec: SessionSpec = {
    kind: "session",
    session,
    process: 7,
    work,
    prompt: null,
    more: null,
    timeoutMs: null,
    live: false,
  };
  return tell({ kind: "run", number, spec });
}

const openWork: SessionSpec["work"] = {
  kind: "open",
  target: { kind: "local" },
  directory: null,
  environment: {},
  shell: null,
  encoding: null,
};

async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("a step is done once, whatever number comes twice", async () => {
  await start();
  await run(1, 1, openWork);
  await run(2, 1, { kind: "send", text: "x" });
  await run(2, 1, { kind: "send", text: "x" });
  expect(steps).toEqual(["open 1", "send 1"]);
});

test("hello tells which sessions are open, and whose they are", async () => {
  await start();
  await run(1, 1, openWork);
  connection?.close("a broken line");
  await expect
    .poll(() => heard.findLast(({ kind }) => kind === "hello"), { timeout: 10_000 })
    .toMatchObject({ sessions: [{ session: 1, process: 7 }] });
});

test("a session that nobody waited for any more is closed: cancelled, forgotten, or told so", async () => {
  await start();
  for (const number of [1, 2, 3]) await run(number, number, openWork);
  await tell({ kind: "cancel", number: 1 });
  expect([...open.keys()]).toEqual([2, 3]);
  await tell({ kind: "close", sessions: [2] });
  expect([...open.keys()]).toEqual([3]);
  connection?.close("a broken line");
  await expect.poll(() => heard.filter(({ kind }) => kind === "hello").length).toBe(2);
  await tell({ kind: "welcome", protocol: 1, forget: [3], cancel: [] });
  expect([...open.keys()]).toEqual([]);
});

test("while it ends, it takes the steps of open sessions and nothing else", async () => {
  await start();
  await run(1, 1, openWork);
  let hasEnded = false;
  const ended = agent?.stop({ drainMs: 600_000 }).then(() => (hasEnded = true));
  await settled();
  await run(2, 2, openWork);
  expect(heard.filter(({ kind }) => kind === "returned")).toEqual([
    { kind: "returned", number: 2 },
  ]);
  await run(3, 1, { kind: "send", text: "x" });
  expect(hasEnded).toBe(false);
  await run(4, 1, { kind: "close" });
  await tell({ kind: "acknowledge", numbers: [1, 3, 4] });
  await ended;
  expect(steps).toEqual(["open 1", "send 1", "close 1"]);
});

test("a session that does not come to its end is closed when the time to end is over", async () => {
  await start();
  await run(1, 1, openWork);
  await tell({ kind: "acknowledge", numbers: [1] });
  await agent?.stop({ drainMs: 0 });
  expect(open.size).toBe(0);
});
