import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, connect, processPath } from "./client.ts";

/** Answers what the test set, and keeps what was asked. */
let server: Server;
let answer: { status: number; body: string };
let asked: { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
let client: Client;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      asked = { method, url, headers, body };
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new Client({ server: `http://127.0.0.1:${port}`, token: "secret" });
});
afterAll(() => void server.close());

test("a path becomes the address, segment by segment, with the token beside it", async () => {
  answer = { status: 200, body: "{}" };
  await client.get("/運用/a b%");
  expect(asked).toMatchObject({ method: "GET", url: "/%E9%81%8B%E7%94%A8/a%20b%25" });
  expect(asked.headers).toMatchObject({
    accept: "application/json",
    authorization: "Bearer secret",
  });
});

test("a change carries its body, its switches and the revision it is based on", async () => {
  answer = { status: 200, body: "{}" };
  await client.put("/a", { type: "Text", fields: {} }, { draft: true, parents: true, revision: 4 });
  expect(asked).toMatchObject({ method: "PUT", url: "/a?draft=true&parents=true" });
  expect(asked.headers).toMatchObject({ "if-match": '"4"', "content-type": "application/json" });
  expect(JSON.parse(asked.body)).toEqual({ type: "Text", fields: {} });
});

test("a directory is read page by page", async () => {
  answer = { status: 200, body: '{"items": [{"name": "a"}], "next": null}' };
  expect(await Array.fromAsync(client.children("/d"))).toEqual([{ name: "a" }]);
  expect(asked.url).toBe("/d?list=true");
});

test("a problem document becomes the error that it was", async () => {
  const problem = { code: "OBJECT_NOT_FOUND", detail: "no object at /a", details: { path: "/a" } };
  answer = { status: 404, body: JSON.stringify(problem) };
  await expect(client.get("/a")).rejects.toMatchObject({
    code: "OBJECT_NOT_FOUND",
    message: "no object at /a",
    details: { path: "/a" },
    exitCode: 66,
  });
});

test("who has no token is told how to get one", async () => {
  answer = { status: 401, body: '{"code": "NOT_SIGNED_IN", "detail": "sign in"}' };
  await expect(client.get("/a")).rejects.toMatchObject({
    hint: expect.stringContaining("tsunagi token create"),
  });
});

test.each([
  [502, "<html>Bad gateway</html>"],
  [200, "<html>Welcome</html>"],
  [500, '{"code": "toString"}'],
])("an answer (%i) that is not ours is said to be so", async (status, body) => {
  answer = { status, body };
  await expect(client.get("/a")).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    message: expect.stringContaining(`answers with status ${status}`),
  });
});

test("a server that is not there is named", async () => {
  const { port } = await closedServer();
  await expect(new Client({ server: `http://127.0.0.1:${port}` }).get("/a")).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    message: expect.stringContaining(`http://127.0.0.1:${port}/`),
    exitCode: 69,
  });
});

test("what is no address of a server is refused", () => {
  expect(() => connect({ server: "ftp://example.com" })).toThrow("is no address of a server");
  expect(() => connect({ server: "localhost:8080" })).toThrow("is no address of a server");
});

test("a process is named by its number or its path", () => {
  expect(processPath("17")).toBe("/process/17");
  expect(processPath("/process/17")).toBe("/process/17");
  expect(processPath("process/17")).toBe("/process/17");
  expect(() => processPath("/web/monitor")).toThrow("is no process");
});

async function closedServer(): Promise<AddressInfo> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  return address;
}
