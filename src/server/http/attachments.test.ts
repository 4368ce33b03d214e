import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { closeScratches, openScratch, type Database } from "#database";
import { createToken, createUser } from "#identity";
import {
  attachmentDirectory,
  openAttachmentStore,
  systemActor,
  type AttachmentStore,
} from "#objects";
import { createLogger, memorySealer } from "#runtime";
import { EngineHouse } from "../engine-house.ts";
import { migrations } from "../house.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const logger = createLogger({ name: "test", level: "fatal" });

let folder: string;
let database: Database;
let house: EngineHouse;
let gateway: Gateway;
let url: string;
let root: string;
let alice: string;
let store: AttachmentStore;

async function open(makeStore: () => AttachmentStore): Promise<void> {
  store = makeStore();
  house = await EngineHouse.open({ database, sealer: memorySealer(), logger, attachments: store });
  gateway = createGateway({
    house,
    host: "127.0.0.1",
    port: 0,
    webRoot: folder,
    logger,
    version: "1.2.3",
    attachments: store,
  });
  ({ url } = await gateway.listen());
  await json("PUT", "/system/types/Rack", {
    type: "Type",
    fields: {
      fields: [
        { name: "photo", kind: "file", max: 1000, types: ["image/*"] },
        { name: "manual", kind: "file" },
        { name: "title", kind: "string" },
        { name: "plan", kind: "file", read_right: "manage" },
      ],
    },
  });
  await json("PUT", "/r1", { type: "Rack", fields: { title: "one" } });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-attachments-"));
  database = await openScratch({ migrations });
  [root, alice] = await database.write(async (tx) => {
    const texts: string[] = [];
    for (const name of ["root", "alice"]) {
      const id = await createUser(tx, { name, isAdministrator: name === "root" });
      texts.push((await createToken(tx, id, "test")).text);
    }
    return texts as [string, string];
  });
});

afterEach(async () => {
  await gateway.close();
  await house.close();
  await closeScratches();
  rmSync(folder, { recursive: true });
});

async function ask(
  method: string,
  target: string,
  options: { body?: unknown; headers?: Record<string, string>; token?: string } = {},
) {
  const { body, headers = {}, token = root } = options;
  const response = await fetch(url + target, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: body as RequestInit["body"] & object, duplex: "half" }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    body: isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined,
  };
}

function json(method: string, target: string, body: unknown, token = root) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  return ask(method, target, { body: JSON.stringify(body), headers, token });
}

const photo = Buffer.from("\x89PNG not really");
const png = { "content-type": "image/png" };
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const data = { accept: "application/json" };

/** What lies in the store, drafts included. */
async function kept(): Promise<string[]> {
  const rows = await database.read((tx) =>
    tx.all<{ content: string }>("select distinct content from attachment_chunk"),
  );
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return [...rows.map((row) => row.content), ...files];
}

