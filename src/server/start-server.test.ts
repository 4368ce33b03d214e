import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalToken } from "./local-token.ts";
import { startServer } from "./start-server.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "tsunagi-start-"));
});
afterEach(() => rmSync(data, { recursive: true }));

const start = () => startServer({ data, port: 0, host: "127.0.0.1", adminPassword: "geheim" });
const threads = () =>
  process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;

test("a start that fails leaves no thread behind, and the next one finds the directory free", async () => {
  await (await start()).stop();
  const key = readFileSync(join(data, "key"), "utf8");
  const before = threads();
  writeFileSync(join(data, "key"), `${Buffer.alloc(32).toString("base64")}\n`);
  await expect(start()).rejects.toMatchObject({ code: "KEY_FILE_INVALID" });
  expect(threads()).toBe(before);
  rmSync(join(data, "key"));
  await expect(start()).rejects.toMatchObject({ code: "KEY_FILE_INVALID" });
  expect(existsSync(join(data, "key"))).toBe(false);
  writeFileSync(join(data, "key"), key);
  await (await start()).stop();
});

test("the password that a first start makes is not lost with one that found the port in use", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const first = { data, port, host: "127.0.0.1" };
  await expect(startServer(first)).rejects.toMatchObject({ code: "PORT_IN_USE" });
  await new Promise((resolve) => other.close(resolve));
  const server = await startServer(first);
  expect(server.generatedPassword).not.toBeNull();
  await server.stop();
});

test("a token is made for a server that was there, and nothing is made where none was", async () => {
  const wrong = join(data, "wrong");
  await expect(createLocalToken({ data: wrong, name: "me" })).rejects.toMatchObject({
    code: "OBJECT_NOT_FOUND",
    hint: expect.stringContaining("--data"),
  });
  expect(existsSync(wrong)).toBe(false);
  const server = await start();
  expect((await createLocalToken({ data, name: "me" })).token).not.toBe("");
  await server.stop();
});
