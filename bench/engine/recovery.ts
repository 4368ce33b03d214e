/** How long after a kill -9 all processes go on. */
import type { Measured } from "../main.ts";
import { runners } from "./flows.ts";
import { ask, runOn, startServer, untilFound } from "./servers.ts";

/** From the start of a server to a further turn of each process that ran when the last one was killed. */
export async function measureRecovery(processes: number): Promise<Measured> {
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
  const value = performance.now() - begun;
  return { name: `engine/recovery/${processes}`, unit: "ms", value, peers: {} };
}

function turnsOf(data: string): Map<number, number> {
  const rows = ask(data, "select id, turn from process where state = 'running'");
  return new Map(rows.map(({ id, turn }) => [Number(id), Number(turn)]));
}
