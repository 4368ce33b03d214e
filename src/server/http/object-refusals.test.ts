import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeScratches, openScratch, type Database } from "#database";
import { createToken, createUser } from "#identity";
import { createLogger, memorySealer } from "#runtime";
import { EngineHouse } from "../engine-house.ts";
import { migrations } from "../house.ts";
import { createGateway, type Gateway } from "./gateway.ts";

/** What objects are told that cannot be, through the whole way from the request to the database: an error, and nothing done. */
const logger = createLogger({ name: "test", level: "fatal" });
let folder: string;
let database: Database;
let house: EngineHouse;
let gateway: Gateway;
let url: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-refusals-"));
  database = await openScratch({ migrations });
  await database.write(async (t) => {
    for (const name of ["root", "alice"]) {
      const id = await createUser(t, { name, isAdministrator: name === "root" });
      tokens[name] = (await createToken(t, id, name)).text;
    }
  });
  house = await EngineHouse.open({ database, sealer: memorySealer(), logger });
  const webRoot = folder;
  gateway = createGateway({ house, host: "127.0.0.1", port: 0, webRoot, logger, version: "1.2.3" });
  ({ url } = await gateway.listen());
  await made("PUT", "/system/types/Rack", {
    type: "Type",
    fields: { fields: [{ name: "serial", kind: "string", unique: true }] },
  });
  await made("PUT", "/system/types/Host", {
    type: "Type",
    fields: {
      fields: [
        { name: "rack", kind: "object", types: ["Rack"] },
        { name: "cores", kind: "integer", max: 64 },
        { name: "address", kind: "ip address" },
      ],
    },
  });
  await made("PUT", "/racks", { type: "Directory" });
  await made("PUT", "/hosts", { type: "Directory" });
  await made("PUT", "/racks/r1", { type: "Rack", fields: { serial: "A1" } });
  await made("PUT", "/hosts/h1", { type: "Host", fields: { rack: "/racks/r1", cores: 8 } });
});
afterAll(async () => {
  await gateway.close();
  await house.close();
  await closeScratches();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  body: { code?: string; detail?: string; details?: Record<string, unknown>; revision?: number };
}

async function send(
  method: string,
  address: string,
  body?: unknown,
  { as = "root", headers = {} }: { as?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${url}${address}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[as]}`,
      "content-type": "application/json",
      accept: "application/json",
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
}

async function made(method: string, address: string, body: unknown): Promise<void> {
  const { status, body: answer } = await send(method, address, body);
  expect(status, JSON.stringify(answer)).toBeLessThan(300);
}

/** Everything that is stored, to see that nothing was half done. */
const everything = () =>
  database.read((t) =>
    t.all("select id, parent_id, name, type_id, revision, data from object order by id"),
  );

const put = (fields: unknown) => ({ type: "Host", fields });

test.each<
  [what: string, method: string, address: string, body: unknown, status: number, answer: object]
>([
  [
    "a reference to what is not there",
    "PUT",
    "/hosts/h2",
    put({ rack: "/racks/r9" }),
    422,
    { code: "VALUE_INVALID", details: { path: "/hosts/h2", field: "rack", got: '"/racks/r9"' } },
  ],
  [
    "a reference to another type",
    "PUT",
    "/hosts/h2",
    put({ rack: "/hosts/h1" }),
    422,
    { code: "VALUE_INVALID" },
  ],
  [
    "a duplicate of a unique value",
    "PUT",
    "/racks/r2",
    { type: "Rack", fields: { serial: "A1" } },
    422,
    {
      code: "VALUE_INVALID",
      details: { path: "/racks/r2", field: "serial", expected: "a value that no other Rack has" },
    },
  ],
  [
    "a value of the wrong kind",
    "PATCH",
    "/hosts/h1",
    { fields: { cores: "many" } },
    422,
    {
      code: "VALUE_INVALID",
      details: { path: "/hosts/h1", field: "cores", expected: "a whole number", got: '"many"' },
    },
  ],
  [
    "all values that are wrong at once",
    "PATCH",
    "/hosts/h1",
    { fields: { cores: 65, address: "300.1.1.1", speed: 1 } },
    422,
    {
      details: { faults: [{ field: "cores" }, { field: "address" }, { field: "speed" }] },
    },
  ],
  [
    "a delete that a reference forbids",
    "DELETE",
    "/racks/r1",
    undefined,
    409,
    {
      code: "OBJECT_PROTECTED",
      details: { referrers: ["/hosts/h1 (rack)"], count: 1 },
    },
  ],
  [
    "a directory that would go into itself",
    "POST",
    "/.api/v1/move",
    { path: "/racks", to: "/racks/deep" },
    422,
    { code: "NAME_INVALID", detail: "/racks cannot be moved into itself" },
  ],
  [
    "a name with a control character",
    "PUT",
    "/racks/a%07b",
    put({}),
    422,
    { code: "NAME_INVALID" },
  ],
  [
    "a name with a right-to-left override",
    "PUT",
    "/racks/a%E2%80%AEb",
    put({}),
    422,
    { code: "NAME_INVALID" },
  ],
  [
    "a name of 129 characters",
    "PUT",
    `/racks/${"x".repeat(129)}`,
    put({}),
    422,
    { code: "NAME_INVALID" },
  ],
  [
    "a path of 1025 characters",
    "PUT",
    `/${"x".repeat(128)}`.repeat(8),
    put({}),
    422,
    { code: "NAME_INVALID" },
  ],
  ["a type that is not there", "PUT", "/hosts/h2", { type: "Hots" }, 422, { code: "TYPE_UNKNOWN" }],
  [
    "a field of the name __proto__",
    "PATCH",
    "/hosts/h1",
    '{"fields": {"__proto__": 1}}',
    400,
    { code: "BODY_INVALID" },
  ],
  [
    "a field of the name constructor",
    "PATCH",
    "/hosts/h1",
    { fields: { constructor: 1 } },
    422,
    {},
  ],
  [
    "a type that names no type",
    "PUT",
    "/system/types/New",
    { type: "Type", fields: { fields: [{ name: "a", kind: "object", types: ["Rakc"] }] } },
    422,
    { details: { expected: "the type Rack" } },
  ],
  [
    "a name that is SQL",
    "GET",
    `/${encodeURIComponent("x'; drop table object; --")}`,
    undefined,
    404,
    { code: "OBJECT_NOT_FOUND" },
  ],
])("%s is refused, and nothing is done", async (_what, method, address, body, status, answer) => {
  const before = await everything();
  const refused = await send(method, address, body);
  expect(refused).toMatchObject({ status, body: answer });
  expect(await everything()).toEqual(before);
});

test("a stale revision is refused with both versions", async () => {
  const before = await everything();
  const { status, body } = await send(
    "PATCH",
    "/hosts/h1",
    { fields: { cores: 16 } },
    { headers: { "if-match": '"99"' } },
  );
  expect({ status, body }).toMatchObject({
    status: 409,
    body: {
      code: "OBJECT_VERSION_CONFLICT",
      details: { path: "/hosts/h1", given: 99, current: 1 },
    },
  });
  expect(await everything()).toEqual(before);
});

test("a change that is based on an old revision is told both versions, as far as one may read them", async () => {
  await made("POST", "/.api/v1/rights", {
    path: "/hosts",
    subject: "user:alice",
    rights: ["write"],
  });
  await send("PATCH", "/hosts/h1", { fields: { cores: 32 } });
  const stale = { headers: { "if-match": '"1"' } };
  const told = await send("PATCH", "/hosts/h1", { fields: { cores: 64 } }, stale);
  expect(told.body).toMatchObject({
    details: {
      given: 1,
      current: 2,
      versions: {
        given: { path: "/hosts/h1", revision: 1 },
        current: { path: "/hosts/h1", revision: 2, fields: { cores: 32 } },
      },
    },
  });
  const blind = await send(
    "PATCH",
    "/hosts/h1",
    { fields: { cores: 64 } },
    { ...stale, as: "alice" },
  );
  expect(blind.body).toMatchObject({ details: { versions: { given: null, current: null } } });
});

test("of what refers to an object, only what one may read is named; the rest is counted", async () => {
  const grant = (path: string) => ({
    path,
    subject: "user:alice",
    rights: ["read", "delete"],
  });
  await made("POST", "/.api/v1/rights", grant("/racks"));
  const { body } = await send("DELETE", "/racks/r1", undefined, { as: "alice" });
  expect(body).toMatchObject({
    code: "OBJECT_PROTECTED",
    details: { referrers: [], count: 1 },
  });
  expect(JSON.stringify(body)).not.toContain("/hosts");
});

test("who may not manage an object learns nothing of its rights, and changes none", async () => {
  for (const [method, address, body] of [
    ["GET", "/.api/v1/rights?path=/hosts/h1", undefined],
    ["GET", "/.api/v1/rights?user=root&below=/hosts", undefined],
    ["GET", "/.api/v1/rights?user=root&path=/hosts/h1", undefined],
    ["POST", "/.api/v1/rights", { path: "/hosts", subject: "user:alice", rights: ["read"] }],
    ["POST", "/.api/v1/users", { name: "mallory" }],
    ["PATCH", "/.api/v1/users", { name: "alice", fields: { administrator: true } }],
    ["PATCH", "/.api/v1/users", { name: "root", password: "long enough" }],
    ["POST", "/.api/v1/groups", { name: "friends" }],
    ["GET", "/system/users/root?history", undefined],
  ] as const) {
    const answer = await send(method, address, body, { as: "alice" });
    expect(answer, address).toMatchObject({ status: 403, body: { code: "PERMISSION_DENIED" } });
  }
  expect((await send("GET", "/.api/v1/rights?user=alice", undefined, { as: "alice" })).status).toBe(
    200,
  );
  const own = await send(
    "PATCH",
    "/.api/v1/users",
    { name: "alice", fields: { full_name: "Alice" } },
    { as: "alice" },
  );
  expect(own).toMatchObject({ status: 200, body: { fields: { full_name: "Alice" } } });
});
