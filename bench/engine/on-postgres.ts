/** The wave on PostgreSQL: by one, two and three servers, and by the peers, each in a database of its own of the same PostgreSQL. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServerProcess } from "../../test/crash/server-process.ts";
import {
  createDatabase,
  startPostgres,
  type PostgresServer,
} from "../../test/fixtures/postgres.ts";
import { cpuTimeWithChildrenMs } from "./cpu-time.ts";
import { startLineProcess } from "./line-process.ts";
import { directoryFor, pidsOf, putFlows, runOn, type StartedServer } from "./servers.ts";
import type { Subject } from "./subject.ts";

const sharedMegabytes = 512;
const peerNames = ["dbos", "graphile-worker"] as const;

export interface OnPostgres {
  subjects: Subject[];
  peers: Subject[];
}

export async function startOnPostgres(
  cleanup: AsyncDisposableStack,
  serverCounts: readonly number[],
): Promise<OnPostgres> {
  const postgres = await startPostgres({ isDurable: true, sharedMegabytes });
  cleanup.defer(() => postgres.stop());
  const databaseCpuMs = () => cpuTimeWithChildrenMs(postgres.pid());
  const peers: Subject[] = [];
  for (const name of peerNames) {
    const program = fileURLToPath(new URL(`./peers/${name}.ts`, import.meta.url));
    const url = await createDatabase(postgres.url, name);
    const { pid, run } = await startLineProcess(cleanup, [program, url]);
    peers.push({ name, pids: [pid], databaseCpuMs, run });
  }
  const subjects: Subject[] = [];
  for (const count of serverCounts) {
    const servers = await startServers(cleanup, postgres, count);
    const pids = (await Promise.all(servers.map(pidsOf))).flat();
    const name = count === 1 ? "postgres" : `postgres/${count}-servers`;
    subjects.push({
      name,
      pids,
      databaseCpuMs,
      run: (path, more) => runOnAll(servers, path, more),
    });
  }
  return { subjects, peers };
}

/** Each has its part of the processes. */
async function runOnAll(
  servers: readonly StartedServer[],
  path: string,
  { processes = 0, ...more }: Record<string, number>,
): Promise<void> {
  const parts = servers.map((_, n) => Math.ceil((processes - n) / servers.length));
  await Promise.all(
    servers.map(({ process }, n) => runOn(process, path, { ...more, processes: parts[n] ?? 0 })),
  );
}

async function startServers(
  cleanup: AsyncDisposableStack,
  postgres: PostgresServer,
  count: number,
): Promise<StartedServer[]> {
  const url = await createDatabase(postgres.url, `servers_${count}`);
  const folder = directoryFor(cleanup);
  const servers: StartedServer[] = [];
  for (let n = 0; n < count; n += 1) {
    const data = join(folder, String(n));
    mkdirSync(data, { mode: 0o700 });
    // All have the key of the first one.
    if (n > 0) copyFileSync(join(folder, "0", "key"), join(data, "key"));
    const environment = { TSUNAGI_JOB_MANAGER_NAME: `job-manager-${n + 1}` };
    const process = new ServerProcess(data, url, { environment });
    cleanup.defer(() => process.stop(join(data, "job-manager")));
    await process.start();
    servers.push({ process, data });
  }
  for (const { process } of servers.slice(0, 1)) await putFlows(process);
  return servers;
}
