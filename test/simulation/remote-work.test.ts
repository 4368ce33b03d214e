import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { CommandSpec, ManagerConnection, ManagerDoor } from "#contract";
import { createLogger, memorySealer } from "#runtime";
import { Agent } from "../../src/job-manager/agent.ts";
import { restFixture } from "../../src/job-manager/command-fixture.ts";
import { openJournal, type Journal } from "../../src/job-manager/journal.ts";
import type { Runner, RunnerEvents } from "../../src/job-manager/runner.ts";
import { inProcessTransport } from "../../src/job-manager/transports/in-process.ts";
import { RemoteFixture, settled } from "../../src/remote/remote-fixture.ts";

/**
 * The server half and a job manager, killed and cut off at any moment. Whatever happens:
 *
 *   at most once   no command is started twice
 *   nobody hangs   every command that was not abandoned has an outcome in the end
 *   no lies        an outcome that tells of success belongs to a command that ran to its end
 *   no doubt       as long as the job manager lives, the fate of every command becomes known
 */
class World {
  readonly server = new RemoteFixture();
  readonly starts = new Map<string, number>();
  readonly finished = new Set<string>();
  readonly #directory: string;
  readonly #running = new Map<string, RunnerEvents>();
  #journal!: Journal;
  #agent!: { isDead: boolean; connection: ManagerConnection | undefined };
  #isServerUp = true;

  constructor(directory: string) {
    this.#directory = directory;
    this.server.host.storeTurns = 6;
    this.startAgent();
  }

  startAgent(): void {
    const self: { isDead: boolean; connection: ManagerConnection | undefined } = {
      isDead: false,
      connection: undefined,
    };
    this.#agent = self;
    const journal = openJournal(this.#directory, sealer);
    this.#journal = journal;
    const runner: Runner = {
      start: ({ work }: CommandSpec, events) => {
        this.starts.set(work.text, (this.starts.get(work.text) ?? 0) + 1);
        this.#running.set(work.text, events);
        events.started();
        const end = () =>
          this.#running.delete(work.text) && events.ended({ kind: "exited", status: 143 });
        return { signal: end, release() {}, pause() {}, resume() {} };
      },
      close() {},
    };
    new Agent({
      name: "here",
      realm: "default",
      journal: {
        ...journal,
        write(batch) {
          if (self.isDead) throw new Error("a dead program writes nothing");
          journal.write(batch);
        },
      },
      runners: { local: runner, ssh: runner, none: runner },
      ...restFixture(this.server.clock),
      transport: inProcessTransport(this.#doorFor(self)),
      clock: this.server.clock,
      logger: createLogger({ name: "simulation", level: "silent" }),
      orphanedAfterMs: Number.MAX_SAFE_INTEGER,
      orphaned() {},
    }).start();
  }

  #doorFor(self: { isDead: boolean; connection: ManagerConnection | undefined }): ManagerDoor {
    return {
      connected: (connection, hello) => {
        if (!this.#isServerUp || self.isDead) return connection.close("nobody is there");
        self.connection = connection;
        this.server.remote.connected(connection, hello);
      },
      received: (connection, messages) => {
        if (this.#isServerUp && !self.isDead) this.server.remote.received(connection, messages);
      },
      disconnected: (connection) => this.server.remote.disconnected(connection),
    };
  }

  /** The line breaks: what is under way is lost. */
  cut(): void {
    const { connection } = this.#agent;
    if (connection === undefined) return;
    connection.close("a broken line");
    this.server.remote.disconnected(connection);
    this.#agent.connection = undefined;
  }

  killAgent(): void {
    this.cut();
    this.#agent.isDead = true;
    this.#running.clear();
    this.#journal.close();
    this.startAgent();
  }

  killServer(): void {
    this.#isServerUp = false;
    this.#agent.connection?.close("the server died");
    this.#agent.connection = undefined;
    this.server.restart();
    this.#isServerUp = true;
  }

  finish(index: number): void {
    const names = [...this.#running.keys()];
    const name = names[index % names.length];
    if (name === undefined) return;
    this.finished.add(name);
    const events = this.#running.get(name);
    this.#running.delete(name);
    events?.output("stdout", Buffer.from(`${name} done`));
    events?.ended({ kind: "exited", status: 0 });
  }

  abandon(index: number): void {
    const open = [...this.server.host.open.keys()];
    const number = open[index % open.length];
    if (number !== undefined) this.server.abandon(number);
  }

  /** Everything comes back and ends, if it can. */
  async calmDown(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      await this.server.pass(5000);
      await settled();
      while (this.#running.size > 0) this.finish(0);
      await settled();
    }
    await this.server.pass(1_000_000);
    await settled();
  }

  close(): void {
    this.cut();
    this.#agent.isDead = true;
    this.server.remote.stop();
    this.#journal.close();
  }
}

const sealer = memorySealer();
const directory = mkdtempSync(join(tmpdir(), "tsunagi-simulation-"));
afterAll(() => rmSync(directory, { recursive: true }));

const step = fc.record({
  what: fc.constantFrom(
    "run",
    "run",
    "run",
    "finish",
    "finish",
    "cut",
    "killAgent",
    "killServer",
    "abandon",
    "pass",
  ),
  which: fc.nat(10),
  /** Event-loop turns until the next step. */
  turns: fc.nat(8),
});

test("no command is started twice, none hangs, and no outcome lies, whatever dies when", async () => {
  let world = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      world += 1;
      const at = new World(join(directory, String(world)));
      const begun: Promise<unknown>[] = [];
      let commands = 0;
      try {
        for (const { what, which, turns } of steps) {
          switch (what) {
            case "run":
              commands += 1;
              begun.push(at.server.run(`c${at.server.host.counter + 1}`));
              break;
            case "finish":
              at.finish(which);
              break;
            case "abandon":
              at.abandon(which);
              break;
            case "pass":
              at.server.clock.pass(which * 30);
              break;
            case "cut":
            case "killAgent":
            case "killServer":
              at[what]();
              break;
          }
          for (let turn = 0; turn < turns; turn += 1)
            await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(begun);
        await at.calmDown();
        for (const [name, starts] of at.starts) expect(starts, `starts of ${name}`).toBe(1);
        expect([...at.server.host.open.keys()], "commands without an outcome").toEqual([]);
        const isAgentKilled = steps.some(({ what }) => what === "killAgent");
        for (const [number, outcome] of at.server.host.outcomes) {
          if (!isAgentKilled) expect(outcome.reason, `reason of c${number}`).not.toBe("unknown");
          if (outcome.reason !== null) continue;
          expect(outcome.result).toBe(`c${number} done`);
          expect(at.finished.has(`c${number}`), `c${number} has run to its end`).toBe(true);
        }
        expect(at.server.host.outcomes.size).toBeLessThanOrEqual(commands);
      } finally {
        at.close();
      }
    }),
    { numRuns: 100, endOnFailure: false },
  );
}, 60_000);
