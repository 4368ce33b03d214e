import { beforeEach, expect, test } from "vitest";
import { PatternValue, SecretValue, type Value } from "#machine";
import { RemoteFixture, resultFixture, type ConnectionFixture } from "../remote-fixture.ts";

let at: RemoteFixture;
let manager: ConnectionFixture;
beforeEach(async () => {
  at = new RemoteFixture();
  manager = await at.connect();
});

const journal = "journal-of-here-00";
const process = 7;

async function open(context: Record<string, Value> = { __host__: "sw1" }): Promise<Value> {
  const { number } = await at.runExternal("session_open", [], { context, process });
  await at.receive(manager, resultFixture(number, ""));
  expect(at.host.outcomes.get(number)).toMatchObject({ status: 0, reason: null });
  return at.host.outcomes.get(number)?.result ?? null;
}

const step = (name: string, handle: Value, ...more: Value[]) =>
  at.runExternal(name, [handle, ...more], { process });

test("a session is opened where a command would run, and named after its number", async () => {
  const handle = await open({ __host__: "sw1", __user__: "ops", __prompt__: "ready?" });
  expect(handle).toEqual(
    new Map<string, Value>([
      ["session", 1],
      ["realm", "default"],
      ["manager", "here"],
      ["journal", journal],
    ]),
  );
  expect(manager.specOf(1)).toMatchObject({
    kind: "session",
    session: 1,
    process,
    prompt: "ready\\?\\s?$",
    work: { kind: "open", target: { kind: "ssh", host: "sw1", user: "ops" } },
  });
});

test("lines and what is read of them are steps with numbers of their own", async () => {
  const handle = await open();
  const sent = await step("session_send", handle, new SecretValue("geheim"));
  expect(manager.specOf(sent.number)).toMatchObject({
    session: 1,
    work: { kind: "send", text: "geheim" },
  });
  await at.receive(manager, resultFixture(sent.number, ""));
  expect(at.host.outcomes.get(sent.number)).toMatchObject({ status: 0, result: null, error: null });
  const context = { __timeout__: 5, __prompt__: new PatternValue("r", "^x$") };
  const read = await at.runExternal("session_read", [handle], { process, context });
  expect(manager.specOf(read.number)).toMatchObject({
    timeoutMs: 5000,
    prompt: "^x$",
    work: { kind: "read" },
  });
  await at.receive(manager, resultFixture(read.number, "line 1\n"));
  expect(at.host.outcomes.get(read.number)).toMatchObject({ status: 0, result: "line 1\n" });
});

test("what is no text cannot be sent, and a root shell is not had by a setting", async () => {
  const handle = await open();
  expect((await step("session_send", handle, null)).failed).toMatchObject({ reason: "evaluation" });
  expect((await step("session_read", "no session")).failed).toMatchObject({ reason: "evaluation" });
  const context = { __sudo__: true };
  expect((await at.runExternal("session_open", [], { context })).failed).toMatchObject({
    reason: "evaluation",
    error: expect.stringContaining("send 'sudo -i'"),
  });
});

test("a step goes to the job manager that has the session, also after a restart of the server", async () => {
  const handle = await open();
  await at.connect({ name: "other", journal: "journal-of-other-0" });
  at.restart();
  const other = await at.connect({ name: "other", journal: "journal-of-other-0" });
  const { number } = await step("session_send", handle, "x");
  expect(other.runs).toEqual([]);
  manager = await at.connect({ sessions: [{ session: 1, process }], highest: 1 });
  expect(manager.runs).toEqual([number]);
  expect(manager.closes).toEqual([]);
});

test("a job manager that does not come back leaves the session unreachable", async () => {
  const handle = await open();
  at.remote.disconnected(manager);
  const { number } = await step("session_send", handle, "x");
  await at.pass(120_000);
  expect(at.host.outcomes.get(number)).toMatchObject({
    reason: "unreachable",
    error: "the job manager 'here', which has the session, was not connected for 120 s",
  });
});

test("to close a session waits for nobody; a job manager that was away is told when it comes back", async () => {
  const handle = await open();
  at.remote.disconnected(manager);
  const { number } = await step("session_close", handle);
  expect(at.host.outcomes.get(number)).toMatchObject({ status: 0, reason: null });
  manager = await at.connect({ sessions: [{ session: 1, process }], highest: 1 });
  expect(manager.closes).toEqual([1]);
});

test("what an ended process left open is closed, now or when its job manager comes back", async () => {
  await open();
  at.remote.processEnded(process);
  at.remote.processEnded(process);
  expect(manager.closes).toEqual([]);
  await at.pass(0);
  expect(manager.closes).toEqual([1]);

  at.endedProcesses.add(process);
  at.restart();
  manager = await at.connect({ sessions: [{ session: 1, process }], highest: 1 });
  expect(manager.closes).toEqual([1]);
});

test("a session that was closed by its own process is not closed twice", async () => {
  const handle = await open();
  const { number } = await step("session_close", handle);
  await at.receive(manager, resultFixture(number, ""));
  at.remote.processEnded(process);
  await at.pass(0);
  expect(manager.closes).toEqual([]);
});

test("a session that is open when nobody waits for it any more is closed", async () => {
  const { number } = await at.runExternal("session_open", [], { process });
  // The process gives up while the result is on its way to the disk.
  let pass = () => {};
  at.host.gate = new Promise((resolve) => (pass = resolve));
  at.remote.received(manager, [resultFixture(number, "")]);
  at.host.open.delete(number);
  pass();
  await at.pass(0);
  expect(manager.closes).toEqual([number]);
});

test("a job manager that ends still takes the steps of its sessions", async () => {
  const handle = await open();
  await at.receive(manager, { kind: "draining" });
  const { number } = await step("session_send", handle, "x");
  expect(manager.runs).toContain(number);
  await at.receive(manager, { kind: "returned", number });
  expect(at.host.outcomes.get(number)).toMatchObject({
    reason: "unreachable",
    error: expect.stringContaining("is being stopped"),
  });
});