describe.each([
  ["files of a directory", () => attachmentDirectory(folder)],
  ["rows of the database", () => openAttachmentStore(database, ":memory:")],
])("attachments as %s", (_, makeStore) => {
  beforeEach(() => open(makeStore));

  test("a file is put into a field and read again, byte by byte", async () => {
    const put = await ask("PUT", "/r1?field=photo&name=%E3%83%A9%E3%83%83%E3%82%AF.png", {
      body: photo,
      headers: { ...png, "if-match": '"1"', "tsunagi-reason": "new" },
    });
    expect(put.body?.fields.photo, put.bytes.toString()).toEqual({
      name: "ラック.png",
      type: "image/png",
      size: photo.length,
      hash: hashOf(photo),
    });
    expect(put.headers.get("etag")).toBe('"2"');

    const got = await ask("GET", "/r1?field=photo", { headers: { accept: "text/html" } });
    expect(got.bytes).toEqual(photo);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(photo.length),
      "content-disposition":
        "attachment; filename=\"___.png\"; filename*=UTF-8''%E3%83%A9%E3%83%83%E3%82%AF.png",
      "x-content-type-options": "nosniff",
      etag: `"${hashOf(photo)}"`,
    });
    expect((await ask("GET", "/r1", { headers: data })).body.fields.photo.name).toBe("ラック.png");
    const { body } = await ask("GET", "/r1?history", { headers: data });
    expect(body.changes[0]).toMatchObject({
      reason: "new",
      after: { photo: { name: "ラック.png", size: photo.length } },
    });
  });

  test("the name and the type may be said in other ways, and what is unknown is only bytes", async () => {
    const named = await ask("PUT", "/r1?field=manual", {
      body: photo,
      headers: {
        "content-disposition": "attachment; filename=\"x\"; filename*=UTF-8''a%20b.html",
        "content-type": "Text/HTML; charset=utf-8",
      },
    });
    expect(named.body.fields.manual).toMatchObject({ name: "a b.html", type: "text/html" });
    const got = await ask("GET", "/.api/v1/objects/r1?field=manual");
    expect(got.headers.get("content-type")).toBe("application/octet-stream");
    expect(got.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(got.headers.get("content-security-policy")).toContain("sandbox");
    const bare = await ask("PUT", "/r1?field=manual", { body: photo });
    expect(bare.body.fields.manual).toMatchObject({
      name: "manual",
      type: "application/octet-stream",
    });
  });

  test("JSON is a file like any other, larger than a body of JSON may be", async () => {
    const text = JSON.stringify({ text: "x".repeat(2_500_000) });
    const headers = { "content-type": "application/json" };
    const put = await ask("PUT", "/r1?field=manual&name=a.json", { body: text, headers });
    expect(put.body.fields.manual).toMatchObject({ size: text.length, type: "application/json" });
    expect((await ask("GET", "/r1?field=manual")).bytes.toString()).toBe(text);
  });

  test("an empty file is a file", async () => {
    const put = await ask("PUT", "/r1?field=manual&name=empty", { body: Buffer.alloc(0) });
    expect(put.body.fields.manual).toMatchObject({ size: 0, hash: hashOf(Buffer.alloc(0)) });
    const got = await ask("GET", "/r1?field=manual");
    expect([got.status, got.bytes.length]).toEqual([200, 0]);
  });

  test("parts of a file are served, and nothing where the client has it", async () => {
    const bytes = randomBytes(2_500_000);
    await ask("PUT", "/r1?field=manual", { body: bytes });
    const part = (range: string, more = {}) =>
      ask("GET", "/r1?field=manual", { headers: { range, ...more } });
    const middle = await part("bytes=1048570-2097160");
    expect(middle.status).toBe(206);
    expect(middle.headers.get("content-range")).toBe("bytes 1048570-2097160/2500000");
    expect(middle.bytes.equals(bytes.subarray(1_048_570, 2_097_161))).toBe(true);
    expect((await part("bytes=-3")).bytes).toEqual(bytes.subarray(-3));
    expect((await part("bytes=2499999-")).bytes).toEqual(bytes.subarray(-1));
    expect((await part("bytes=0-0")).bytes).toEqual(bytes.subarray(0, 1));
    expect((await part("bytes=0-1", { "if-range": '"other"' })).status).toBe(200);
    const beyond = await part("bytes=2500000-");
    expect([beyond.status, beyond.body.code]).toEqual([416, "RANGE_INVALID"]);
    expect(beyond.headers.get("content-range")).toBe("bytes */2500000");
    const tag = { "if-none-match": `"${hashOf(bytes)}"` };
    expect((await ask("GET", "/r1?field=manual", { headers: tag })).status).toBe(304);
    const head = await ask("HEAD", "/r1?field=manual");
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "2500000"]);
  });

  test("DELETE takes it out, the past keeps it, and an undo brings it back", async () => {
    await ask("PUT", "/r1?field=photo&name=a.png", { body: photo, headers: png });
    const other = Buffer.from("other");
    await ask("PUT", "/r1?field=photo&name=b.png", { body: other, headers: png });
    const removed = await ask("DELETE", "/r1?field=photo", { headers: { "if-match": '"3"' } });
    expect(removed.status).toBe(204);
    const gone = await ask("GET", "/r1?field=photo", { headers: data });
    expect([gone.status, gone.body.code]).toEqual([404, "ATTACHMENT_NOT_FOUND"]);
    const { body } = await ask("GET", "/r1?history", { headers: data });
    const [last, second, first] = body.changes;
    const at = (change: number) => ask("GET", `/r1?field=photo&as-of=${change}`);
    expect((await at(first.change)).bytes).toEqual(photo);
    expect((await at(second.change)).bytes).toEqual(other);
    await json("POST", "/.api/v1/undo", { change: last.change });
    expect((await ask("GET", "/r1?field=photo")).bytes).toEqual(other);
  });

  test("what was uploaded is referred to later, by who has uploaded it", async () => {
    const uploaded = await ask("POST", "/.api/v1/attachments", { body: photo, token: alice });
    expect(uploaded.status).toBe(201);
    const { attachment } = uploaded.body;
    expect(uploaded.body).toEqual({ attachment: hashOf(photo), size: photo.length });
    const fields = { photo: { attachment, name: "a.png", type: "image/png" } };
    const stranger = await json("PATCH", "/r1", { fields });
    expect(stranger.body).toMatchObject({
      code: "VALUE_INVALID",
      details: { field: "photo.attachment", expected: expect.stringContaining("uploaded") },
    });
    const unknown = { photo: { ...fields.photo, attachment: "a".repeat(64) } };
    expect((await json("PATCH", "/r1", { fields: unknown })).body.detail).toBe(
      stranger.body.detail.replace(attachment, "a".repeat(64)),
    );
    await json("PATCH", "/r1", { owner: "alice" });
    const own = await json("PATCH", "/r1", { fields }, alice);
    expect(own.body.fields.photo).toMatchObject({ name: "a.png", size: photo.length });
    // What GET gave is sent back, and what one object shows is given to another.
    const got = await ask("GET", "/r1", { headers: data });
    expect((await json("PUT", "/r1", got.body)).body.fields).toEqual(got.body.fields);
    const copy = await json("PUT", "/r2", {
      type: "Rack",
      fields: { photo: got.body.fields.photo },
    });
    expect(copy.body.fields.photo).toEqual(got.body.fields.photo);
  });

  test("a hash that is seen nowhere gives nothing, also where the object may be read", async () => {
    await ask("PUT", "/r1?field=plan", { body: photo });
    await json("PUT", "/own", { type: "Rack", fields: {} });
    await json("PATCH", "/own", { owner: "alice" });
    await house.engine.write((tx) =>
      house.domains.objects.grant(tx, systemActor, "/r1", "everyone", ["read"]),
    );
    const seen = await ask("GET", "/r1", { headers: data, token: alice });
    expect(seen.body.fields).not.toHaveProperty("plan");
    const refused = await ask("GET", "/r1?field=plan", { headers: data, token: alice });
    expect(refused.body.code).toBe("VALUE_INVALID");
    const fields = { manual: { attachment: hashOf(photo), name: "plan" } };
    const guessed = await json("PATCH", "/own", { fields }, alice);
    expect(guessed.body.code).toBe("VALUE_INVALID");
    await ask("PUT", "/r1?field=manual", { body: photo });
    expect((await json("PATCH", "/own", { fields }, alice)).status).toBe(200);
  });

  test.each([
    [
      "too large for the field",
      "/r1?field=photo",
      Buffer.alloc(1001),
      png,
      422,
      "VALUE_INVALID",
      "at most 1000 bytes",
    ],
    [
      "of a type that is not accepted",
      "/r1?field=photo",
      photo,
      { "content-type": "text/html" },
      422,
      "VALUE_INVALID",
      "image/\\*.*text/html",
    ],
    [
      "for a field of another kind",
      "/r1?field=title",
      photo,
      png,
      422,
      "VALUE_INVALID",
      "photo, manual",
    ],
    ["for no field", "/r1?field=foto", photo, png, 422, "VALUE_INVALID", "an unknown name"],
    ["for no object", "/nowhere?field=photo", photo, png, 404, "OBJECT_NOT_FOUND", "/nowhere"],
    [
      "based on another revision",
      "/r1?field=photo",
      photo,
      { ...png, "if-match": '"7"' },
      409,
      "OBJECT_VERSION_CONFLICT",
      "revision 7",
    ],
    [
      "with a path for a name",
      "/r1?field=photo&name=..%2Fx",
      photo,
      png,
      400,
      "ARGUMENT_INVALID",
      "name",
    ],
    [
      "compressed",
      "/r1?field=photo",
      photo,
      { ...png, "content-encoding": "gzip" },
      415,
      "MEDIA_TYPE_UNSUPPORTED",
      "compressed",
    ],
  ])(
    "one that is %s is refused, and nothing is kept",
    async (_name, target, body, headers, status, code, text) => {
      const refused = await ask("PUT", target, { body, headers });
      expect(refused.body).toMatchObject({ status, code });
      expect(refused.body.detail).toMatch(new RegExp(text));
      expect(await kept()).toEqual([]);
    },
  );

  test("who may not write the object, or is nobody, sends nothing", async () => {
    await house.engine.write((tx) =>
      house.domains.objects.grant(tx, systemActor, "/r1", "everyone", ["read"]),
    );
    for (const [token, status] of [
      [alice, 403],
      ["wrong", 401],
    ] as const) {
      const refused = await ask("PUT", "/r1?field=manual", { body: photo, token });
      expect(refused.status).toBe(status);
    }
    expect(await kept()).toEqual([]);
  });

  test("one that grows beyond the limit while it comes is refused, and nothing is kept", async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(300));
      },
    });
    const refused = await ask("PUT", "/r1?field=photo", { body: endless, headers: png });
    expect(refused.body).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
    expect(await kept()).toEqual([]);
  });

  test("one of more than 1 GB is refused before anything of it is sent", async () => {
    const { status, code } = await new Promise<{ status: number; code: string }>(
      (resolve, reject) => {
        const request = httpRequest(`${url}/r1?field=manual`, {
          method: "PUT",
          headers: {
            authorization: `Bearer ${root}`,
            expect: "100-continue",
            "content-length": 1024 ** 3 + 1,
          },
        });
        request.on("continue", () => reject(new Error("it was told to go on")));
        request.on("error", reject);
        request.on("response", (response) => {
          let text = "";
          response.on("data", (chunk) => (text += String(chunk)));
          response.on("end", () => {
            request.destroy();
            resolve({ status: response.statusCode ?? 0, code: JSON.parse(text).code });
          });
        });
        request.flushHeaders();
      },
    );
    expect([status, code]).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("who waits to be told to go on, is", async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/r1?field=manual`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${root}`,
          expect: "100-continue",
          "content-length": photo.length,
        },
      });
      request.on("continue", () => request.end(photo));
      request.on("error", reject);
      request.on("response", (response) => resolve(response.resume().statusCode));
      request.flushHeaders();
    });
    expect(status).toBe(200);
  });

  test("a jobflow reads its name, type, size and hash, and can give it to another object", async () => {
    await ask("PUT", "/r1?field=manual&name=m.pdf", {
      body: photo,
      headers: { "content-type": "application/pdf" },
    });
    await json("PUT", "/r2", { type: "Rack", fields: {} });
    const source = `[file = (/r1).manual]
-> print('\${file["name"]} \${file["type"]} \${file["size"]} \${file["hash"]}')
-> [/r2.manual << file]
`;
    await json("PUT", "/flow", { type: "Jobflow", fields: { source } });
    const started = await json("POST", "/flow", {});
    expect(started.status, started.bytes.toString()).toBe(201);
    const { process } = started.body;
    await expect
      .poll(async () => (await ask("GET", process, { headers: data })).body.fields.error ?? "done")
      .toBe("done");
    const { body } = await ask("GET", `${process}?console`, { headers: data });
    expect(body.lines.map((line: { text: string }) => line.text)).toEqual([
      `m.pdf application/pdf ${photo.length} ${hashOf(photo)}`,
    ]);
    expect((await ask("GET", "/r2?field=manual")).bytes).toEqual(photo);
  });

  test("a client that breaks off leaves nothing, and no change", async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const began = new Promise((resolve) => socket.once("connect", resolve));
    await began;
    socket.write(
      `PUT /r1?field=manual HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${root}\r\n` +
        `Content-Length: 5000000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(3_000_000));
    await expect.poll(async () => (await kept()).length).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await kept()).length).toBe(0);
    expect((await ask("GET", "/r1", { headers: data })).body.revision).toBe(1);
  });

  test("a client that reads slowly holds up nobody", async () => {
    const bytes = randomBytes(8_000_000);
    await ask("PUT", "/r1?field=manual", { body: bytes });
    const slow = await fetch(`${url}/r1?field=manual`, {
      headers: { authorization: `Bearer ${root}` },
    });
    const reader = slow.body!.getReader();
    await reader.read();
    const put = await json("PATCH", "/r1", { fields: { title: "two" } });
    expect(put.status).toBe(200);
    await reader.cancel();
  });

  test("content that is not in the store any more is said to be missing", async () => {
    await ask("PUT", "/r1?field=manual", { body: photo });
    const contents = await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER));
    await house.engine.write(async (tx) => {
      for (const content of contents) await store.remove(tx, content);
    });
    const missing = await ask("GET", "/r1?field=manual", { headers: data });
    expect([missing.status, missing.body.code]).toEqual([404, "ATTACHMENT_NOT_FOUND"]);
    // The same again mends it.
    await ask("PUT", "/r1?field=manual", { body: photo });
    expect((await ask("GET", "/r1?field=manual")).bytes).toEqual(photo);
  });
});
