/**
 * What it costs to wait: bytes on disk for each process that is parked, and how long one takes to wake up while so many others go on
 * waiting. Filling up takes minutes, so each size is measured once, and every round says the same.
 */
import type { Measured } from "../main.ts";
import { percentile } from "../figure.ts";
import { parkers } from "./flows.ts";
import { ask, runOn, startServer, untilFound, type StartedServer } from "./servers.ts";

// What one flow starts in a row.
const parkedAtOnce = 10_000;
const wakeUps = 200;

/** The sizes in ascending order. */
export async function measureParked(
  cleanup: AsyncDisposableStack,
  sizes: readonly number[],
): Promise<Measured[]> {
  const server = await startServer(cleanup);
  const empty = bytesOf(server.data);
  const measured: Measured[] = [];
  let parked = 0;
  for (const size of sizes) {
    for (; parked < size; parked += parkedAtOnce) {
      await runOn(server.process, parkers.path, {
        processes: Math.min(parkedAtOnce, size - parked),
      });
    }
    parked = size;
    await untilFound(() => (waitersOf(server.data) >= size ? true : undefined));
    const bytes = (bytesOf(server.data) - empty) / size;
    const wakeMs = await measureWakeUps(server);
    parked -= wakeUps;
    const byName = { name: `engine/parked-bytes/${size}`, unit: "B", value: bytes, peers: {} };
    measured.push(
      byName,
      ...[50, 99].map((percent) => ({
        name: `engine/wake-up/${size}/p${percent}`,
        unit: "ms",
        value: percentile(wakeMs, percent),
        peers: {},
      })),
    );
  }
  return measured;
}

/** From a message, over HTTP, to its answer: then the turn of the process that it woke is on disk. */
async function measureWakeUps({ process }: StartedServer): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < wakeUps; n += 1) {
    const begun = performance.now();
    await process.client.post("/nobody", { n });
    times.push(performance.now() - begun);
  }
  return times;
}

function waitersOf(data: string): number {
  return Number(ask(data, "select count(*) as count from waiter")[0]?.["count"]);
}

function bytesOf(data: string): number {
  const [pages] = ask(
    data,
    "select (page_count - freelist_count) * page_size as bytes from pragma_page_count, pragma_freelist_count, pragma_page_size",
  );
  return Number(pages?.["bytes"]);
}
