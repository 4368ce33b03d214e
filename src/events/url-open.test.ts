import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Transaction } from "#database";
import { SecretValue, type Outcome, type Value } from "#machine";
import type { OpenEffect } from "#processes";
import { UrlOpen } from "./url-open.ts";

let server: Server;
let base: string;
let serve: (request: IncomingMessage, response: ServerResponse, body: string) => void;
beforeEach(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => serve(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The engine's side: what was marked and what came out. */
class RecordingHost {
  readonly marks: unknown[] = [];
  readonly outcome: Promise<Outcome>;
  isOpen = true;
  #resolve: (outcome: Outcome) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#resolve = resolve;
  }

  async update(_effect: unknown, detail: unknown): Promise<boolean> {
    this.marks.push(detail);
    return this.isOpen;
  }

  async complete(_effect: unknown, outcome: Outcome): Promise<boolean> {
    this.#resolve(outcome);
    return true;
  }
}

function effectOf(
  positional: Value[],
  named: Record<string, Value> = {},
  detail: unknown = null,
): OpenEffect {
  const wait = {
    kind: "external",
    name: "urlopen",
    positional,
    named: new Map(Object.entries(named)),
    context: new Map(),
  } as const;
  return { process: 1, turn: 1, number: 1, principal: 1, wait, detail };
}

function open() {
  const host = new RecordingHost();
  const failures: unknown[] = [];
  const handler = new UrlOpen({ host, onFailure: (error) => failures.push(error) });
  return { host, handler, failures };
}

function urlopen(positional: Value[], named: Record<string, Value> = {}): Promise<Outcome> {
  const { host, handler } = open();
  handler.dispatch(effectOf(positional, named));
  return host.outcome;
}

test("a body is read in the character set that its header names", async () => {
  const japanese = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);
  serve = (_request, response) =>
    response.setHeader("content-type", 'text/html; charset="Shift_JIS"').end(japanese);
  const { result } = await urlopen([base]);
  expect((result as Map<string, Value>).get("body")).toBe("日本");
});

test("an answer is status, headers and body", async () => {
  serve = (_request, response) => response.setHeader("x-from", "here").end("こんにちは");
  const { status, result, reason } = await urlopen([base]);
  expect({ status, reason }).toEqual({ status: 0, reason: null });
  const answer = result as Map<string, Value>;
  expect(answer.get("status")).toBe(200);
  expect(answer.get("body")).toBe("こんにちは");
  expect((answer.get("headers") as Map<string, Value>).get("x-from")).toBe("here");
});

test("data is sent as JSON, secrets in the clear, with the headers that were given", async () => {
  let seen = {};
  serve = ({ method, headers }, response, body) => {
    seen = { method, type: headers["content-type"], token: headers["x-token"], body };
    response.end();
  };
  await urlopen([base], {
    data: new Map<string, Value>([["a", [1, new SecretValue("s3cret")]]]),
    headers: new Map([["X-Token", new SecretValue("t0ken")]]),
  });
  expect(seen).toEqual({
    method: "POST",
    type: "application/json",
    token: "t0ken",
    body: '{"a":[1,"s3cret"]}',
  });
});

test("a redirect of a reading request is followed, of another one it is the answer", async () => {
  serve = ({ url }, response) => {
    if (url === "/new") response.end("moved");
    else response.writeHead(302, { location: "/new" }).end();
  };
  const read = (await urlopen([`${base}/old`])).result as Map<string, Value>;
  expect(read.get("body")).toBe("moved");
  const posted = (await urlopen([`${base}/old`], { data: "x" })).result as Map<string, Value>;
  expect(posted.get("status")).toBe(302);
});

