/**
 * The engine on SQLite: durable steps (DESIGN section 9), with a job manager in the engine's own thread and with a server and a job
 * manager as operators start them; one step alone; a message's way to its first command; what a parked process takes on disk; and
 * how long after a kill -9 all go on. Beside them what the disk and the database could do at most.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { readPid } from "../src/cli/job-manager-pid.ts";
import { ServerProcess } from "../test/crash/server-process.ts";
import { bench as alert } from "./alert.ts";
import { cpuTimeMs } from "./engine/cpu-time.ts";
import { startEmbeddedProcess } from "./engine/embedded-process.ts";
import { parked, parkers, runners, running, wave } from "./engine/flows.ts";
import { measureLimits } from "./engine/limits.ts";
import type { Bench, Measured } from "./main.ts";

const stepsPerProcess = 10;
const processesAtOnce = 1000;

/** Something that runs a flow to its end, and the programs that do it. */
interface Subject {
  name: string;
  pids: readonly number[];
  run: (path: string, parameters: Record<string, number>) => Promise<void>;
}

export const bench: Bench = {
  summary: "durable steps, latency, parked processes and recovery on SQLite",
  async prepare(scene) {
    const { cleanup, isQuick } = scene;
    const embedded = await startEmbeddedProcess(cleanup, directoryFor(cleanup));
    const inside: Subject = { name: "", pids: [embedded.pid], run: embedded.run };
    const server = await startServer(cleanup);
    const beside: Subject = await subjectOf(server);
    const measureAlert = await alert.prepare({ ...scene, note: () => undefined });
    return async () => [
      ...(await measureSteps(inside, { limits: measureLimits() })),
      ...(await measureSteps(beside, {})),
      ...(await measureOneStep(inside, isQuick ? 100 : 1000)),
      ...(await measureOneStep(beside, isQuick ? 100 : 1000)),
      ...(await measureAlert()).map(({ name, unit, value }) => ({
        name: name.replace("alert/", "engine/"),
        unit,
        value,
        peers: {},
      })),
      await measureParked(server, isQuick ? 1000 : 10_000),
      await measureRecovery(isQuick ? 1000 : 10_000),
    ];
  },
};

async function measureSteps(
  { name, pids, run }: Subject,
  { limits = {} }: { limits?: Record<string, number> },
): Promise<Measured[]> {
  const steps = processesAtOnce * stepsPerProcess;
  const cpuBefore = sum(pids.map(cpuTimeMs));
  const begun = performance.now();
  await run(wave.path, { processes: processesAtOnce, steps: stepsPerProcess });
  const ms = performance.now() - begun;
  const cpuMs = sum(pids.map(cpuTimeMs)) - cpuBefore;
  return [
    figure(`engine/durable-steps/sqlite${name}`, "1/s", (steps * 1000) / ms, limits),
    figure(`engine/processes/sqlite${name}`, "1/s", (processesAtOnce * 1000) / ms),
    figure(`engine/step-cpu${name}`, "µs", (cpuMs * 1000) / steps),
  ];
}

async function measureOneStep({ name, run }: Subject, steps: number): Promise<Measured[]> {
  const begun = performance.now();
  await run(wave.path, { processes: 1, steps });
  return [figure(`engine/step-alone${name}`, "ms", (performance.now() - begun) / steps)];
}

interface StartedServer {
  process: ServerProcess;
  data: string;
}

async function startServer(cleanup: AsyncDisposableStack): Promise<StartedServer> {
  const data = directoryFor(cleanup);
  const server = new ServerProcess(data);
  cleanup.defer(() => server.stop(join(data, "job-manager")));
  await server.start();
  await server.client.put("/nobody", { type: "Channel", fields: {} });
  // What another one calls stands before it.
  for (const { path, source } of [wave, parked, parkers, running, runners]) {
    await server.client.put(path, { type: "Jobflow", fields: { source } });
  }
  return { process: server, data };
}

async function subjectOf({ process, data }: StartedServer): Promise<Subject> {
  const { pid } = JSON.parse(await readFile(join(data, "server.json"), "utf8")) as { pid: number };
  const manager = await untilFound(() => readPid(join(data, "job-manager")));
  return {
    name: "/job-manager",
    pids: [pid, manager],
    run: (path, parameters) => runOn(process, path, parameters),
  };
}

async function runOn(
  { client }: ServerProcess,
  path: string,
  parameters: Record<string, number>,
): Promise<void> {
  const started = await client.start(path, parameters);
  await untilFound(async () => {
    const { fields } = await client.get(started);
    if (fields["endedAt"] === null) return undefined;
    if (fields["state"] !== "done")
      throw new Error(`${path} is ${JSON.stringify(fields["state"])}`);
    return true;
  });
}

/** What the file grows by for each process that waits for a message. */
async function measureParked(
  { process, data }: StartedServer,
  processes: number,
): Promise<Measured> {
  const before = bytesOf(data);
  await runOn(process, parkers.path, { processes });
  await untilFound(() => (countOf(data, "waiter") % processes === 0 ? true : undefined));
  return figure("engine/parked-bytes", "B", (bytesOf(data) - before) / processes);
}

/** From the start of a server to a further turn of each process that ran when the last one was killed. */
async function measureRecovery(processes: number): Promise<Measured> {
  await using cleanup = new AsyncDisposableStack();
  const { process: server, data } = await startServer(cleanup);
  await runOn(server, runners.path, { processes });
  await untilFound(() => (turnsOf(data).size >= processes ? true : undefined));
  await server.kill();
  const turns = turnsOf(data);
  const begun = performance.now();
  await server.start();
  await untilFound(() => {
    const now = turnsOf(data);
    return [...turns].every(([id, turn]) => (now.get(id) ?? 0) > turn) ? true : undefined;
  });
  return figure(`engine/recovery/${processes}`, "ms", performance.now() - begun);
}

function turnsOf(data: string): Map<number, number> {
  const rows = ask(data, "select id, turn from process where state = 'running'");
  return new Map(rows.map(({ id, turn }) => [Number(id), Number(turn)]));
}

function countOf(data: string, table: "waiter"): number {
  return Number(ask(data, `select count(*) as count from ${table}`)[0]?.["count"]);
}

function bytesOf(data: string): number {
  const [pages] = ask(
    data,
    "select (page_count - freelist_count) * page_size as bytes from pragma_page_count, pragma_freelist_count, pragma_page_size",
  );
  return Number(pages?.["bytes"]);
}

/** Of the server's own file, beside it. */
function ask(data: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(data, "tsunagi.sqlite"), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const lookEveryMs = 5;
const patienceMs = 120_000;

async function untilFound<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error("it did not happen within two minutes");
    await delay(lookEveryMs);
  }
}

function directoryFor(cleanup: AsyncDisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), "tsunagi-bench-"));
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function figure(
  name: string,
  unit: string,
  value: number,
  peers: Record<string, number> = {},
): Measured {
  return { name, unit, value, peers };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
