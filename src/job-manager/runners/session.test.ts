import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult, SessionSpec } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { ensureSshd, startOpenSsh, type OpenSsh } from "../../../test/fixtures/openssh.ts";
import { observe, resultOf, sshTargetFixture } from "../command-fixture.ts";
import { startSwitch, switchLogin, type SwitchFixture } from "../session/switch-fixture.ts";
import { sshPool, type SshPool } from "../ssh/pool.ts";
import { idleMaxMs, sessionRunner, type SessionRunner } from "./session.ts";

type Open = Extract<SessionSpec["work"], { kind: "open" }>;

let pool: SshPool;
let runner: SessionRunner;
let number = 0;

beforeAll(() => {
  pool = sshPool({ clock: systemClock });
  runner = sessionRunner({ pool, clock: systemClock });
});
afterEach(() => runner.close());
afterAll(() => pool.close());

function step(work: SessionSpec["work"], changes: Partial<SessionSpec> = {}): SessionSpec {
  return {
    kind: "session",
    session: number,
    process: 1,
    work,
    prompt: null,
    more: null,
    timeoutMs: 20_000,
    live: false,
    ...changes,
  };
}

const openWork = (target: Open["target"], changes: Partial<Open> = {}): Open => ({
  kind: "open",
  target,
  directory: null,
  environment: {},
  shell: null,
  encoding: null,
  ...changes,
});

async function open(
  target: Open["target"],
  changes: Partial<SessionSpec> = {},
  work: Partial<Open> = {},
): Promise<CommandResult> {
  number += 1;
  return resultOf(runner, step(openWork(target, work), changes));
}

const send = (text: string) => resultOf(runner, step({ kind: "send", text }));
const read = (changes: Partial<SessionSpec> = {}) =>
  resultOf(runner, step({ kind: "read" }, changes));
const close = () => resultOf(runner, step({ kind: "close" }));

async function ask(text: string): Promise<string> {
  expect(await send(text)).toMatchObject({ status: 0, reason: null });
  const answer = await read();
  expect(answer).toMatchObject({ status: 0, reason: null });
  return answer.stdout;
}

describe("a session with a network device", () => {
  let device: SwitchFixture;
  beforeAll(async () => {
    device = await startSwitch();
  });
  afterAll(() => device.stop());

  const target = (changes = {}) =>
    sshTargetFixture({ port: device.port, ...switchLogin, ...changes });

  test("keeps its mode from one line to the next, and gives each answer without echo and prompt", async () => {
    expect(await open(target())).toMatchObject({ status: 0, reason: null });
    expect(await ask("enable")).toBe("");
    expect(await ask("high")).toBe("");
    expect(await ask("nonsense")).toBe("% Unknown command: nonsense");
    expect(device.typed.slice(-3)).toEqual(["enable", "high", "nonsense"]);
    expect(await close()).toMatchObject({ status: 0, reason: null });
    await expect.poll(() => device.open(), { timeout: 10_000 }).toBe(0);
  });

  test("gives the banner to whoever reads before a line is sent", async () => {
    await open(target());
    expect((await read()).stdout).toBe("*** Authorized use only # ***\n");
  });

  test("answers a pager, of which nothing is left in the text", async () => {
    await open(target());
    const lines = Array.from({ length: 10 }, (_, n) => `line ${n + 1}`).join("\n");
    expect(await ask("show run")).toBe(lines);
  });

  test("is not misled by a line that looks like a prompt and goes on", async () => {
    await open(target());
    expect(await ask("show slow")).toBe("Port Gi0/1 #4 is up\ndone");
  });

  test("says what it saw when no prompt came, and goes on afterwards", async () => {
    await open(target());
    await send("hang");
    const answer = await read({ timeoutMs: 100 });
    expect(answer).toMatchObject({ status: -1, reason: "timeout" });
    expect(answer.message).toMatch(
      /no prompt came from 127\.0\.0\.1:\d+ within 0\.1 s; its last line is 'working'\..*__prompt__/,
    );
    expect((await read({ prompt: "working$" })).reason).toBe(null);
    expect(await ask("")).toBe("");
  });

  test("that the device closes fails the next read, and says so", async () => {
    await open(target());
    await send("exit");
    expect(await read()).toMatchObject({
      status: -1,
      reason: "unreachable",
      message: expect.stringContaining("has closed the session"),
    });
    expect(await send("x")).toMatchObject({ reason: "unreachable" });
  });

  test("whose connection is lost leaves unknown what was sent last, and is never opened again", async () => {
    await open(target());
    await send("hang");
    const answer = observe(runner, step({ kind: "read" }));
    await answer.started;
    device.cut();
    expect(await answer.result).toMatchObject({
      reason: "unknown",
      message: expect.stringContaining("and with it the session, was lost"),
    });
    expect(await send("x")).toMatchObject({ reason: "unreachable" });
    expect(device.typed.at(-1)).toBe("hang");
  });

  test("belongs to the process that opened it", async () => {
    await open(target());
    expect(await resultOf(runner, step({ kind: "read" }, { process: 2 }))).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("only be used by the process that opened it"),
    });
    expect(runner.list()).toEqual([{ session: number, process: 1 }]);
  });

  test("that nobody knows is not open any more", async () => {
    number += 1;
    expect(await send("x")).toMatchObject({
      reason: "unreachable",
      message: expect.stringContaining("the job manager was restarted since"),
    });
    expect(await close()).toMatchObject({ status: 0, reason: null });
  });

  test("refuses a wrong password as a command does", async () => {
    expect(await open(target({ password: "wrong" }))).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("refused the login of 'ops'"),
    });
  });

  test("is closed where opening it is given up", async () => {
    number += 1;
    const opening = observe(runner, step(openWork(target()), { prompt: "never$" }));
    await opening.started;
    opening.execution.cancel("cancelled");
    expect(await opening.result).toMatchObject({ reason: "cancelled" });
    expect(runner.list()).toEqual([]);
    await expect.poll(() => device.open(), { timeout: 10_000 }).toBe(0);
  });

  test("that nobody uses is closed after a while", async () => {
    let now = 0;
    const timers: { at: number; callback: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      after(delayMs, callback) {
        // Short times pass by themselves, so that a prompt is seen.
        if (delayMs < 1000) return systemClock.after(delayMs, callback);
        const timer = { at: now + delayMs, callback };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    };
    const own = sessionRunner({ pool, clock });
    number += 1;
    await resultOf(own, step(openWork(target())));
    expect(own.list()).toHaveLength(1);
    now += idleMaxMs;
    for (const timer of timers.filter(({ at }) => at <= now)) timer.callback();
    expect(own.list()).toEqual([]);
    await expect.poll(() => device.open(), { timeout: 10_000 }).toBe(0);
  });
});

