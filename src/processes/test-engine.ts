import { join } from "node:path";
import { openScratch, type Database, type ServerOptions } from "#database";
import { createUser, findPrincipal, identityMigrations } from "#identity";
import { TsunagiError, type Clock } from "#kernel";
import { encodeValue, fromJson, textOf, type JobRecord, type Outcome } from "#machine";
import { objectMigrations, ObjectStorage, type Actor, type FieldInputs } from "#objects";
import { Answerer } from "./answerer.ts";
import { AwaitedChannels } from "./awaited-channels.ts";
import { readConsole } from "./console.ts";
import type { Acceptance, EffectHandler, NewEffect, OpenEffect } from "./effect.ts";
import { Engine } from "./engine.ts";
import { JobflowCompiler } from "./jobflow-compiler.ts";
import { processMigrations } from "./migrations.ts";
import { ProcessObjects } from "./process-objects.ts";
import { readJobs } from "./process-jobs.ts";
import { findProcess, type ProcessRow } from "./process-table.ts";
import { findJobflow, ProgramStore } from "./program-store.ts";
import type { Decision } from "./stepping.ts";
import type { TextSealer } from "./snapshot-store.ts";

/** Marks what would be sealed, so that a test can look for what should have been. */
export const testSealer: TextSealer = {
  seal: (text) => `sealed:${Buffer.from(text).toString("base64")}`,
  open: (sealed) => Buffer.from(sealed.slice("sealed:".length), "base64").toString(),
};

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    if (delayMs <= 0) {
      const due = setImmediate(callback);
      return () => clearImmediate(due);
    }
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the time, and calls what became due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.callback();
    }
  }
}

/** Takes commands and holds them until the test answers. */
export class TestHandler implements EffectHandler {
  readonly kinds = ["command"];
  readonly dispatched: OpenEffect[] = [];
  readonly abandoned: number[] = [];
  restored: OpenEffect[] = [];
  #waiting: (() => void)[] = [];

  async accept(_transaction: unknown, effect: NewEffect): Promise<Acceptance> {
    return { kind: "accepted", detail: { manager: "test", number: effect.number } };
  }