describe("it fails", () => {
  test("with the status of an answer of 400 and more", async () => {
    serve = (_request, response) => response.writeHead(503).end("no");
    expect(await urlopen([base])).toEqual({
      status: 503,
      result: null,
      reason: "exit",
      error: `${base} answered with status 503`,
    });
  });

  test("as unreachable where nobody listens", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await urlopen([base], { method: "POST" })).toMatchObject({
      status: -1,
      reason: "unreachable",
      error: `${base} cannot be reached: the connection was refused`,
    });
  });

  test("as timeout where the answer takes too long", async () => {
    serve = () => undefined;
    expect(await urlopen([base], { timeout: 0.05 })).toMatchObject({ reason: "timeout" });
  });

  test("as unknown where a request that changes something was cut off", async () => {
    serve = (request) => request.socket.destroy();
    expect(await urlopen([base], { data: "x" })).toMatchObject({ reason: "unknown" });
    expect(await urlopen([base])).toMatchObject({ reason: "unreachable" });
  });

  test("where the answer is too large", async () => {
    serve = (_request, response) => response.end("x".repeat(1024 * 1024 + 1));
    expect(await urlopen([base])).toMatchObject({ reason: "limit" });
  });

  test.each<[string, Value[], Record<string, Value>, string]>([
    ["an address that is none", ["web01"], {}, "'web01' is no http or https URL"],
    [
      "a secret address without showing it",
      [new SecretValue("x")],
      {},
      "the url is no http or https URL",
    ],
    ["an unknown argument", ["http://a"], { metod: "GET" }, "urlopen has no argument 'metod'"],
    ["one given twice", ["http://a"], { url: "http://b" }, "urlopen was given 'url' twice"],
    [
      "a header with a line break",
      ["http://a"],
      { headers: new Map([["a", "b\nc"]]) },
      "cannot be sent",
    ],
    ["a negative time", ["http://a"], { timeout: -1 }, "timeout of urlopen must be"],
  ])("at once for %s", async (_name, positional, named, message) => {
    const { handler } = open();
    const transaction = {} as Transaction;
    expect(await handler.accept(transaction, effectOf(positional, named))).toMatchObject({
      kind: "failed",
      outcome: { reason: "evaluation", error: expect.stringContaining(message) },
    });
  });
});

describe("a request leaves at most once", () => {
  test("it is marked as begun before it leaves", async () => {
    const { host, handler } = open();
    let marksAtServer: unknown[] = [];
    serve = (_request, response) => {
      marksAtServer = [...host.marks];
      response.end();
    };
    handler.dispatch(effectOf([base]));
    await host.outcome;
    expect(marksAtServer).toEqual([{ isBegun: true }]);
  });

  test("one that nobody waits for any more does not leave", async () => {
    const { host, handler } = open();
    let count = 0;
    serve = (_request, response) => {
      count += 1;
      response.end();
    };
    host.isOpen = false;
    handler.dispatch(effectOf([base]));
    await urlopen([base]);
    expect(count).toBe(1);
  });

  test("after a crash one that was begun is unknown, and one that was not is sent", async () => {
    let count = 0;
    serve = (_request, response) => {
      count += 1;
      response.end();
    };
    const begun = open();
    begun.handler.restore([effectOf([base], {}, { isBegun: true })]);
    expect(await begun.host.outcome).toMatchObject({ status: -1, reason: "unknown" });
    expect(count).toBe(0);
    const accepted = open();
    accepted.handler.restore([effectOf([base], {}, { isBegun: false })]);
    expect(await accepted.host.outcome).toMatchObject({ status: 0 });
    expect(count).toBe(1);
  });

  test("one that is given up is cut off, and its outcome is dropped", async () => {
    const { handler, host } = open();
    const effect = effectOf([base]);
    const closed = new Promise<string>((resolve) => {
      serve = (request, response) => {
        request.socket.on("close", () => resolve("closed"));
        handler.abandon(effect);
        response.flushHeaders();
      };
    });
    handler.dispatch(effect);
    expect(await closed).toBe("closed");
    expect(await Promise.race([host.outcome, Promise.resolve("none")])).toBe("none");
  });
});
