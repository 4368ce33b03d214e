import { once } from "node:events";
import { tmpdir } from "node:os";
import { fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { frameMaxBytes, jobManagerAddress } from "#contract";
import { systemClock, TsunagiError, type Clock } from "#kernel";
import type { JobManagerConnection } from "../job-manager-door.ts";
import { FakeHouse } from "./fake-house.ts";
import { createGateway, type Gateway } from "./gateway.ts";

/** Timers end at once when the test says so, whatever their delay. */
class HastyClock implements Clock {
  #timers = new Set<{ delayMs: number; callback: () => void }>();
  now = () => systemClock.now();
  after = (delayMs: number, callback: () => void) => {
    const timer = { delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };
  /** Ends the timers of this delay. */
  elapse(delayMs: number): void {
    for (const timer of [...this.#timers].filter((other) => other.delayMs === delayMs)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

const gatherMs = 100;
const heartbeatMs = 20_000;
const recheckMs = 30_000;

const logger = fastify({ logger: { level: "silent" } }).log;
const token = { authorization: "Bearer good" };

let house: FakeHouse;
let gateway: Gateway;
let clock: HastyClock;
let url: string;
let managers: { connection: JobManagerConnection; received: string[]; isClosed: boolean }[];
let admission: Promise<void>;

beforeEach(async () => {
  house = new FakeHouse();
  clock = new HastyClock();
  managers = [];
  admission = Promise.resolve();
  gateway = createGateway({
    house,
    host: "127.0.0.1",
    port: 0,
    webRoot: tmpdir(),
    logger,
    version: "0",
    clock,
    jobManagers: {
      open: async (connection) => {
        await admission;
        if (connection.token !== "manager")
          throw new TsunagiError("TOKEN_INVALID", "the token is unknown");
        const manager = { connection, received: [] as string[], isClosed: false };
        managers.push(manager);
        return {
          message: (text) => {
            if (text === "nonsense") throw new TsunagiError("BODY_INVALID", "this is no frame");
            manager.received.push(text);
          },
          closed: () => (manager.isClosed = true),
        };
      },
    },
  });
  ({ url } = await gateway.listen());
});

afterEach(() => gateway.close());

/** A socket, and what it got. */
class Client {
  readonly got: unknown[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ status: number; reason: string }>;

  constructor(path: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url.replace("http:", "ws:") + path, { headers });
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => this.got.push(JSON.parse((data as Buffer).toString())));
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (status, reason) => resolve({ status, reason: reason.toString() })),
    );
  }

  static async open(path: string, headers: Record<string, string>): Promise<Client> {
    const client = new Client(path, headers);
    await once(client.socket, "open");
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}

/** The answer to who gets no socket. */
async function refusal(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: any }> {
  const { socket } = new Client(path, headers);
  const [, response] = await once(socket, "unexpected-response");
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: JSON.parse(text) };
}

async function watch(client: Client, topic: string): Promise<void> {
  client.send({ watch: topic });
  await expect.poll(() => house.watcherCount(topic)).toBe(1);
  clock.elapse(gatherMs);
  await expect.poll(() => client.got).toEqual([{ changed: topic }]);
  client.got.length = 0;
}

async function signIn(): Promise<string> {
  const response = await fetch(`${url}/.login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "root", password: "secret" }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

describe("live updates", () => {
  const path = "/.api/v1/live";

  test("a watch begins with a hint, and every change brings one", async () => {
    const client = await Client.open(path, token);
    await watch(client, "process/17");
    house.print("one");
    clock.elapse(gatherMs);
    await expect.poll(() => client.got).toEqual([{ changed: "process/17" }]);
  });

  test("many changes at once are one hint", async () => {
    const client = await Client.open(path, token);
    await watch(client, "process/17");
    for (let line = 0; line < 1000; line++) house.print("line");
    clock.elapse(gatherMs);
    client.send({ watch: "processes" });
    await expect.poll(() => house.watcherCount("processes")).toBe(1);
    clock.elapse(gatherMs);
    await expect
      .poll(() => client.got)
      .toEqual([{ changed: "process/17" }, { changed: "processes" }]);
  });

  test("what is not watched any more brings none, and a closed connection watches nothing", async () => {
    const client = await Client.open(path, token);
    await watch(client, "objects/nodes");
    client.send({ unwatch: "objects/nodes" });
    await expect.poll(() => house.watcherCount("objects/nodes")).toBe(0);
    await watch(client, "processes");
    client.socket.close();
    await expect.poll(() => house.watcherCount("processes")).toBe(0);
  });

  test("what one may not read, or is no topic, cannot be watched", async () => {
    const client = await Client.open(path, token);
    client.send({ watch: "objects/none" });
    client.send({ watch: "weather" });
    await expect
      .poll(() => client.got)
      .toMatchObject([
        { refused: "weather", problem: { code: "ARGUMENT_INVALID" } },
        { refused: "objects/none", problem: { code: "OBJECT_NOT_FOUND" } },
      ]);
    expect(house.watcherCount("objects/none")).toBe(0);
  });

  test("only so many topics are watched at once", async () => {
    const client = await Client.open(path, token);
    house.gate = new Promise(() => {});
    for (let topic = 0; topic < 201; topic++) client.send({ watch: `objects/${topic}` });
    await expect
      .poll(() => client.got)
      .toContainEqual(
        expect.objectContaining({
          refused: "objects/200",
          problem: expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
        }),
      );
  });

  test("what is no message ends the connection", async () => {
    const client = await Client.open(path, token);
    client.send("hello");
    expect(await client.closed).toMatchObject({ status: 1008 });
  });

  test("a message beyond the limit ends the connection", async () => {
    const client = await Client.open(path, token);
    client.send({ watch: "x".repeat(9_000) });
    expect(await client.closed).toMatchObject({ status: 1009 });
  });

  test("who is not signed in, or comes from another site, gets a problem", async () => {
    expect(await refusal(path, {})).toMatchObject({ status: 401, body: { code: "NOT_SIGNED_IN" } });
    expect(await refusal(path, { authorization: "Bearer bad" })).toMatchObject({ status: 401 });
    const cookie = await signIn();
    expect(await refusal(path, { cookie })).toMatchObject({ status: 403 });
    expect(await refusal(path, { cookie, origin: "https://evil.example" })).toMatchObject({
      status: 403,
    });
    await Client.open(path, { cookie, origin: url });
  });

  test("there is no socket anywhere else", async () => {
    expect(await refusal("/nodes", token)).toMatchObject({
      status: 404,
      body: { code: "ROUTE_NOT_FOUND" },
    });
  });

  test("a session that ends elsewhere ends the connection", async () => {
    const client = await Client.open(path, { cookie: await signIn(), origin: url });
    house.endSessions();
    clock.elapse(recheckMs);
    expect(await client.closed).toEqual({ status: 4401, reason: "NOT_SIGNED_IN" });
  });

  test("who may not read an object any more hears no longer of it", async () => {
    const client = await Client.open(path, token);
    await watch(client, "objects/nodes/web01");
    house.hidden.add("/nodes/web01");
    clock.elapse(recheckMs);
    await expect.poll(() => client.got).toHaveLength(1);
    expect(client.got).toMatchObject([
      { refused: "objects/nodes/web01", problem: { code: "PERMISSION_DENIED" } },
    ]);
    client.got.length = 0;
    expect(house.watcherCount("objects/nodes/web01")).toBe(0);
    await watch(client, "processes");
  });

  test("a house in trouble does not end it", async () => {
    const client = await Client.open(path, token);
    house.nextError = new TsunagiError("STORAGE_FAILED", "the disk is slow");
    clock.elapse(recheckMs);
    await watch(client, "processes");
  });

  test("a client without a sign of life is cut off", async () => {
    const client = await Client.open(path, token);
    clock.elapse(heartbeatMs);
    await once(client.socket, "ping");
    await watch(client, "processes");
    clock.elapse(heartbeatMs);
    await once(client.socket, "ping");
    client.socket.pause();
    clock.elapse(heartbeatMs);
    await expect.poll(() => house.watcherCount("processes")).toBe(0);
    client.socket.resume();
    expect((await client.closed).status).toBe(1006);
  });

  test("closing the gateway says goodbye", async () => {
    const client = await Client.open(path, token);
    await gateway.close();
    expect(await client.closed).toEqual({ status: 1001, reason: "the server stops" });
  });
});

describe("job managers", () => {
  const path = jobManagerAddress;
  const manager = { authorization: "Bearer manager" };

  test("frames go in and out as they are", async () => {
    const client = await Client.open(path, manager);
    client.send('[{"hello":1}]');
    await expect.poll(() => managers[0]?.received).toEqual(['[{"hello":1}]']);
    managers[0]?.connection.send('["つなぎ"]');
    await expect.poll(() => client.got).toEqual([["つなぎ"]]);
    client.socket.close();
    await expect.poll(() => managers[0]?.isClosed).toBe(true);
  });

  test("frames that come before it is admitted are handed on in order", async () => {
    const admitted = Promise.withResolvers<void>();
    admission = admitted.promise;
    const client = await Client.open(path, manager);
    for (const frame of ["1", "2", "3"]) client.send(frame);
    admitted.resolve();
    client.send("4");
    await expect.poll(() => managers[0]?.received).toEqual(["1", "2", "3", "4"]);
  });

  test("one that goes before it is admitted is closed all the same", async () => {
    const admitted = Promise.withResolvers<void>();
    admission = admitted.promise;
    const client = await Client.open(path, manager);
    client.socket.close();
    await client.closed;
    admitted.resolve();
    await expect.poll(() => managers[0]?.isClosed).toBe(true);
  });

  test("a token that does not hold is refused with its reason", async () => {
    const client = await Client.open(path, { authorization: "Bearer bad" });
    expect(await client.closed).toEqual({
      status: 4401,
      reason: "TOKEN_INVALID: the token is unknown",
    });
  });

  test("without a token there is no connection", async () => {
    expect(await refusal(path, {})).toMatchObject({ status: 401, body: { code: "NOT_SIGNED_IN" } });
    expect(await refusal(path, { cookie: await signIn() })).toMatchObject({ status: 401 });
  });

  test("what breaks the protocol ends the connection with its reason", async () => {
    const client = await Client.open(path, manager);
    client.send("nonsense");
    expect(await client.closed).toEqual({ status: 4400, reason: "BODY_INVALID: this is no frame" });
  });

  test("the server can end a connection, with a reason of any length", async () => {
    const client = await Client.open(path, manager);
    await expect.poll(() => managers.length).toBe(1);
    managers[0]?.connection.close("別の接続に置き換えられました。".repeat(10));
    const { status, reason } = await client.closed;
    expect(status).toBe(1000);
    expect(reason).toMatch(/^別の接続に置き換えられました。/);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });

  test("frames may be large, but not without end", async () => {
    const client = await Client.open(path, manager);
    client.send(JSON.stringify("x".repeat(8_000_000)));
    await expect.poll(() => managers[0]?.received.length).toBe(1);
    client.send(JSON.stringify("x".repeat(frameMaxBytes)));
    expect(await client.closed).toMatchObject({ status: 1009 });
  });
});
