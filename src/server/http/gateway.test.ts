import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProblemDocument } from "#contract";
import { TsunagiError } from "#kernel";
import { FakeHouse } from "./fake-house.ts";
import { allRoutes, createGateway, type Gateway } from "./gateway.ts";
import { openApiOf } from "./openapi.ts";

let house: FakeHouse;
let gateway: Gateway;
let url: string;
let webRoot: string;

const logger = fastify({ logger: { level: "silent" } }).log;

function newGateway(options: { port?: number } = {}): Gateway {
  return createGateway({
    house,
    host: "127.0.0.1",
    port: options.port ?? 0,
    webRoot,
    logger,
    version: "1.2.3",
  });
}

beforeEach(async () => {
  webRoot = mkdtempSync(join(tmpdir(), "tsunagi-web-"));
  mkdirSync(join(webRoot, "assets"));
  writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>Tsunagi</title>");
  writeFileSync(join(webRoot, "assets", "main-1234.js"), "export {};");
  house = new FakeHouse();
  gateway = newGateway();
  ({ url } = await gateway.listen());
});

afterEach(async () => {
  await gateway.close();
  rmSync(webRoot, { recursive: true });
});

const token = { authorization: "Bearer good" };
const json = { ...token, accept: "application/json" };

interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: any;
}

