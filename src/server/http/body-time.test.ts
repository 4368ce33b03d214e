import { connect } from "node:net";
import { tmpdir } from "node:os";
import { fastify } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "#kernel";
import { FakeHouse } from "./fake-house.ts";
import { createGateway, type Gateway } from "./gateway.ts";

/** Timers fire when the test says so. */
class StandingClock implements Clock {
  readonly timers = new Set<{ delayMs: number; callback: () => void }>();

  now(): number {
    return 0;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { delayMs, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  fire(delayMs: number): void {
    for (const timer of this.timers) {
      if (timer.delayMs !== delayMs) continue;
      this.timers.delete(timer);
      timer.callback();
    }
  }

  count(delayMs: number): number {
    return [...this.timers].filter((timer) => timer.delayMs === delayMs).length;
  }
}

const minute = 60_000;
let clock: StandingClock;
let gateway: Gateway;
let port: number;

beforeEach(async () => {
  clock = new StandingClock();
  gateway = createGateway({
    house: new FakeHouse(),
    host: "127.0.0.1",
    port: 0,
    webRoot: tmpdir(),
    logger: fastify({ logger: { level: "silent" } }).log,
    version: "1.2.3",
    clock,
  });
  port = Number(new URL((await gateway.listen()).url).port);
});
afterEach(() => gateway.close());

function send(text: string) {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  let answer = "";
  socket.on("data", (bytes) => (answer += String(bytes)));
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(answer)));
  socket.on("error", () => undefined);
  return { socket, closed, answer: () => answer };
}

const head = (method: string, target: string, token = "good") =>
  `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n`;

test("a body that does not arrive within a minute is answered, and the connection closed", async () => {
  const { closed } = send(`${head("PUT", "/a")}{`);
  await expect.poll(() => clock.count(minute)).toBe(1);
  clock.fire(minute);
  expect(await closed).toMatch(/^HTTP\/1\.1 408 [^]*it did not arrive in time/);
});

test("one that has arrived leaves no timer behind", async () => {
  const { socket, answer } = send(`${head("PUT", "/a")}${"x".repeat(100)}`);
  await expect.poll(answer).toMatch(/^HTTP\/1\.1 400 /);
  await expect.poll(() => clock.count(minute)).toBe(0);
  socket.destroy();
});

test("whoever goes on sending a file that was refused gets the answer, and then is cut off", async () => {
  const { closed, answer } = send(`${head("PUT", "/r1?field=photo&name=..")}${"x".repeat(10)}`);
  await expect.poll(answer).toMatch(/^HTTP\/1\.1 400 /);
  await expect.poll(() => clock.count(5000)).toBe(1);
  expect(clock.count(minute)).toBe(0);
  clock.fire(5000);
  await closed;
});

test("who is not signed in is cut off, too, after a minute at most", async () => {
  const { closed, answer } = send(head("PUT", "/r1?field=photo", ""));
  await expect.poll(answer).toMatch(/^HTTP\/1\.1 401 /);
  clock.fire(minute);
  await closed;
});
