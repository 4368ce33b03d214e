import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { systemClock } from "#kernel";
import { openManagerGate } from "#remote";
import type { Value } from "#machine";
import { isRunning } from "../../src/job-manager/command-fixture.ts";
import { RemoteFixture } from "../../src/remote/remote-fixture.ts";

/** A real job manager process over a real WebSocket, killed with signal 9. */
let directory: string;
let server: WebSocketServer;
let fixture: RemoteFixture;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tsunagi-kill-"));
  fixture = new RemoteFixture();
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => {
    const gate = openManagerGate(
      { send: (text) => socket.send(text), close: (code, reason) => socket.close(code, reason) },
      fixture.remote,
      systemClock,
    );
    socket.on("message", (data: Buffer) => gate.received(data.toString()));
    socket.on("close", () => gate.closed());
  });
});

afterEach(async () => {
  await kill("SIGKILL");
  fixture.remote.stop();
  for (const socket of server.clients) socket.terminate();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

function start(...options: string[]): ChildProcess {
  const { port } = server.address() as AddressInfo;
  const program = new URL("job-manager-process.ts", import.meta.url).pathname;
  const url = `ws://127.0.0.1:${port}`;
  child = spawn(process.execPath, [program, url, join(directory, "manager"), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return child;
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const victim = child;
  child = undefined;
  if (victim === undefined || victim.exitCode !== null || victim.signalCode !== null) return;
  victim.kill(signal);
  await once(victim, "exit");
}

const connected = () =>
  expect.poll(() => fixture.remote.managers().length, { timeout: 10_000, interval: 5 });
const settledAll = () =>
  expect.poll(() => fixture.host.open.size, { timeout: 20_000, interval: 10 }).toBe(0);

test("killed at any moment, no command runs twice, and each gets an outcome", async () => {
  const log = join(directory, "log");
  for (let round = 0; round < 5; round += 1) {
    start();
    await connected().toBe(1);
    const numbers: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      const next = fixture.host.counter + 1;
      numbers.push((await fixture.run(`echo ${next} >> ${log}`)).number);
    }
    // At another moment each time: after so many of the forty have ended.
    const enough = round * 8;
    await expect
      .poll(() => numbers.filter((number) => fixture.host.outcomes.has(number)).length, {
        interval: 1,
        timeout: 20_000,
      })
      .toBeGreaterThanOrEqual(enough);
    await kill("SIGKILL");
    await connected().toBe(0);
  }
  start();
  await settledAll();
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  expect(lines.length, "some ran").toBeGreaterThan(0);
  expect(new Set(lines).size, "none ran twice").toBe(lines.length);
  for (const [number, outcome] of fixture.host.outcomes) {
    if (outcome.reason === null) expect(lines).toContain(String(number));
    else expect(outcome.reason).toBe("unknown");
  }
});

test("a server that dies and comes back gets the result of what ran meanwhile", async () => {
  start();
  await connected().toBe(1);
  const { number } = await fixture.run(`echo begun > ${directory}/begun; sleep 0.3; echo late`);
  await expect.poll(() => existsSync(`${directory}/begun`), { interval: 5 }).toBe(true);
  for (const socket of server.clients) socket.terminate();
  fixture.restart();
  await settledAll();
  expect(fixture.host.outcomes.get(number)).toMatchObject({ status: 0, result: "late" });
});

/** A step of a session of process 7, and what came of it. */
async function step(name: string, ...positional: Value[]) {
  const { number } = await fixture.runExternal(name, positional, { process: 7 });
  await settledAll();
  return fixture.host.outcomes.get(number);
}

test("a session outlives the server, and not the job manager; it is never opened again by itself", async () => {
  start();
  await connected().toBe(1);
  const session = (await step("session_open"))?.result ?? null;
  await step("session_send", session, "kept=$$; echo $$");
  const shell = Number((await step("session_read", session))?.result);

  for (const socket of server.clients) socket.terminate();
  fixture.restart();
  expect(await step("session_send", session, "echo still $kept")).toMatchObject({ reason: null });
  expect(await step("session_read", session)).toMatchObject({ result: `still ${shell}` });

  await kill("SIGKILL");
  start();
  await connected().toBe(1);
  expect(await step("session_send", session, "echo lost")).toMatchObject({
    status: -1,
    reason: "unreachable",
    error: expect.stringContaining("the job manager was restarted since"),
  });
  expect(await step("session_close", session)).toMatchObject({ reason: null });
  await expect.poll(() => isRunning(shell), { timeout: 10_000 }).toBe(false);
});

test("a job manager that is stopped lets a session come to its end", async () => {
  start();
  await connected().toBe(1);
  const session = (await step("session_open"))?.result ?? null;
  child?.kill("SIGTERM");
  await expect.poll(() => fixture.remote.managers()[0]?.isDraining, { timeout: 10_000 }).toBe(true);
  await step("session_send", session, "echo last words");
  expect(await step("session_read", session)).toMatchObject({ result: "last words" });
  await step("session_close", session);
  await connected().toBe(0);
});

test("a normal end lets what runs end, and hands it in", async () => {
  start();
  await connected().toBe(1);
  const { number } = await fixture.run(`echo begun > ${directory}/begun; sleep 0.3; echo done`);
  await expect.poll(() => existsSync(`${directory}/begun`), { interval: 5 }).toBe(true);
  await kill("SIGTERM");
  expect(fixture.host.outcomes.get(number)).toMatchObject({ status: 0, result: "done" });
});

test("it ends by itself when no server came back for so long, and lets what runs end first", async () => {
  const orphan = start("500");
  await connected().toBe(1);
  await fixture.run(`echo begun > ${directory}/begun; sleep 1.5; echo ended > ${directory}/ended`);
  await expect.poll(() => existsSync(`${directory}/begun`), { interval: 5 }).toBe(true);
  const closed = once(orphan, "close");
  server.close();
  for (const socket of server.clients) socket.terminate();
  expect(await closed).toEqual([0, null]);
  expect(existsSync(`${directory}/ended`)).toBe(true);
});

test("a second job manager on the same directory ends with a clear sentence", async () => {
  const first = start();
  await connected().toBe(1);
  const second = start();
  let message = "";
  second.stderr?.on("data", (bytes: Buffer) => (message += bytes.toString()));
  const [status] = (await once(second, "close")) as [number];
  expect(status).toBe(1);
  expect(message).toMatch(/^the directory .* is in use by another job manager\n$/);
  child = first;
});