  dispatch(effect: OpenEffect): void {
    this.dispatched.push(effect);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  abandon(effect: OpenEffect): void {
    this.abandoned.push(effect.number);
  }

  restore(effects: OpenEffect[]): void {
    this.restored = effects;
  }

  /** The next command that leaves, or that has left and was not asked for yet. */
  async next(): Promise<OpenEffect> {
    for (;;) {
      const effect = this.dispatched.shift();
      if (effect !== undefined) return effect;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

export function commandText(effect: OpenEffect): string {
  return effect.wait.kind === "command" ? textOf(effect.wait.command.text) : "";
}

export function succeeded(result: Outcome["result"] = ""): Outcome {
  return { status: 0, result, error: "", reason: null };
}

/** With `server` as one of several servers, on PostgreSQL. */
export function openTestDatabase(directory?: string, server?: ServerOptions): Promise<Database> {
  return openScratch({
    ...(directory === undefined ? {} : { file: join(directory, "test.sqlite") }),
    ...(server === undefined ? {} : { server }),
    migrations: [...identityMigrations, ...objectMigrations, ...processMigrations],
  });
}

/** An engine over a real database, with a clock and commands in the hands of the test. */
export class TestEngine {
  readonly database: Database;
  readonly clock: TestClock;
  readonly engine: Engine;
  readonly objects: ObjectStorage;
  readonly handler = new TestHandler();
  readonly failures: unknown[] = [];
  #ended: (() => void)[] = [];

  private constructor(database: Database, clock: TestClock) {
    const sealer = testSealer;
    this.database = database;
    this.clock = clock;
    const programs = new ProgramStore();
    this.objects = new ObjectStorage({
      sealer,
      clock,
      listeners: [new JobflowCompiler(programs), new AwaitedChannels()],
      directories: [new ProcessObjects()],
    });
    this.engine = new Engine({
      database,
      clock,
      sealer,
      programs,
      answerer: new Answerer({
        objects: this.objects,
        programs,
        actorOf: async (batch, userId, process) => ({
          principal: await rootOf(batch.transaction, userId),
          cause: { kind: "process", id: `/process/${process}` },
        }),
      }),
      onProcess: () => {
        for (const wake of this.#ended.splice(0)) wake();
      },
      onFailure: (error) => this.failures.push(error),
      onCall: async (batch, request) => {
        const [name, id] = request as ["cancel" | "fail", number];
        if (name === "cancel") return this.engine.cancel(batch, id);
        throw new TsunagiError("PROCESS_ENDED", `${id} cannot fail`);
      },
    });
    this.engine.addHandler(this.handler);
  }

  static async open(options: { database?: Database; clock?: TestClock } = {}): Promise<TestEngine> {
    const database = options.database ?? (await openTestDatabase());
    const test = new TestEngine(database, options.clock ?? new TestClock());
    await database.write(async (tx) => {
      if ((await tx.get("select 1 from identity_user where name = 'root'")) === undefined) {
        await createUser(tx, { name: "root", isAdministrator: true }, 0);
      }
      await test.objects.install(tx);
    });
    await test.engine.start();
    return test;
  }

  async put(path: string, type: string, fields: FieldInputs): Promise<void> {
    await this.engine.write(async (tx) => {
      const change = this.objects.change(tx, await this.root(tx));
      await change.put(path, type, fields, { parents: true });
      await change.finish();
    });
  }

  async delete(path: string): Promise<void> {
    await this.engine.write(async (tx) => {
      const change = this.objects.change(tx, await this.root(tx));
      await change.delete(path);
      await change.finish();
    });
  }

  history(path: string): ReturnType<ObjectStorage["history"]> {
    return this.engine.write(async (tx) =>
      this.objects.history(tx, await this.root(tx), path, { limit: 100 }),
    );
  }

  cancel(id: number, why?: string): Promise<boolean> {
    return this.engine.perform((batch) => this.engine.cancel(batch, id, why));
  }

  suspend(id: number, reason: string | null = null): Promise<boolean> {
    return this.engine.perform((batch) => this.engine.suspend(batch, id, { by: "root", reason }));
  }

  resume(id: number): Promise<void> {
    return this.engine.perform((batch) => this.engine.resume(batch, id));
  }

  /** Does an aborted process again from its failed job. */
  rerunFailed(id: number, variables: Record<string, string> = {}): Promise<number> {
    return this.engine.perform(async (batch) => {
      const row = await findProcess(batch.transaction, id);
      if (row === undefined) throw new Error(`no process ${id}`);
      const start = { principal: 1, startedBy: "root" };
      const given = new Map(Object.entries(variables));
      return this.engine.rerunFailed(batch, row, { ...start, variables: given });
    });
  }

  /** Saves a jobflow and starts it. */
  async start(path: string, source: string, named: Record<string, string> = {}): Promise<number> {
    await this.put(path, "Jobflow", { source });
    return this.startSaved(path, named);
  }

  startSaved(
    path: string,
    named: Record<string, string> = {},
    options: { step?: boolean; principal?: number } = {},
  ): Promise<number> {
    return this.engine.perform(async (batch) => {
      const actor = await this.root(batch.transaction);
      const jobflow = await this.objects.get(batch.transaction, actor, path);
      const { program = "", limit } = await findJobflow(batch.transaction, jobflow.id ?? 0);
      return this.engine.startProcess(batch, {
        jobflowId: jobflow.id ?? 0,
        path,
        program,
        limit,
        context: new Map(),
        named: new Map(Object.entries(named)),
        principal: actor.principal.userId,
        startedBy: "root",
        ...options,
      });
    });
  }

  send(path: string, body: string): Promise<{ delivered: boolean }> {
    return this.engine.perform(async (batch) => {
      const channel = await this.objects.get(
        batch.transaction,
        await this.root(batch.transaction),
        path,
      );
      const value = fromJson(body);
      return this.engine.deliver(batch, {
        channel: channel.id ?? 0,
        path,
        value,
        body: encodeValue(value),
        sender: "test",
        limit: 3,
      });
    });
  }

  async row(id: number): Promise<ProcessRow> {
    const row = await this.database.read((tx) => findProcess(tx, id));
    if (row === undefined) throw new Error(`no process ${id}`);
    return row;
  }

  /** Waits until the process satisfies the condition. */
  async until(id: number, condition: (row: ProcessRow) => boolean): Promise<ProcessRow> {
    for (;;) {
      const changed = new Promise<void>((resolve) => this.#ended.push(resolve));
      const row = await this.row(id);
      if (condition(row)) return row;
      await changed;
    }
  }

  ended(id: number): Promise<ProcessRow> {
    return this.until(id, (row) => row.ended_at !== null);
  }

  async console(id: number): Promise<string[]> {
    const lines = await this.database.read((tx) => readConsole(tx, id, 0, 10_000));
    return lines.map(({ text }) => text);
  }

  /** What a process did, in the order in which it began. */
  async trace(id: number): Promise<JobRecord[]> {
    const row = await this.row(id);
    return (await this.database.read((tx) => readJobs(tx, row, 0, 100_000))).jobs;
  }

  decide(id: number, turn: number, decision: Decision["decision"], by = "root"): Promise<void> {
    return this.engine.perform((batch) => this.engine.decide(batch, id, turn, { decision, by }));
  }

  async root(tx: Parameters<typeof findPrincipal>[0]): Promise<Actor> {
    return { principal: await rootOf(tx, 1), cause: { kind: "person", id: null } };
  }
}

async function rootOf(
  tx: Parameters<typeof findPrincipal>[0],
  userId: number,
): Promise<Actor["principal"]> {
  const principal = await findPrincipal(tx, userId, "process");
  if (principal === undefined) throw new Error(`no user ${userId}`);
  return principal;
}
