/**
 * Work of all kinds on several servers: flows that count by commands, a listener that takes messages, processes that want one
 * lock, children, timers. Everything that happens outside is a line in a file, so that what was lost or doubled is seen.
 */
import { expect } from "vitest";
import { linesOf } from "../crash/counting-flow.ts";
import type { ServerProcess } from "../crash/server-process.ts";
import { join } from "node:path";

const flows = {
  "/load/count": `
|file|
[n = 0]
-> { while not (./control).done |
     [n = n + 1]
     -> ["echo $n >> \${sh(file)}"]
     -> print('step $n') }
-> return(n)`,
  "/load/want": `
|file| |who|
{ while not (./control).done |
  { lock ./lock | ["echo begin $who >> \${sh(file)}"] -> ["echo end $who >> \${sh(file)}"] } }`,
  "/load/listen": `
|file|
{ while true | <./inbox> -> [m = $RESULT] -> ["echo \${sh(m)} >> \${sh(file)}"] -> { if m == 'end' | return(0) } }`,
  "/load/family": `
|file|
[rounds = 0]
-> { while not (./control).done |
     [rounds = rounds + 1]
     -> { pfor n in [1, 2, 3] | ["echo $rounds.$n >> \${sh(file)}"] -> sleep(0.01) } }
-> return(rounds)`,
};

export class MixedLoad {
  readonly #folder: string;
  readonly #servers: readonly ServerProcess[];
  readonly #processes = new Map<string, { path: string; file: string }>();
  readonly #sent: number[] = [];
  /** No answer came: they may have been taken or not. */
  readonly #doubtful = new Set<number>();
  readonly #sender = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(folder: string, servers: readonly ServerProcess[]) {
    this.#folder = folder;
    this.#servers = servers;
  }

  async start(): Promise<void> {
    const client = (this.#servers[0] as ServerProcess).client;
    await client.put("/load", { type: "Directory", fields: {} });
    await client.put("/system/types/Control", {
      type: "Type",
      fields: { fields: [{ name: "done", kind: "boolean", default: false }] },
    });
    await client.put("/load/control", { type: "Control", fields: {} });
    await client.put("/load/lock", { type: "Channel", fields: {} });
    await client.put("/load/inbox", { type: "Channel", fields: { limit: 100_000 } });
    for (const [path, source] of Object.entries(flows)) {
      await client.put(path, { type: "Jobflow", fields: { source } });
    }
    for (const [n, server] of this.#servers.entries()) {
      await this.#run(server, "/load/count", `count${n}`, {});
      await this.#run(server, "/load/want", "lock", { who: String(n) });
      await this.#run(server, "/load/family", `family${n}`, {});
    }
    await this.#run(this.#servers.at(-1) as ServerProcess, "/load/listen", "inbox", {});
    this.#sending = this.#send();
  }

  /** Resolves when every flow has made further steps. */
  async goesOn(): Promise<void> {
    const files = [...new Set([...this.#processes.values()].map(({ file }) => file))];
    const before = files.map((file) => linesOf(file).length);
    for (const [index, file] of files.entries()) {
      await expect
        .poll(() => linesOf(file).length, { timeout: 60_000, interval: 20, message: file })
        .toBeGreaterThan((before[index] ?? 0) + 3);
    }
  }

  /** Ends all of it, and sees that nothing was lost and nothing was doubled. */
  async end(): Promise<void> {
    this.#sender.abort();
    await this.#sending;
    const client = (this.#servers[0] as ServerProcess).client;
    await client.patch("/load/control", { done: true });
    await client.post("/load/inbox", "end");
    for (const [id, { path, file }] of this.#processes) {
      await expect
        .poll(async () => (await client.get(id)).fields["endedAt"], {
          timeout: 60_000,
          message: `${path} (${id}) has not ended`,
        })
        .not.toBeNull();
      const { fields } = await client.get(id);
      expect(fields, `${path} (${id})`).toMatchObject({ state: "done" });
      const result = Number(fields["result"]);
      if (path === "/load/count") expect(linesOf(file)).toEqual(numbers(result));
      if (path === "/load/family") {
        const wanted = numbers(result).flatMap((round) => [1, 2, 3].map((n) => `${round}.${n}`));
        expect(linesOf(file).toSorted()).toEqual(wanted.toSorted());
      }
    }
    const heard = linesOf(this.#file("inbox"));
    expect(heard.at(-1)).toBe("end");
    const messages = heard.slice(0, -1).map(Number);
    expect(messages).toEqual([...new Set(messages)].sort((a, b) => a - b));
    expect(messages.filter((n) => !this.#doubtful.has(n))).toEqual(this.#sent);
    const locked = linesOf(this.#file("lock"));
    for (let at = 0; at < locked.length; at += 2) {
      expect(locked[at + 1]).toBe(locked[at]?.replace("begin", "end"));
    }
  }

  async #run(
    server: ServerProcess,
    path: string,
    name: string,
    parameters: Record<string, string>,
  ): Promise<void> {
    const file = this.#file(name);
    const id = await server.client.start(path, { ...parameters, file });
    this.#processes.set(id, { path, file });
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  /** One sender: message n + 1 after n was taken, through one server after another. */
  async #send(): Promise<void> {
    for (let n = 1; !this.#sender.signal.aborted; n += 1) {
      const server = this.#servers[n % this.#servers.length] as ServerProcess;
      try {
        await server.client.post("/load/inbox", String(n));
        this.#sent.push(n);
      } catch {
        this.#doubtful.add(n);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n + 1));
}
