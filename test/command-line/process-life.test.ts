import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fieldsOf, linesOf } from "../crash/counting-flow.ts";
import { commandedServer } from "./commanded-server.ts";

/** Suspending, cancelling and running again, as an operator does it. */
const { folder, server, environment, call, output } = commandedServer();

async function put(path: string, source: string, fields: Record<string, string | number> = {}) {
  await server.client.put(path, { type: "Jobflow", fields: { source, ...fields } });
}

async function start(path: string, parameters: Record<string, string> = {}): Promise<string> {
  return (await server.client.start(path, parameters)).slice("/process/".length);
}

const fields = (id: string) => fieldsOf(server, `/process/${id}`);

async function ended(id: string) {
  await expect.poll(async () => (await fields(id)).endedAt).not.toBeNull();
  return fields(id);
}

/** Makes a user, and gives what posts as that one. */
async function signedIn(name: string) {
  const password = "correct horse battery";
  execFileSync("bin/tsunagi", ["user", "create", name, "--password"], {
    input: `${password}\n`,
    env: { ...process.env, ...environment() },
  });
  const post = (address: string, body: object, cookie = "") =>
    fetch(server.url + address, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url, cookie },
      body: JSON.stringify(body),
    });
  const { headers } = await post("/.login", { name, password });
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  return async (address: string) => {
    const response = await post(address, {}, cookie);
    return { status: response.status, body: await response.json() };
  };
}

describe("a process of which an operator says how it goes on", () => {
  test("is suspended with a reason, and goes on when it is resumed", async () => {
    await server.client.put("/letters", { type: "Channel", fields: {} });
    await put("/listen", "<./letters> -> print($RESULT)");
    const id = await start("/listen");
    expect(await output("suspend", id, "--reason", "maintenance")).toBe("");
    expect(await output("suspend", id)).toBe("");
    expect(await output("ps", "--state", "suspended")).toMatch(
      /suspended +\/listen .*suspended by root: maintenance/,
    );
    expect(await fields(id)).toMatchObject({
      state: "suspended",
      suspended: { by: "root", reason: "maintenance" },
      waitsFor: "message on /letters",
      held: null,
    });
    await server.client.post("/letters", "hello");
    expect(await output("resume", id)).toBe("");
    expect(await ended(id)).toMatchObject({ state: "done", suspended: null });
    expect(await output("log", id)).toBe("hello\n");
    const late = await call("resume", id);
    expect(late.stderr).toContain("error[PROCESS_ENDED]");
  });

  test("is cancelled with a reason, and what it runs is stopped", async () => {
    const file = join(folder, "never");
    await put("/long", `['sleep 60; touch ${file}']`);
    const id = await start("/long");
    await expect.poll(async () => (await fields(id)).state).toBe("running");
    await output("cancel", id, "--reason", "no longer needed");
    expect(await fields(id)).toMatchObject({
      state: "cancelled",
      error: "cancelled by root: no longer needed",
    });
    expect(existsSync(file)).toBe(false);
  });

  test("is done again from the failed job with what it knew, or from the start with its parameters", async () => {
    const [log, flag] = [join(folder, "log"), join(folder, "flag")];
    await put(
      "/deploy",
      `|host| [n = 1] -> ["echo begin $host >> ${log}"] -> [n = n + 1] -> ["test -e ${flag}"] -> ["echo end $host $n >> ${log}"]`,
    );
    const id = await start("/deploy", { host: "web01" });
    expect(await ended(id)).toMatchObject({ state: "aborted" });
    writeFileSync(flag, "");
    const again = (await output("rerun", id, "--from-failed")).trim();
    expect(await ended(again.slice("/process/".length))).toMatchObject({
      state: "done",
      rerunOf: `/process/${id}`,
    });
    expect(await fields(id)).toMatchObject({ rerunBy: again });
    expect(linesOf(log)).toEqual(["begin web01", "end web01 2"]);

    const whole = JSON.parse(await output("rerun", id, "--json")) as { process: string };
    expect(await ended(whole.process.slice("/process/".length))).toMatchObject({ state: "done" });
    expect(linesOf(log).slice(2)).toEqual(["begin web01", "end web01 2"]);

    const other = await call("rerun", whole.process, "--from-failed");
    expect(other.stderr).toContain("error[NOT_RERUNNABLE]");
    const set = await output("rerun", id, "--from-failed", "--set", "host=web02");
    await ended(set.trim().slice("/process/".length));
    expect(linesOf(log).at(-1)).toBe("end web02 2");
  });

  test("runs again only for who may execute the jobflow and change the process", async () => {
    await put("/own", "abort('no')");
    const alice = await signedIn("alice");
    await output("grant", "/own", "user:alice", "read");
    await output("grant", "/own", "user:alice", "execute");
    const { process: hers } = (await alice("/own")).body as { process: string };
    const roots = await start("/own");
    await ended(hers.slice("/process/".length));
    await ended(roots);
    expect(await alice(`${hers}?rerun=failed`)).toMatchObject({ status: 202 });
    for (const order of ["rerun=start", "suspend", "resume", "cancel"]) {
      expect(await alice(`/process/${roots}?${order}`)).toMatchObject({ status: 403 });
    }
    await output("revoke", "/own", "user:alice", "execute");
    expect(await alice(`${hers}?rerun=start`)).toMatchObject({ status: 403 });
    expect(await alice(`${hers}?rerun=failed`)).toMatchObject({ status: 403 });
    const id = await start("/own");
    await ended(id);
    const refused = await call("rerun", id, "--set", "x=1");
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain("--set goes with --from-failed");
    const live = await start("/listen");
    expect((await call("rerun", live)).stderr).toContain("has not ended: it is waiting");
    await output("cancel", live);
  });
});

test("a jobflow that may run once lets others wait for their turns, and is listed by its runs", async () => {
  await put("/once", "|n| <./letters> -> print(n)", { processes_max: 1 });
  const ids = [await start("/once", { n: "1" }), await start("/once", { n: "2" })];
  expect(await output("ps", "--jobflow", "/once")).toMatch(
    /waiting +\/once .*its turn: at most 1 of \/once at once/,
  );
  for (const id of ids) {
    await server.client.post("/letters", "go");
    expect(await ended(id)).toMatchObject({ state: "done" });
  }
  expect((await output("ps", "--all", "--jobflow", "/once")).match(/done/g)).toHaveLength(2);
  await put("/single", "<./letters>", { processes_max: 1, when_full: "refuse" });
  const single = await start("/single");
  const second = await call("run", "/single");
  expect(second.stderr).toContain("error[PROCESS_LIMIT]");
  await output("cancel", single);
});
