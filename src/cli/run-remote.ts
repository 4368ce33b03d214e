/** Runs a jobflow that is an object on a server, and follows it. */
import { stderr as standardError, stdin as standardInput } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleLine, Json, ProcessFields } from "#contract";
import { resolvePath } from "#kernel";
import type { Client } from "./client.ts";
import { failedChildren, type EndedProcess } from "./process-end.ts";
import { Stepper, type SteppedRun } from "./stepper.ts";
import { traceLines } from "./trace-report.ts";

export interface RemoteRun {
  parameters: Record<string, Json>;
  onLine: (text: string) => void;
  /** Asks before each command. */
  step?: boolean;
  /** Prints what was done, at the end, on standard error. */
  trace?: boolean;
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
  const process = await client.start(path, run.parameters, { step: run.step === true });
  const follower = new Follower(client, run.onLine);
  const stepper =
    run.step === true ? new Stepper(standardInput, (text) => standardError.write(text)) : undefined;
  try {
    while (!(await follower.look(process))) {
      await stepper?.ask(steppedRun(client, process));
      await delay(pollEveryMs);
    }
  } finally {
    stepper?.close();
  }
  if (run.trace === true) await printTraces(client, process);
  const { fields } = await client.get(process);
  const family = await Array.fromAsync(client.family(process));
  const failed = failedChildren(family, process);
  return { process, fields: fields as unknown as ProcessFields, failed };
}

function steppedRun(client: Client, process: string): SteppedRun {
  return {
    held: async () =>
      (await Array.fromAsync(client.family(process))).filter(
        ({ fields }) => fields.state === "suspended",
      ),
    decide: (name, turn, decision) => client.decide(name, turn, decision),
    variables: (name) => client.variables(name),
  };
}

/** Of the process and all that stem from it. */
async function printTraces(client: Client, root: string): Promise<void> {
  const family = (await Array.fromAsync(client.family(root))).toReversed();
  for (const { path } of family) {
    const { jobs, leftOut } = await client.trace(path, 0);
    if (family.length > 1) standardError.write(`${path}:\n`);
    for (const line of traceLines(jobs, leftOut)) standardError.write(`${line}\n`);
  }
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
