import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandedServer } from "./commanded-server.ts";

/** Users, groups and rights, as an administrator sets them up one after another. */
const { folder, server, environment, call, output } = commandedServer();

/** With something on standard input. */
function fed(input: string, ...args: string[]): string {
  return execFileSync("bin/tsunagi", args, {
    input,
    env: { ...process.env, ...environment() },
    encoding: "utf8",
  });
}

const signIn = (name: string, password: string) =>
  fetch(`${server.url}/.login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password }),
  });

test("users and groups are made, get rights, and lose them", async () => {
  expect(
    fed("correct horse\n", "user", "create", "alice", "--email", "alice@example.com", "--password"),
  ).toBe("/system/users/alice\n");
  expect((await signIn("alice", "correct horse")).status).toBe(200);
  await output("user", "create", "bob", "--full-name", "Bob Example");
  await output("group", "create", "operators", "--description", "Night shift");
  expect(await output("group", "add", "operators", "alice", "bob")).toBe("operators: alice, bob\n");
  expect(await output("user", "list")).toMatch(/alice +- +alice@example.com +operators/);
  await output("object", "put", "/web", '{"type": "Directory"}');
  await output("object", "put", "/web/servers", '{"type": "Directory"}');
  expect(await output("grant", "/web", "group:operators", "read")).toBe(
    "group:operators may read /web\n",
  );
  expect(await output("grant", "/web/servers", "user:bob", "write")).toBe(
    "user:bob may write /web/servers\n",
  );
  const report = await output("rights", "/web/servers");
  expect(report).toMatch(/alice +read +group:operators: read on \/web/);
  expect(report).toMatch(/bob +read,write +user:bob: write on \/web\/servers; group:operators/);
  expect(await output("rights", "--user", "bob")).toMatch(/\/web\/servers +write +user:bob/);
  expect(await output("rights", "/web", "--user", "bob", "--may", "write")).toContain(
    "bob may not write /web: no grant on it or above it gives that; bob has only read there",
  );
  expect(await output("group", "remove", "operators", "bob")).toBe("operators: alice\n");
  expect(await output("revoke", "/web/servers", "user:bob", "write")).toBe(
    "nothing is granted to user:bob on /web/servers\n",
  );
  expect(await output("history", "/web/servers")).toContain("user:bob");
});

test("who is disabled is out at once, and the last administrator stays", async () => {
  fed("correct horse", "user", "create", "carol", "--password");
  const { headers } = await signIn("carol", "correct horse");
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  const me = () => fetch(`${server.url}/.api/v1/me`, { headers: { cookie } });
  expect((await me()).status).toBe(200);
  await output("user", "disable", "carol");
  expect((await me()).status).toBe(401);
  expect((await signIn("carol", "correct horse")).status).toBe(401);
  await output("user", "enable", "carol");
  fed("battery staple", "user", "password", "carol");
  expect((await signIn("carol", "battery staple")).status).toBe(200);
  const told = await output("history", "/system/users/carol");
  expect(told).toContain("disabled: false → true");
  expect(told).not.toContain("battery");
  expect(await call("user", "disable", "root", "--force")).toMatchObject({
    status: 73,
    stderr: expect.stringContaining("LAST_MANAGER"),
  });
});

test.each([
  [["grant", "/web", "alice", "read"], "is nobody to grant rights to"],
  [["grant", "/web", "user:alice", "reed"], "'reed' is no right"],
  [["grant", "/web", "user:nobody", "read"], "there is no user 'nobody'"],
  [["rights"], "rights of what, or of whom?"],
  [["user", "create", "a/b"], "is no name"],
  [["user", "change", "alice", "--email", "not mail"], "field 'email'"],
  [["group", "add", "operators", "nobody"], "there is no user 'nobody'"],
  [["user", "create", "root"], "there is a user 'root' already"],
])("%j is refused in a sentence", async (args, message) => {
  const { status, stderr } = await call(...args);
  expect(status).not.toBe(0);
  expect(stderr).toContain(message);
});

test("a password is at least eight characters, and never an argument", async () => {
  writeFileSync(join(folder, "short"), "short");
  expect(() => fed("short", "user", "create", "dora", "--password")).toThrow("password");
});