describe("a session without a host", () => {
  test("is a shell of the job manager's host, which nothing repeats", async () => {
    expect(await open({ kind: "local" }, {}, { environment: { PS1: "here$ " } })).toMatchObject({
      reason: null,
    });
    await ask("cd /usr; x=1");
    expect(await ask('echo "$PWD $x"')).toBe("/usr 1");
    expect(await ask("printf abc")).toBe("abc");
    await close();
    expect(runner.list()).toEqual([]);
  });
});

test("what cannot be begun says why", async () => {
  expect(await open({ kind: "local" }, {}, { directory: "/nowhere" })).toMatchObject({
    reason: "refused",
    message: "there is no directory /nowhere (__dir__) on the job manager's host",
  });
  expect(await open({ kind: "local" }, {}, { shell: "/no/shell" })).toMatchObject({
    reason: "unreachable",
    message: expect.stringMatching(
      /has closed the session; its last line is '.*\/no\/shell.*not found/,
    ),
  });
  expect(await open({ kind: "none" })).toMatchObject({ reason: "refused" });
  expect(runner.list()).toEqual([]);
});

describe.skipIf(ensureSshd() === undefined)("a session with OpenSSH", () => {
  let server: OpenSsh;
  beforeAll(async () => {
    server = await startOpenSsh();
  });
  afterAll(() => server.stop());
  const target = () =>
    sshTargetFixture({ port: server.port, key: server.key, hostKey: server.hostKey });

  test("is the login shell on a terminal", async () => {
    expect(await open(target())).toMatchObject({ reason: null });
    expect(await ask("cd /usr; test -t 0 && pwd")).toBe("/usr");
    expect(await ask("printf 'no end'")).toBe("no end");
    expect(await ask("for n in 1 2 3; do echo $n; done")).toBe("1\n2\n3");
  });

  test("may have a shell, a directory and an environment of its own", async () => {
    const work = { shell: "/bin/sh", directory: "/usr", environment: { PS1: "mine> ", A: "b c" } };
    expect(await open(target(), {}, work)).toMatchObject({ reason: null });
    expect(await ask('echo "$PWD $A"')).toBe("/usr b c");
  });

  test("keeps the encoding of what it reads", async () => {
    await open(target(), {}, { encoding: "euc-jp" });
    // 日本
    expect(await ask("printf '\\306\\374\\313\\334\\n'")).toBe("日本");
  });
});
