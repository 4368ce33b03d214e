import { beforeEach, expect, test } from "vitest";
import { ObjectValue, SecretValue } from "#machine";
import { RemoteFixture, resultFixture, type ConnectionFixture } from "./remote-fixture.ts";

/** Hosts that are reached through others: the field `jump` of a node, or `__jump__`. */
let at: RemoteFixture;
let manager: ConnectionFixture;
const node = (name: string) => new ObjectValue(0, `/${name}`, "Server");

beforeEach(async () => {
  at = new RemoteFixture();
  manager = await at.connect();
  at.nodes.set("/web01", { host: "web01", jump: node("inner") });
  at.nodes.set("/inner", { host: "inner", port: 2222, jump: node("outer"), account: node("ops") });
  at.nodes.set("/outer", { host: "outer", user: "guest" });
  at.nodes.set("/ops", { user: "ops", password: new SecretValue("geheim") });
});

function targetOf(number: number) {
  const spec = manager.specOf(number);
  return spec !== undefined && "target" in spec ? spec.target : undefined;
}

test("the way is followed from node to node, each with its own account", async () => {
  at.knownHosts.set("outer:22", "ssh-ed25519 AAAA");
  const { number } = await at.run("uptime", { __node__: node("web01"), __user__: "root" });
  expect(targetOf(number)).toMatchObject({
    host: "web01",
    user: "root",
    jumps: [
      { host: "outer", port: 22, user: "guest", password: null, hostKey: "ssh-ed25519 AAAA" },
      { host: "inner", port: 2222, user: "ops", password: "geheim", hostKey: null },
    ],
  });
});

test("the first keys of all hosts that were not known are recorded", async () => {
  const { number } = await at.run("uptime", { __node__: node("web01") });
  const message = resultFixture(number, "", "ssh-ed25519 CCCC");
  if (message.kind === "result") message.result.jumpHostKeys = [null, "ssh-ed25519 BBBB"];
  await at.receive(manager, message);
  expect(Object.fromEntries(at.knownHosts)).toEqual({
    "inner:2222": "ssh-ed25519 BBBB",
    "web01:22": "ssh-ed25519 CCCC",
  });
});

test("an explicit way wins, and null is the straight one", async () => {
  const other = await at.run("uptime", { __node__: node("web01"), __jump__: node("outer") });
  expect(targetOf(other.number)).toMatchObject({ jumps: [{ host: "outer" }] });
  const straight = await at.run("uptime", { __node__: node("web01"), __jump__: null });
  expect(targetOf(straight.number)).not.toHaveProperty("jumps");
  const host = await at.run("uptime", { __host__: "db01", __jump__: node("outer") });
  expect(targetOf(host.number)).toMatchObject({ host: "db01", jumps: [{ host: "outer" }] });
});

test("a way that has no end, or leads over no host, fails before anything leaves", async () => {
  at.nodes.set("/outer", { host: "outer", jump: node("inner") });
  expect((await at.run("uptime", { __node__: node("web01") })).failed).toMatchObject({
    reason: "evaluation",
    error: "the way to the host has no end: /inner → /outer → /inner (field 'jump')",
  });
  at.nodes.set("/outer", { user: "guest" });
  expect((await at.run("uptime", { __node__: node("web01") })).failed).toMatchObject({
    reason: "evaluation",
    error: expect.stringContaining("no field 'host'"),
  });
  const text = await at.run("uptime", { __host__: "web01", __jump__: "outer" });
  expect(text.failed?.error).toBe("__jump__ must be an object, such as /nodes/web01");
  expect(manager.runs).toEqual([]);
});
