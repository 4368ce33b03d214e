/** Runs a jobflow that is an object on a server, and follows it. */
import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleLine, Json, ProcessFields } from "#contract";
import { resolvePath } from "#kernel";
import type { Client } from "./client.ts";
import type { EndedProcess } from "./process-end.ts";

export interface RemoteRun {
  parameters: Record<string, Json>;
  onLine: (text: string) => void;
}

// Faster than an eye follows; slow enough that a thousand followers are no load.
const pollEveryMs = 250;

/** Resolves when the process and all that it started have ended; their lines come as they are seen. */
export async function runRemote(
  client: Client,
  target: string,
  run: RemoteRun,
): Promise<EndedProcess> {
  const path = resolvePath(target);
  await client.assertType(path, "Jobflow", "Send messages to channels with `tsunagi send`.");
  const process = await client.start(path, run.parameters);
  const follower = new Follower(client, run.onLine);
  while (!(await follower.look(process))) await delay(pollEveryMs);
  const { fields } = await client.get(process);
  return { process, fields: fields as unknown as ProcessFields };
}

class Follower {
  readonly #client: Client;
  readonly #onLine: (text: string) => void;
  /** The number of the last line that was printed, by process. */
  readonly #printed = new Map<string, number>();
  /** Those of which no line can follow. */
  readonly #finished = new Set<string>();

  constructor(client: Client, onLine: (text: string) => void) {
    this.#client = client;
    this.#onLine = onLine;
  }

  /** Prints what is there by now; true when all have ended. */
  async look(process: string): Promise<boolean> {
    const family = (await Array.fromAsync(this.#client.family(process))).toReversed();
    const news: ConsoleLine[] = [];
    let isOver = true;
    for (const member of family) {
      if (this.#finished.has(member.path)) continue;
      isOver = false;
      news.push(...(await this.#read(member.path)));
    }
    // Lines of several processes come in the order in which they were written.
    for (const { text } of news.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)))
      this.#onLine(text);
    return isOver;
  }

  async #read(path: string): Promise<ConsoleLine[]> {
    const found: ConsoleLine[] = [];
    for (;;) {
      const { lines, ended } = await this.#client.console(path, this.#printed.get(path) ?? 0);
      found.push(...lines);
      this.#printed.set(path, lines.at(-1)?.number ?? this.#printed.get(path) ?? 0);
      // A page may be cut, so only an empty one is the end of what is there.
      if (lines.length > 0) continue;
      if (ended) this.#finished.add(path);
      return found;
    }
  }
}