async function ask(
  method: string,
  target: string,
  headers: Record<string, string> = json,
  body?: unknown,
): Promise<Reply> {
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url + target, {
    method,
    redirect: "manual",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== "" && response.headers.get("content-type")?.includes("json") === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** Sends bytes as they are, which fetch would tidy up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

async function signIn(): Promise<string> {
  const { headers } = await ask("POST", "/.login", {}, { name: "root", password: "secret" });
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}

interface Scenario {
  name: string;
  ask: [method: string, target: string, headers?: Record<string, string>, body?: unknown];
  status: number;
  /** Compared with a part of the body. */
  body?: unknown;
  headers?: Record<string, string>;
  /** The last call that reached the house; null for none. */
  called?: { name: string; argument?: unknown } | null;
}

function hold(scenarios: Scenario[]): void {
  test.each(scenarios)("$name", async (scenario) => {
    const reply = await ask(...scenario.ask);
    expect(reply.status, reply.text).toBe(scenario.status);
    if (scenario.body !== undefined) expect(reply.body).toMatchObject(scenario.body as object);
    for (const [name, value] of Object.entries(scenario.headers ?? {})) {
      expect(reply.headers.get(name), name).toBe(value);
    }
    if (scenario.called === null) expect(house.calls).toEqual([]);
    else if (scenario.called !== undefined)
      expect(house.calls.at(-1)).toMatchObject(scenario.called);
  });
}

describe("objects", () => {
  hold([
    {
      name: "an object is read at its path",
      ask: ["GET", "/nodes/web01"],
      status: 200,
      body: { path: "/nodes/web01", type: "Server", revision: 1 },
      headers: { etag: '"1"', vary: "accept", "cache-control": "no-store" },
    },
    {
      name: "who accepts anything gets data",
      ask: ["GET", "/nodes/web01", { ...token, accept: "*/*" }],
      status: 200,
      body: { path: "/nodes/web01" },
    },
    {
      name: "below the prefix the answer is data whatever is accepted",
      ask: ["GET", "/.api/v1/objects/nodes/web01", { ...token, accept: "text/html" }],
      status: 200,
      body: { path: "/nodes/web01" },
    },
    { name: "the root is an object", ask: ["GET", "/"], status: 200, body: { path: "/" } },
    {
      name: "the root stands below the prefix",
      ask: ["GET", "/.api/v1/objects/"],
      status: 200,
      body: { path: "/" },
    },
    {
      name: "the prefix itself is the root",
      ask: ["GET", "/.api/v1/objects"],
      status: 200,
      body: { path: "/" },
    },
    {
      name: "a Japanese path is percent-encoded UTF-8",
      ask: ["GET", `/${encodeURIComponent("ノード")}/web%2001`],
      status: 200,
      body: { path: "/ノード/web 01", name: "web 01" },
    },
    {
      name: "an object that is not there is a problem",
      ask: ["GET", "/nodes/none"],
      status: 404,
      body: {
        code: "OBJECT_NOT_FOUND",
        detail: "there is no object at /nodes/none",
        details: { path: "/nodes/none" },
      },
      headers: { "content-type": "application/problem+json; charset=utf-8" },
    },
    {
      name: "a hidden slash is refused",
      ask: ["GET", "/nodes%2fweb01"],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
      called: null,
    },
    {
      name: "an empty segment is refused",
      ask: ["GET", "/nodes//web01"],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
    },
    {
      name: "a slash at the end is refused",
      ask: ["GET", "/nodes/"],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
    },
    {
      name: "an unknown word in the query is refused",
      ask: ["GET", "/nodes?lsit"],
      status: 400,
      body: {
        code: "ARGUMENT_INVALID",
        details: { fields: [{ message: "there is no 'lsit' here" }] },
      },
      called: null,
    },
    {
      name: "children are listed",
      ask: ["GET", "/?list&limit=2"],
      status: 200,
      body: { items: [{ path: "/alerts" }, { path: "/nodes" }], next: "/nodes" },
    },
    {
      name: "a list goes on after a cursor",
      ask: ["GET", "/.api/v1/objects/?list=true&limit=2&after=%2Fnodes"],
      status: 200,
      body: { items: [{ path: "/ops" }, { path: "/process" }] },
      called: { name: "objects.list", argument: { path: "/", limit: 2, after: "/nodes" } },
    },
    {
      name: "a limit that is no number is refused with its field",
      ask: ["GET", "/?list&limit=many"],
      status: 400,
      body: { code: "ARGUMENT_INVALID", details: { fields: [{ field: "limit" }] } },
    },
    {
      name: "the history is read",
      ask: ["GET", "/nodes/web01?history&before=9000"],
      status: 200,
      body: { changes: [{ change: 8123 }] },
      called: { name: "objects.history", argument: { path: "/nodes/web01", before: 9000 } },
    },
    {
      name: "PUT makes an object",
      ask: [
        "PUT",
        "/nodes/web02?parents=true",
        json,
        { type: "Server", fields: { address: "10.0.1.12" } },
      ],
      status: 201,
      body: { path: "/nodes/web02", fields: { address: "10.0.1.12" } },
      headers: { location: "/nodes/web02", etag: '"1"' },
      called: { name: "objects.put", argument: { path: "/nodes/web02", parents: true } },
    },
    {
      name: "PUT at a Japanese path names it encoded",
      ask: ["PUT", `/${encodeURIComponent("ノード")}/db`, json, { type: "Server" }],
      status: 201,
      headers: { location: `/${encodeURIComponent("ノード")}/db` },
    },
    {
      name: "PUT replaces an object",
      ask: ["PUT", "/nodes/web01", { ...json, "if-match": '"1"' }, { type: "Server", fields: {} }],
      status: 200,
      body: { revision: 2, fields: {} },
      headers: { etag: '"2"' },
      called: { name: "objects.put", argument: { revision: 1 } },
    },
    {
      name: "what GET gave can be PUT",
      ask: ["PUT", "/nodes/web01", json, new FakeHouse().objects.get("/nodes/web01")],
      status: 200,
    },
    {
      name: "an unknown word in the body is refused",
      ask: ["PUT", "/nodes/web02", json, { type: "Server", feilds: {} }],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
      called: null,
    },
    {
      name: "a missing type is named",
      ask: ["PUT", "/nodes/web02", json, { fields: {} }],
      status: 400,
      body: { code: "ARGUMENT_INVALID", details: { fields: [{ field: "type" }] } },
    },
    {
      name: "PUT without a body is refused",
      ask: ["PUT", "/nodes/web02"],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
    },
    {
      name: "a stale revision is a conflict",
      ask: ["PUT", "/nodes/web01", { ...json, "if-match": "7" }, { type: "Server" }],
      status: 409,
      body: { code: "OBJECT_VERSION_CONFLICT", details: { revision: 7, current: 1 } },
    },
    {
      name: "If-Match: * replaces whatever revision",
      ask: ["PUT", "/nodes/web01", { ...json, "if-match": "*" }, { type: "Server" }],
      status: 200,
    },
    {
      name: "If-None-Match: * makes, and replaces nothing",
      ask: ["PUT", "/nodes/new", { ...json, "if-none-match": "*" }, { type: "Server" }],
      status: 201,
      called: { name: "objects.put", argument: { revision: 0 } },
    },
    {
      name: "If-Match: * makes nothing",
      ask: ["PUT", "/nodes/none", { ...json, "if-match": "*" }, { type: "Server" }],
      status: 404,
    },
    {
      name: "a revision that is no number is refused",
      ask: ["PATCH", "/nodes/web01", { ...json, "if-match": '"x"' }, { fields: {} }],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
    },
    {
      name: "PATCH changes fields",
      ask: ["PATCH", "/nodes/web01?draft=true", json, { fields: { role: "web" } }],
      status: 200,
      body: { fields: { address: "10.0.1.11", role: "web" } },
      headers: { etag: '"2"' },
      called: { name: "objects.patch", argument: { draft: true } },
    },
    {
      name: "DELETE removes",
      ask: ["DELETE", "/nodes?recursive=true"],
      status: 204,
      called: { name: "objects.delete", argument: { path: "/nodes", recursive: true } },
    },
    {
      name: "DELETE does not go down by itself",
      ask: ["DELETE", "/nodes?recursive=false"],
      status: 204,
      called: { name: "objects.delete", argument: { path: "/nodes" } },
    },
    {
      name: "POST runs a jobflow",
      ask: ["POST", "/ops/restart", json, { service: "nginx" }],
      status: 201,
      body: { process: "/process/17" },
      headers: { location: "/process/17" },
      called: {
        name: "objects.post",
        argument: { path: "/ops/restart", body: { service: "nginx" } },
      },
    },
    {
      name: "POST without a body runs without parameters",
      ask: ["POST", "/ops/restart"],
      status: 201,
      called: { name: "objects.post", argument: { body: {} } },
    },
    {
      name: "POST sends to a channel, and null is a message",
      ask: ["POST", "/alerts", json, "null"],
      status: 202,
      body: { delivered: false },
      called: {
        name: "objects.post",
        argument: { path: "/alerts", body: null, from: "127.0.0.1" },
      },
    },
    {
      name: "POST on what cannot be run is refused by the house",
      ask: ["POST", "/nodes/web01", json, {}],
      status: 405,
      body: { code: "METHOD_NOT_ALLOWED" },
    },
    {
      name: "HEAD has the tag and no body",
      ask: ["HEAD", "/nodes/web01"],
      status: 200,
      headers: { etag: '"1"' },
    },
    {
      name: "OPTIONS tells what an object takes",
      ask: ["OPTIONS", "/nodes/web01", {}],
      status: 204,
      headers: { allow: "GET, PUT, PATCH, DELETE, POST, HEAD, OPTIONS" },
    },
  ]);

  test("an address with bare UTF-8 is told to encode it", async () => {
    const answer = await raw("GET /ノード HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answer).toContain("400 Bad Request");
    expect(answer).toContain("not percent-encoded");
  });

  test("steps up and down are refused, however they are written", async () => {
    for (const target of ["/nodes/../ops", "/nodes/%2e%2e/ops", "/nodes/./web01"]) {
      const answer = await raw(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, target).toContain("400 Bad Request");
    }
    expect(house.calls).toEqual([]);
  });

  test("an address that is no UTF-8 is a problem", async () => {
    const answer = await raw(
      "GET /%e3%83 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toContain("400 Bad Request");
    expect(answer).toContain("ARGUMENT_INVALID");
  });
});

describe("searches", () => {
  hold([
    {
      name: "a search is asked in the query",
      ask: [
        "GET",
        "/.api/v1/search?q=cores%20%3E%208&type=Server&sort=-cores&total&select=host,%20rack.name",
      ],
      status: 200,
      body: { items: [], next: null, total: null },
      called: {
        name: "objects.search",
        argument: {
          q: "cores > 8",
          type: "Server",
          sort: "-cores",
          total: true,
          select: ["host", "rack.name"],
        },
      },
    },
    {
      name: "a long search is a body",
      ask: ["POST", "/.api/v1/search", json, { q: "'東京'", limit: 5 }],
      status: 200,
      called: { name: "objects.search", argument: { q: "'東京'", limit: 5 } },
    },
    {
      name: "a directory is searched in its list",
      ask: ["GET", "/nodes?list&q=status%20%3D%20down&after=abc"],
      status: 200,
      called: {
        name: "objects.search",
        argument: { directory: "/nodes", q: "status = down", sort: "name", cursor: "abc" },
      },
    },
    {
      name: "figures are of a field",
      ask: ["GET", "/.api/v1/search/statistics?type=Server&field=cores"],
      status: 200,
      called: { name: "objects.statistics", argument: { type: "Server", field: "cores" } },
    },
    { name: "figures need a field", ask: ["GET", "/.api/v1/search/duplicates"], status: 400 },
  ]);
});

describe("processes", () => {
  hold([
    {
      name: "a process is an object",
      ask: ["GET", "/process/17"],
      status: 200,
      body: { fields: { state: "running" } },
    },
    {
      name: "processes are listed by state",
      ask: ["GET", "/process?list&state=running&limit=5"],
      status: 200,
      body: { items: [{ path: "/process/17" }], next: null },
      called: { name: "processes.list", argument: { state: "running", limit: 5 } },
    },
    {
      name: "an unknown state is refused",
      ask: ["GET", "/process?list&state=sleeping"],
      status: 400,
      body: { details: { fields: [{ field: "state" }] } },
    },
    { name: "a state alone is refused", ask: ["GET", "/process?state=running"], status: 400 },
    {
      name: "the directory of processes is an object",
      ask: ["GET", "/process"],
      status: 200,
      body: { path: "/process" },
    },
    {
      name: "a process has a history, too",
      ask: ["GET", "/process/17?history"],
      status: 200,
      called: { name: "objects.history" },
    },
    {
      name: "POST cancels",
      ask: ["POST", "/process/17?cancel", json, {}],
      status: 202,
      called: { name: "processes.cancel", argument: { id: 17 } },
    },
    {
      name: "a process is cancelled for a reason",
      ask: ["POST", "/process/17?cancel", json, { reason: "no longer needed" }],
      status: 202,
      called: { name: "processes.cancel", argument: { id: 17, reason: "no longer needed" } },
    },
    {
      name: "a process is suspended",
      ask: ["POST", "/process/17?suspend", json, { reason: "maintenance" }],
      status: 202,
      called: { name: "processes.suspend", argument: { id: 17, reason: "maintenance" } },
    },
    {
      name: "a process is resumed",
      ask: ["POST", "/process/17?resume", json, {}],
      status: 202,
      called: { name: "processes.resume", argument: { id: 17 } },
    },
    {
      name: "a process is run again, and the new one is named",
      ask: ["POST", "/process/17?rerun=failed", json, { variables: { host: "web02" } }],
      status: 202,
      body: { process: "/process/18" },
      called: {
        name: "processes.rerun",
        argument: { id: 17, from: "failed", variables: { host: "web02" } },
      },
    },
    {
      name: "a process is run again step by step",
      ask: ["POST", "/process/17?rerun=start&step", json, {}],
      status: 202,
      called: { name: "processes.rerun", argument: { id: 17, from: "start", step: true } },
    },
    {
      name: "one thing at a time is done with a process",
      ask: ["POST", "/process/17?cancel&suspend", json, {}],
      status: 405,
    },
    {
      name: "the runs of a jobflow are listed",
      ask: ["GET", "/process?list&jobflow=/ops/restart&state=aborted"],
      status: 200,
      called: { name: "processes.list", argument: { jobflow: "/ops/restart", state: "aborted" } },
    },
    {
      name: "POST on a process says what to do",
      ask: ["POST", "/process/17", json, {}],
      status: 405,
    },
    {
      name: "the trace is read from a job on",
      ask: ["GET", "/process/17?trace&after=3&limit=10"],
      status: 200,
      body: { jobs: [], leftOut: 0, ended: true },
      called: { name: "processes.trace", argument: { id: 17, after: 3, limit: 10 } },
    },
    {
      name: "the variables are read",
      ask: ["GET", "/process/17?variables"],
      status: 200,
      body: { frames: [] },
      called: { name: "processes.variables", argument: { id: 17 } },
    },
    {
      name: "step mode is switched",
      ask: ["POST", "/process/17?step=false", json, {}],
      status: 202,
      called: { name: "processes.step", argument: { id: 17, step: false } },
    },
    {
      name: "a decision names the turn",
      ask: ["POST", "/process/17?decide=skip&turn=4", json, {}],
      status: 202,
      called: { name: "processes.decide", argument: { id: 17, turn: 4, decision: "skip" } },
    },
    {
      name: "a decision without a turn is refused",
      ask: ["POST", "/process/17?decide=go", json, {}],
      status: 400,
      body: { code: "ARGUMENT_INVALID", details: { fields: [{ field: "turn" }] } },
    },
    {
      name: "nobody decides anything else",
      ask: ["POST", "/process/17?decide=maybe&turn=4", json, {}],
      status: 400,
    },
    {
      name: "one thing at a time is done to a process",
      ask: ["POST", "/process/17?cancel&step", json, {}],
      status: 405,
      body: { code: "METHOD_NOT_ALLOWED" },
    },
    { name: "what is no number is no process", ask: ["GET", "/process/x?console"], status: 400 },
    {
      name: "a line number that is none is refused",
      ask: ["GET", "/process/17?console&after=x"],
      status: 400,
      body: { code: "ARGUMENT_INVALID" },
    },
  ]);

  test("the console is read from a line on, as data or as text", async () => {
    for (const text of ["one", "two", "三"]) house.print(text);
    const data = await ask("GET", "/process/17?console&after=1");
    expect(data.body).toMatchObject({
      lines: [{ number: 2, text: "two" }, { number: 3 }],
      ended: false,
    });
    const text = await ask("GET", "/.api/v1/objects/process/17?console", {
      ...token,
      accept: "text/plain",
    });
    expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(text.text).toBe("one\ntwo\n三\n");
  });
});

describe("bodies", () => {
  hold([
    {
      name: "what is no JSON is refused with its place",
      ask: ["POST", "/alerts", json, '{"a": 1,\n "b": tru}'],
      status: 400,
      body: { code: "BODY_INVALID", details: { line: 2, column: 7, offset: 15 } },
      called: null,
    },
    {
      name: "a compressed body is refused",
      ask: ["POST", "/alerts", { ...json, "content-encoding": "gzip" }, "{}"],
      status: 415,
      body: { code: "MEDIA_TYPE_UNSUPPORTED", detail: "the body is compressed ('gzip')" },
    },
    {
      name: "another kind of body is refused",
      ask: [
        "POST",
        "/alerts",
        { ...json, "content-type": "application/x-www-form-urlencoded" },
        "{}",
      ],
      status: 415,
      body: { code: "MEDIA_TYPE_UNSUPPORTED" },
    },
    {
      name: "JSON of a vendor is JSON",
      ask: [
        "POST",
        "/alerts",
        { ...json, "content-type": "application/vnd.alert+json; charset=utf-8" },
        '{"a":1}',
      ],
      status: 202,
      called: { name: "objects.post", argument: { body: { a: 1 } } },
    },
    {
      name: "over a megabyte is refused",
      ask: ["POST", "/alerts", json, `"${"x".repeat(1_000_000)}"`],
      status: 413,
      body: { code: "BODY_TOO_LARGE" },
    },
    {
      name: "far over a megabyte is refused",
      ask: ["POST", "/alerts", json, `"${"x".repeat(8_000_000)}"`],
      status: 413,
    },
    {
      name: "a megabyte is taken",
      ask: ["POST", "/alerts", json, `"${"x".repeat(999_998)}"`],
      status: 202,
    },
    {
      name: "integers beyond 2^53 stay exact",
      ask: ["POST", "/alerts", json, '{"id": 12345678901234567890, "n": 42}'],
      status: 202,
      called: { name: "objects.post", argument: { body: { id: "12345678901234567890", n: 42 } } },
    },
    {
      name: "a poisonous key is refused",
      ask: [
        "PATCH",
        "/nodes/web01",
        json,
        '{"fields": {"__proto__": {"isAdministrator": true}, "a": 1}}',
      ],
      status: 400,
      body: { code: "BODY_INVALID" },
    },
    {
      name: "deep nesting is refused",
      ask: ["POST", "/alerts", json, "[".repeat(500_000) + "]".repeat(500_000)],
      status: 400,
    },
    {
      name: "what is no UTF-8 is refused",
      ask: ["POST", "/alerts", json, new Uint8Array([0x22, 0x83, 0x6d, 0x22])],
      status: 400,
      body: { code: "BODY_INVALID" },
    },
  ]);
});

describe("problems", () => {
  hold([
    {
      name: "an unknown system address is one",
      ask: ["GET", "/.nothing"],
      status: 404,
      body: { code: "ROUTE_NOT_FOUND" },
    },
    {
      name: "so is one that is written to",
      ask: ["PUT", "/.nothing", json, { type: "Text" }],
      status: 404,
      body: { code: "ROUTE_NOT_FOUND" },
      called: null,
    },
    {
      name: "so is one below the API",
      ask: ["GET", "/.api/v1/nothing"],
      status: 404,
      body: { code: "ROUTE_NOT_FOUND" },
    },
    {
      name: "a method that an address does not take is named",
      ask: ["GET", "/.logout"],
      status: 405,
      body: { code: "METHOD_NOT_ALLOWED", details: { allow: ["POST"] } },
      headers: { allow: "POST, OPTIONS" },
    },
    {
      name: "titles come in Japanese",
      ask: ["GET", "/nodes/none", { ...json, "accept-language": "ja,en;q=0.8" }],
      status: 404,
      body: { title: "オブジェクトがありません" },
      headers: { "content-language": "ja" },
    },
    {
      name: "what is wrong is said in Japanese to who asks for it",
      ask: ["GET", "/.logout", { "accept-language": "ja" }],
      status: 405,
      body: {
        code: "METHOD_NOT_ALLOWED",
        detail: "/.logoutにGETは使えません",
        hint: "使えるのはPOSTです。",
        details: { allow: ["POST"] },
      },
    },
    {
      name: "details are translated where they are texts, and nowhere else",
      ask: ["GET", "/nodes?list=true&limit=0", { ...json, "accept-language": "ja" }],
      status: 400,
      body: {
        detail: "リクエストが正しくありません: limit: 1以上でなければなりません",
        details: { fields: [{ field: "limit", message: "1以上でなければなりません" }] },
      },
    },
    {
      name: "a broken client is told so",
      ask: ["GET", "/nodes/web01", { authorization: "Basic cm9vdDpzZWNyZXQ=" }],
      status: 401,
      body: { code: "TOKEN_INVALID" },
    },
  ]);

  test("a bug of ours tells nothing but the request's number", async () => {
    house.nextError = new Error("password is hunter2");
    const { status, body, text, headers } = await ask("GET", "/nodes/web01");
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: "INTERNAL", details: {} });
    expect(text).not.toContain("hunter2");
    expect(body.detail).toContain(body.requestId);
    expect(headers.get("x-request-id")).toBe(body.requestId);
  });

  test("a bug behind the house's thread tells nothing either", async () => {
    house.nextError = new TsunagiError("INTERNAL", "password is hunter2", {
      details: { stack: "hunter2" },
    });
    expect((await ask("GET", "/nodes/web01")).text).not.toContain("hunter2");
  });

  test("hints and details arrive, causes do not", async () => {
    house.nextError = new TsunagiError("STORAGE_FULL", "the disk is full", {
      hint: "Free some space.",
      details: { free: 0 },
      cause: new Error("hunter2"),
    });
    const { body, text, headers } = await ask("PATCH", "/nodes/web01", json, { fields: {} });
    expect(body satisfies ProblemDocument).toMatchObject({
      type: "urn:tsunagi:error:STORAGE_FULL",
      status: 507,
      detail: "the disk is full",
      hint: "Free some space.",
      details: { free: 0 },
    });
    expect(headers.get("retry-after")).toBe("1");
    expect(text).not.toContain("hunter2");
  });

  test("what is no HTTP is answered as a problem", async () => {
    const answer = await raw("this is not http\r\n\r\n");
    expect(answer).toContain("400 Bad Request");
    expect(answer).toContain("application/problem+json");
  });

  test("headers beyond the limit are answered as a problem", async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(answer).toContain("431 Request Header Fields Too Large");
  });
});

describe("signing in", () => {
  test("only status, sign-in and the application are open", async () => {
    for (const target of [
      "/",
      "/nodes",
      "/process/17?console",
      "/.api/openapi.json",
      "/.api/v1/me",
      "/.api/v1/objects/nodes",
    ]) {
      const { status, body, headers } = await ask("GET", target, { accept: "application/json" });
      expect([status, body.code], target).toEqual([401, "NOT_SIGNED_IN"]);
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await ask("POST", "/alerts", {}, {})).status).toBe(401);
    expect(house.calls).toEqual([]);
    expect((await ask("GET", "/.status", {})).body).toMatchObject({
      status: "ok",
      version: "0.0.0",
    });
  });

  test("a wrong token is refused", async () => {
    const { status, body } = await ask("GET", "/nodes", { authorization: "Bearer bad" });
    expect([status, body.code]).toEqual([401, "TOKEN_INVALID"]);
  });

  test("a house that is not well says so, and still answers", async () => {
    house.status = "degraded";
    expect(await ask("GET", "/.status", {})).toMatchObject({
      status: 200,
      body: { status: "degraded" },
    });
  });

  test("a load balancer is told when the house can do no work", async () => {
    expect((await ask("GET", "/.status?ready", {})).status).toBe(200);
    house.status = "failed";
    expect((await ask("GET", "/.status?ready", {})).status).toBe(503);
    expect((await ask("GET", "/.status", {})).status).toBe(200);
  });

  test("figures of the house and of the gateway are one text, of routes and not of addresses", async () => {
    await ask("GET", "/nodes/web01");
    await ask("GET", "/nodes/web01/nothing");
    expect((await ask("GET", "/.metrics", {})).status).toBe(401);
    const { headers, text } = await ask("GET", "/.metrics");
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text).toContain("tsunagi_house_total 7\n");
    expect(text).toContain(
      'tsunagi_http_request_seconds_count{method="GET",route="/*",status="404"} 1\n',
    );
    expect(text).not.toContain("web01");
  });

  test("the session is a cookie that scripts and other sites cannot use", async () => {
    const { headers, body } = await ask(
      "POST",
      "/.login",
      {},
      { name: "root", password: "secret" },
    );
    expect(body).toEqual({ user: "root" });
    expect(headers.get("set-cookie")).toMatch(
      /^tsunagi_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await ask("GET", "/.api/v1/me", { cookie })).body).toMatchObject({ user: "root" });
  });

  test("behind TLS the cookie is for TLS only", async () => {
    const forwarded = { "x-forwarded-proto": "https" };
    const { headers } = await ask("POST", "/.login", forwarded, {
      name: "root",
      password: "secret",
    });
    expect(headers.get("set-cookie")).toContain("; Secure");
  });

  test("a wrong password is refused without a cookie", async () => {
    const { status, body, headers } = await ask(
      "POST",
      "/.login",
      {},
      { name: "root", password: "x" },
    );
    expect([status, body.code]).toEqual([401, "SIGN_IN_FAILED"]);
    expect(headers.get("set-cookie")).toBeNull();
  });

  test("another site cannot sign people in", async () => {
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const { status } = await ask("POST", "/.login", foreign, { name: "root", password: "secret" });
    expect(status).toBe(403);
  });

  test("signing out ends the session, and again does no harm", async () => {
    const cookie = await signIn();
    const out = await ask("POST", "/.logout", { cookie, origin: url });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toContain("Expires=Thu, 01 Jan 1970");
    expect((await ask("GET", "/nodes", { cookie })).status).toBe(401);
    expect((await ask("POST", "/.logout", { cookie, origin: url })).status).toBe(204);
  });

  test("a session's write has to come from our own page", async () => {
    const cookie = await signIn();
    const patch = (headers: Record<string, string>) =>
      ask("PATCH", "/nodes/web01", { cookie, "if-match": "*", ...headers }, { fields: {} });
    expect((await patch({})).body).toMatchObject({ code: "PERMISSION_DENIED" });
    expect((await patch({ origin: "https://evil.example" })).status).toBe(403);
    expect((await patch({ "sec-fetch-site": "same-site", origin: url })).status).toBe(403);
    expect((await patch({ origin: url })).status).toBe(200);
    expect((await patch({ "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("a session's change has to name the revision it is based on", async () => {
    const session = { cookie: await signIn(), origin: url };
    const matched = { ...session, "if-match": '"1"' };
    const put = { type: "Server", fields: {} };
    const required = { status: 428, body: { code: "REVISION_REQUIRED" } };
    expect(await ask("PUT", "/nodes/web01", session, put)).toMatchObject(required);
    expect(await ask("PATCH", "/nodes/web01", session, { fields: {} })).toMatchObject(required);
    expect(await ask("DELETE", "/nodes/web01", session)).toMatchObject(required);
    expect((await ask("PUT", "/nodes/new", session, put)).status).toBe(201);
    expect(house.calls.at(-1)).toMatchObject({ argument: { revision: 0 } });
    expect((await ask("PATCH", "/nodes/web01", matched, { fields: {} })).status).toBe(200);
    expect((await ask("POST", "/ops/restart", session, {})).status).toBe(201);
  });
});

describe("the application", () => {
  const page = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

  test("its files come compressed where that was done and is understood, and it says which installation it is", async () => {
    writeFileSync(join(webRoot, "assets", "main-1234.js.br"), brotliCompressSync("export {};"));
    const address = `${url}/.app/assets/main-1234.js`;
    const small = await fetch(address, { headers: { "accept-encoding": "br" } });
    expect(small.headers.get("content-encoding")).toBe("br");
    expect(small.headers.get("content-type")).toContain("javascript");
    expect(await small.text()).toBe("export {};");
    const plain = await fetch(address, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await (await fetch(`${url}/.app/instance.json`)).json()).toEqual({ instance: null });
  });

  test("is the page of every object and of the sign-in, for anybody", async () => {
    for (const target of ["/", "/nodes/web01?view=edit", "/process/17", "/.login?next=%2F"]) {
      const { status, headers, text } = await ask("GET", target, page);
      expect([status, headers.get("content-type")], target).toEqual([
        200,
        "text/html; charset=utf-8",
      ]);
      expect(text).toContain("<title>Tsunagi</title>");
      expect(headers.get("vary")).toBe("accept");
    }
    expect(house.calls).toEqual([]);
  });

  test("shows that there is no such address", async () => {
    const { status, text } = await ask("GET", "/.nothing", page);
    expect(status).toBe(404);
    expect(text).toContain("<title>Tsunagi</title>");
  });

  test("has files that may be kept for ever", async () => {
    const { status, headers } = await ask("GET", "/.app/assets/main-1234.js", {});
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toContain("immutable");
    expect(headers.get("content-type")).toContain("javascript");
  });

  test("gives no file from outside its folder", async () => {
    for (const target of [
      "/.app/../gateway.ts",
      "/.app/%2e%2e/%2e%2e/etc/passwd",
      "/.app/none.js",
    ]) {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer, target).toMatch(/^HTTP\/1.1 40[0-9]/);
    }
  });

  test("may run no script but its own", async () => {
    const { headers } = await ask("GET", "/", page);
    const policy = headers.get("content-security-policy");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("that is not built says what to do", async () => {
    rmSync(join(webRoot, "index.html"));
    const { status, body } = await ask("GET", "/", page);
    expect([status, body.hint]).toEqual([404, "Run `npm run build` in the project's folder."]);
  });
});

describe("OpenAPI", () => {
  test("documents what is served, and nothing else", async () => {
    const { body } = await ask("GET", "/.api/openapi.json");
    expect(body).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
    const documented = Object.entries(body.paths as Record<string, object>).flatMap(
      ([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual(
      [
        "DELETE /.api/v1/groups",
        "DELETE /.api/v1/objects/{path}",
        "GET /.api/openapi.json",
        "GET /.api/v1/changes",
        "GET /.api/v1/changes/{id}",
        "GET /.api/v1/export",
        "GET /.api/v1/import/progress",
        "GET /.api/v1/me",
        "GET /.api/v1/objects/process",
        "GET /.api/v1/objects/process/{id}",
        "GET /.api/v1/objects/{path}",
        "GET /.api/v1/rights",
        "GET /.api/v1/search",
        "GET /.api/v1/search/duplicates",
        "GET /.api/v1/search/statistics",
        "GET /.api/v1/tokens",
        "GET /.metrics",
        "GET /.status",
        "PATCH /.api/v1/groups",
        "PATCH /.api/v1/objects/{path}",
        "PATCH /.api/v1/users",
        "POST /.api/v1/attachments",
        "POST /.api/v1/bulk-edit",
        "POST /.api/v1/check",
        "POST /.api/v1/copy",
        "POST /.api/v1/groups",
        "POST /.api/v1/import",
        "POST /.api/v1/import/cancel",
        "POST /.api/v1/move",
        "POST /.api/v1/objects/process/{id}",
        "POST /.api/v1/objects/{path}",
        "POST /.api/v1/restore",
        "POST /.api/v1/rights",
        "POST /.api/v1/search",
        "POST /.api/v1/tokens",
        "POST /.api/v1/tokens/revoke",
        "POST /.api/v1/transactions",
        "POST /.api/v1/undo",
        "POST /.api/v1/users",
        "POST /.login",
        "POST /.logout",
        "PUT /.api/v1/objects/{path}",
      ].sort(),
    );
    for (const operation of documented) {
      const [method = "", path = ""] = operation.split(" ");
      const target = path.replace("{path}", "nodes/web01").replace("{id}", "17");
      const { status, body } = await ask(method, target, {}, method === "GET" ? undefined : {});
      expect([404, 405], `${operation}: ${body?.code}`).not.toContain(status);
    }
  });

  test("refers only to schemas that are there, and names each operation once", () => {
    const document = openApiOf(allRoutes("1.2.3"), "1.2.3");
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = ""]) => reference,
    );
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const steps = reference.split("/");
      expect(steps.shift(), reference).toBe("#");
      const found = steps.reduce<unknown>(
        (place, step) => (place as Record<string, unknown> | undefined)?.[step],
        document,
      );
      expect(found, reference).toBeDefined();
    }
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("listening", () => {
  test("a port in use says what to do", async () => {
    const port = Number(new URL(url).port);
    await expect(newGateway({ port }).listen()).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: `port ${port} on 127.0.0.1 is in use`,
      hint: "End the other program or choose another one with --port.",
    });
  });

  test("closing finishes what is under way and takes nothing new", async () => {
    const gate = Promise.withResolvers<void>();
    house.gate = gate.promise;
    const underWay = ask("GET", "/nodes/web01");
    await expect.poll(() => house.calls.length).toBe(1);
    const closed = gateway.close();
    await expect(fetch(`${url}/.status`)).rejects.toThrow("fetch failed");
    gate.resolve();
    expect((await underWay).status).toBe(200);
    await closed;
  });
});
