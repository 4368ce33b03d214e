import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleLine } from "#contract";
import type { Client } from "./client.ts";

// Faster than an eye follows; slow enough that a thousand followers are no load.
const pollEveryMs = 250;

/** The lines of a process's console in order; with `follow` until it has ended. */
export async function* consoleLines(
  client: Client,
  process: string,
  options: { follow: boolean },
): AsyncGenerator<ConsoleLine> {
  let after = 0;
  for (;;) {
    const { lines, ended } = await client.console(process, after);
    yield* lines;
    after = lines.at(-1)?.number ?? after;
    // A page may be cut, so only an empty one is the end of what is there.
    if (lines.length > 0) continue;
    if (ended || !options.follow) return;
    await delay(pollEveryMs);
  }
}
