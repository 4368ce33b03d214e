import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  endCounting,
  expectCountedOnce,
  fieldsOf,
  linesOf,
  startCounting,
} from "./counting-flow.ts";
import { ServerProcess } from "./server-process.ts";

/** kill -9 of the server around what people order: suspend, resume, run again, and more processes than may run at once. */
const rounds = 4;
// A command of the flow takes some ten milliseconds: kills meet all of its steps.
const momentMaxMs = 150;
const patience = { timeout: 60_000 };

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-life-"));
  server = new ServerProcess(join(folder, "data"));
  await server.start();
});

afterAll(async () => {
  await server.stop(join(folder, "data", "job-manager"));
  rmSync(folder, { recursive: true, force: true });
});

async function killAndStart(): Promise<void> {
  await server.kill();
  await server.start();
}

const stateOf = async (process: string) => (await fieldsOf(server, process)).state;
const moment = () => delay(Math.random() * momentMaxMs);

test("a process that is suspended and resumed makes each of its steps once, whenever the server is killed", async () => {
  const file = join(folder, "counted");
  const counter = await startCounting(server, file);
  for (let round = 0; round < rounds; round += 1) {
    await moment();
    await server.client.suspend(counter, `round ${round}`);
    await killAndStart();
    expect(await fieldsOf(server, counter)).toMatchObject({
      state: "suspended",
      suspended: { by: "root", reason: `round ${round}` },
    });
    // The command that ran has ended by now, or will; nothing follows it.
    await moment();
    const steps = linesOf(file).length;
    await moment();
    expect(linesOf(file).length).toBeLessThanOrEqual(steps + 1);
    await server.client.resume(counter);
    await killAndStart();
    await expect.poll(() => linesOf(file).length, patience).toBeGreaterThan(steps + 1);
  }
  await endCounting(server);
  await expect.poll(() => stateOf(counter), patience).toBe("done");
  await expectCountedOnce(server, counter, file);
}, 240_000);

test("processes that wait for their turns begin one after the other, each once", async () => {
  const file = join(folder, "turns");
  const source = `|n| ["echo begin $n >> ${file}"] -> ['sleep 0.05'] -> ["echo end $n >> ${file}"]`;
  await server.client.put("/single", { type: "Jobflow", fields: { source, processes_max: 1 } });
  const started: string[] = [];
  for (let n = 1; n <= 10; n += 1) {
    started.push(await server.client.start("/single", { n }));
    if (n % 3 === 0) {
      await moment();
      await killAndStart();
    }
  }
  const last = started.at(-1) ?? "";
  await expect.poll(() => stateOf(last), patience).toBe("done");
  const expected = started.flatMap((_, index) => [`begin ${index + 1}`, `end ${index + 1}`]);
  expect(linesOf(file)).toEqual(expected);
}, 120_000);

test("a process that is done again from its failed job does what was done before not once more", async () => {
  const [file, flag] = [join(folder, "again"), join(folder, "flag")];
  const source = `["echo first >> ${file}"] -> [n = 41] -> ["test -e ${flag}"] -> [n = n + 1] -> ["echo $n >> ${file}"]`;
  await server.client.put("/again", { type: "Jobflow", fields: { source } });
  const failed = await server.client.start("/again", {});
  await expect.poll(() => stateOf(failed), patience).toBe("aborted");
  await killAndStart();
  writeFileSync(flag, "");
  const again = await server.client.rerun(failed, "failed");
  await killAndStart();
  await expect.poll(() => stateOf(again), patience).toBe("done");
  expect(linesOf(file)).toEqual(["first", "42"]);
  expect(await fieldsOf(server, failed)).toMatchObject({ state: "aborted", rerunBy: again });
}, 120_000);
