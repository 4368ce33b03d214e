import { join } from "node:path";
import { expect, test } from "vitest";
import { readExposition, type ReadSample } from "../exposition.ts";
import { commandedServer } from "./commanded-server.ts";
import { tsunagi } from "./tsunagi.ts";

/** What an operator sees of a server: how it stands, and what it counts. */
const { folder, server, environment, call, output } = commandedServer();

async function figures(token = server.token): Promise<ReadSample[]> {
  const answer = await fetch(`${server.url}/.metrics`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readExposition(await answer.text());
}

function valueOf(
  samples: readonly ReadSample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (each) =>
      each.name === name &&
      Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  )?.value;
}

test("shows how the server stands, with names and numbers for an administrator alone", async () => {
  await expect
    .poll(async () => (await call("status")).stdout, { timeout: 60_000 })
    .toMatch(/job managers +ok/);
  const shown = await output("status");
  expect(shown).toMatch(/^PART +STATUS\nserver +ok +Tsunagi \d/);
  expect(shown).toMatch(/disk +ok +directory .*; freeBytes \d/);
  const open = await (await fetch(`${server.url}/.status?ready`)).json();
  expect(open).toMatchObject({
    status: "ok",
    isReady: true,
    parts: { engine: { status: "ok" }, database: { status: "ok" }, timers: { status: "ok" } },
  });
  expect(JSON.stringify(open)).not.toContain("details");
  const japanese = await tsunagi(["status"], { ...environment(), LC_ALL: "ja_JP.UTF-8" });
  expect(japanese.stdout).toMatch(/^部分 +状態\nサーバ +正常/);
  expect(japanese.stdout).toContain("バックアップがまだありません");
});

test("counts what it does", async () => {
  const before = await figures();
  await output(
    "object",
    "put",
    "/two",
    JSON.stringify({
      type: "Jobflow",
      fields: { source: "{ __conntype__ = 'none' | ['a'] -> ['b'] -> print('end') }" },
    }),
  );
  await output("run", "/two");
  const after = await figures();
  const grown = (name: string, labels?: Record<string, string>): number =>
    (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
  expect(grown("tsunagi_engine_processes_started_total")).toBe(1);
  expect(grown("tsunagi_engine_steps_total")).toBe(2);
  expect(grown("tsunagi_engine_turns_total")).toBeGreaterThanOrEqual(3);
  expect(grown("tsunagi_commands_total", { realm: "default", how: "done" })).toBe(2);
  expect(grown("tsunagi_engine_commit_seconds_count")).toBeGreaterThan(2);
  expect(grown("tsunagi_http_request_seconds_count", { method: "PUT", status: "201" })).toBe(1);
  expect(valueOf(after, "tsunagi_processes", { state: "waiting" })).toBe(0);
  expect(valueOf(after, "tsunagi_job_managers", { realm: "default" })).toBe(1);
  expect(valueOf(after, "tsunagi_database_file_bytes", { file: "database" })).toBeGreaterThan(0);
  for (const thread of ["gateway", "engine", "reader"]) {
    const name = "tsunagi_thread_memory_bytes";
    expect(valueOf(after, name, { thread, what: "heap_used" })).toBeGreaterThan(0);
    expect(valueOf(after, "tsunagi_thread_busy_seconds_total", { thread })).toBeGreaterThan(0);
  }
  // Nothing is told of what is in the house.
  const labels = new Set(after.flatMap((each) => Object.values(each.labels)));
  expect([...labels].filter((value) => value.includes("two"))).toEqual([]);
});

test("figures are for administrators and for tokens that are made for them", async () => {
  expect((await fetch(`${server.url}/.metrics`)).status).toBe(401);
  const data = join(folder, "data");
  const make = async (...args: string[]): Promise<string> =>
    (await output("token", "create", ...args, "--data", data)).trim();
  const token = await make("prometheus", "--metrics");
  expect(valueOf(await figures(token), "tsunagi_info")).toBe(1);
  // It opens nothing else.
  const other = await fetch(`${server.url}/.api/v1/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(other.status).toBe(401);
  const agent = await make("agent", "--job-manager");
  const refused = await fetch(`${server.url}/.metrics`, {
    headers: { authorization: `Bearer ${agent}` },
  });
  expect(refused.status).toBe(401);
});
