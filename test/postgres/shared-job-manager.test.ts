import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consoleOf, fieldsOf, linesOf } from "../crash/counting-flow.ts";
import type { ServerProcess } from "../crash/server-process.ts";
import { ServerGroup } from "./server-group.ts";

/** Two servers, and a job manager that is connected to the first one: it serves the processes of both. */

let group: ServerGroup;
let first: ServerProcess;
let second: ServerProcess;

beforeAll(async () => {
  group = await ServerGroup.start(2, 1);
  [first, second] = group.servers as [ServerProcess, ServerProcess];
});

afterAll(() => group.stop());

const count = `
|file| |steps|
{ for n in range(steps) | ["echo $n >> \${sh(file)}"] -> print('step $n') }`;

test("commands of a server without a job manager are run by the one of the other, in order and once", async () => {
  await expect
    .poll(async () => [...(await group.shards()).values()], { timeout: 30_000 })
    .toEqual([128, 128]);
  const file = join(group.folder, "counted");
  await second.client.put("/count", { type: "Jobflow", fields: { source: count } });
  const process = await second.client.start("/count", { file, steps: 20 });
  await ended(process);
  expect((await fieldsOf(first, process)).state).toBe("done");
  const steps = Array.from({ length: 20 }, (_, n) => n);
  expect(linesOf(file)).toEqual(steps.map(String));
  expect(await consoleOf(first, process)).toEqual(steps.map((n) => `step ${n}`));
}, 120_000);

test("a process is steered through any server, and its command ended where it runs", async () => {
  const file = join(group.folder, "pid");
  const source = `|file| ["sh -c 'echo \\$PPID' > \${sh(file)}; sleep 300"]`;
  await second.client.put("/long", { type: "Jobflow", fields: { source } });
  const process = await second.client.start("/long", { file });
  await expect
    .poll(() => existsSync(file) && readFileSync(file, "utf8"), { timeout: 30_000 })
    .toMatch(/\d+\n/);
  await first.client.cancel(process);
  expect((await fieldsOf(second, process)).state).toBe("cancelled");
  await expect(first.client.cancel(process)).rejects.toMatchObject({ code: "PROCESS_ENDED" });
  await expect
    .poll(() => existsSync(`/proc/${readFileSync(file, "utf8").trim()}`), { timeout: 30_000 })
    .toBe(false);
}, 120_000);

test("whoever watches on one server is told what changes on the other", async () => {
  const client = second.client;
  await client.put("/inbox", { type: "Channel", fields: {} });
  const source = "<./inbox> -> print('got $RESULT')";
  await client.put("/listen", { type: "Jobflow", fields: { source } });
  const process = await client.start("/listen", {});
  const topic = process.slice(1);
  const hints: string[] = [];
  const socket = new WebSocket(`${first.url.replace("http", "ws")}/.api/v1/live`, {
    headers: { authorization: `Bearer ${first.token}` },
  });
  socket.on("message", (data) => hints.push((data as Buffer).toString()));
  await new Promise((resolve) => socket.on("open", resolve));
  socket.send(JSON.stringify({ watch: topic }));
  // A watch begins with a hint.
  await expect.poll(() => hints, { timeout: 30_000 }).toEqual([JSON.stringify({ changed: topic })]);
  await client.post("/inbox", "x");
  await expect.poll(() => hints.length, { timeout: 30_000 }).toBeGreaterThan(1);
  socket.close();
  await ended(process);
  expect(await consoleOf(first, process)).toEqual(["got x"]);
}, 120_000);

async function ended(process: string): Promise<void> {
  await expect
    .poll(async () => (await fieldsOf(first, process)).endedAt, { timeout: 60_000 })
    .not.toBeNull();
}
