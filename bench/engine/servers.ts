/** Servers as operators start them, with their job managers, and what their data says of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { readPid } from "../../src/cli/job-manager-pid.ts";
import { ServerProcess } from "../../test/crash/server-process.ts";
import { parked, parkers, runners, running, wave } from "./flows.ts";

export interface StartedServer {
  process: ServerProcess;
  data: string;
}

/** On SQLite, with the flows that are measured. */
export async function startServer(cleanup: AsyncDisposableStack): Promise<StartedServer> {
  const data = directoryFor(cleanup);
  const server = new ServerProcess(data);
  cleanup.defer(() => server.stop(join(data, "job-manager")));
  await server.start();
  await putFlows(server);
  return { process: server, data };
}

export async function putFlows({ client }: ServerProcess): Promise<void> {
  await client.put("/nobody", { type: "Channel", fields: {} });
  // What another one calls stands before it.
  for (const { path, source } of [wave, parked, parkers, running, runners]) {
    await client.put(path, { type: "Jobflow", fields: { source } });
  }
}

/** The processes of a server and of the job manager beside it. */
export async function pidsOf({ process, data }: StartedServer): Promise<number[]> {
  return [process.pid, await untilFound(() => readPid(join(data, "job-manager")))];
}

/** Resolves when the flow has ended. */
export async function runOn(
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

/** Asks a server's own file, beside it. */
export function ask(data: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(data, "tsunagi.sqlite"), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const lookEveryMs = 5;
const patienceMs = 600_000;

export async function untilFound<T>(
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error("it did not happen within ten minutes");
    await delay(lookEveryMs);
  }
}

export function directoryFor(cleanup: AsyncDisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), "tsunagi-bench-"));
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
