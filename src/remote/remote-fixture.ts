import type { Hello, ManagerConnection, ManagerMessage, ServerMessage, WorkSpec } from "#contract";
import type { Transaction } from "#database";
import type { Clock } from "#kernel";
import type { Command, Outcome, Value, Wait } from "#machine";
import type { EffectHost, OpenEffect } from "#processes";
import { Remote } from "./remote.ts";
import type { Realm } from "./realm.ts";

/** For tests: an engine that keeps its effects in memory, as they would stand on the disk. */
export class HostFixture implements EffectHost {
  readonly open = new Map<number, OpenEffect>();
  readonly outcomes = new Map<number, Outcome>();
  counter = 0;
  /** Set to make what is stored wait, or fail. */
  gate: Promise<void> = Promise.resolve();
  /** How many event-loop turns a write to the disk takes. */
  storeTurns = 0;
  #lives = 0;

  /** What was on its way to the disk is lost, and whoever waits for it waits for ever. */
  crash(): void {
    this.#lives += 1;
  }

  async #store(): Promise<void> {
    const life = this.#lives;
    await this.gate;
    for (let turn = 0; turn < this.storeTurns; turn += 1) await nextTurn();
    if (life !== this.#lives) await new Promise(() => {});
  }

  async complete({ number }: { number: number }, outcome: Outcome): Promise<boolean> {
    await this.#store();
    if (!this.open.delete(number)) return false;
    this.outcomes.set(number, outcome);
    return true;
  }

  async update({ number }: { number: number }, detail: unknown): Promise<boolean> {
    await this.#store();
    const effect = this.open.get(number);
    if (effect === undefined) return false;
    this.open.set(number, { ...effect, detail: JSON.parse(JSON.stringify(detail)) as unknown });
    return true;
  }

  async giveBack(): Promise<void> {
    throw new Error("there is one server");
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return work(noTransaction);
  }

  async raiseNumber(atLeast: number): Promise<void> {
    this.counter = Math.max(this.counter, atLeast);
  }
}

/** For tests: time that passes when told to. */
export class ClockFixture implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

/** For tests: a job manager's connection that keeps what it is sent. */
export class ConnectionFixture implements ManagerConnection {
  readonly sent: ServerMessage[] = [];
  closed: string | undefined;

  send(messages: ServerMessage[]): void {
    this.sent.push(...messages);
  }

  close(reason: string): void {
    this.closed = reason;
  }

  get runs(): number[] {
    return this.sent.flatMap((message) => (message.kind === "run" ? [message.number] : []));
  }

  /** The sessions that it was told to close. */
  get closes(): number[] {
    return this.sent.flatMap((message) => (message.kind === "close" ? message.sessions : []));
  }

  /** What a number was given as, if it was. */
  specOf(number: number): WorkSpec | undefined {
    const found = this.sent.find((each) => each.kind === "run" && each.number === number);
    return found?.kind === "run" ? found.spec : undefined;
  }

  get acknowledged(): number[] {
    return this.sent.flatMap((message) => (message.kind === "acknowledge" ? message.numbers : []));
  }

  get welcome(): { forget: number[]; cancel: number[] } | undefined {
    const found = this.sent.find((message) => message.kind === "welcome");
    return found && { forget: found.forget, cancel: found.cancel };
  }
}

const noTransaction = {} as Transaction;

/** For tests: a server half with its surroundings. */
export class RemoteFixture {
  host = new HostFixture();
  readonly clock = new ClockFixture();
  readonly nodes = new Map<string, Record<string, Value>>();
  readonly realms = new Map<string, Realm>();
  readonly knownHosts = new Map<string, string>();
  readonly journals = new Map<string, number>();
  readonly endedProcesses = new Set<number>();
  remote = this.#start();

  #start(): Remote {
    return new Remote({
      host: this.host,
      clock: this.clock,
      nodes: {
        settings: async (_transaction, object) =>
          new Map(Object.entries(this.nodes.get(object.path) ?? {})),
      },
      realms: {
        find: async (_transaction, name) => this.realms.get(name),
        names: async () => [...this.realms.keys()],
      },
      knownHosts: {
        find: async (_transaction, host, port) => this.knownHosts.get(`${host}:${port}`) ?? null,
        record: async (_transaction, host, port, key) =>
          void this.knownHosts.set(`${host}:${port}`, key),
      },
      journals: {
        find: async (_transaction, journal) => this.journals.get(journal) ?? 0,
        record: async (_transaction, heights) => {
          for (const [journal, highest] of heights) this.journals.set(journal, highest);
        },
      },
      logger: { debug() {}, info() {}, warn() {} },
      isLive: async (_transaction, process) => !this.endedProcesses.has(process),
    });
  }

  /** What the server does when it is killed and starts again; `host` stands for its disk. */
  restart(): void {
    this.host.crash();
    // A dead server has no timers.
    this.remote.stop();
    this.remote = this.#start();
    this.remote.restore([...this.host.open.values()]);
  }

  /** A turn: accepts, commits and dispatches. Gives the outcome if it fails at once. */
  run(
    text: string,
    context: Record<string, Value> = {},
  ): Promise<{ number: number; failed?: Outcome }> {
    const command = commandValueFixture({ text, context: new Map(Object.entries(context)) });
    return this.turn({ kind: "command", command });
  }

  /** A turn of a process that does a job which the machine leaves to somebody outside. */
  runExternal(
    name: string,
    positional: readonly Value[],
    { named = {}, context = {}, process }: ExternalFixture = {},
  ): Promise<{ number: number; failed?: Outcome }> {
    const wait: Wait = {
      kind: "external",
      name,
      positional,
      named: new Map(Object.entries(named)),
      context: new Map(Object.entries(context)),
    };
    return this.turn(wait, process);
  }

  private async turn(wait: Wait, process?: number): Promise<{ number: number; failed?: Outcome }> {
    this.host.counter += 1;
    const number = this.host.counter;
    const effect = { process: process ?? 1000 + number, turn: 1, number, principal: 1, wait };
    const acceptance = await this.remote.accept(noTransaction, effect);
    if (acceptance.kind === "failed") return { number, failed: acceptance.outcome };
    const open = { ...effect, detail: JSON.parse(JSON.stringify(acceptance.detail)) as unknown };
    this.host.open.set(number, open);
    this.remote.dispatch(open);
    await settled();
    return { number };
  }

  abandon(number: number): void {
    const effect = this.host.open.get(number);
    if (effect === undefined) throw new Error(`${number} is not open`);
    this.host.open.delete(number);
    this.remote.abandon(effect);
  }

  async connect(hello: Partial<Hello> = {}): Promise<ConnectionFixture> {
    const connection = new ConnectionFixture();
    this.remote.connected(connection, {
      kind: "hello",
      protocol: 1,
      name: "here",
      realm: "default",
      version: "1.0.0",
      journal: "journal-of-here-00",
      highest: 0,
      open: [],
      draining: false,
      ...hello,
    });
    await settled();
    return connection;
  }

  async receive(connection: ConnectionFixture, ...messages: ManagerMessage[]): Promise<void> {
    this.remote.received(connection, messages);
    await settled();
  }

  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await settled();
  }
}

export function resultFixture(
  number: number,
  stdout: string,
  hostKey: string | null = null,
): ManagerMessage {
  return {
    kind: "result",
    number,
    result: {
      status: 0,
      reason: null,
      message: null,
      stdout,
      stderr: "",
      stdoutCut: 0,
      stderrCut: 0,
      hostKey,
    },
  };
}

export function commandValueFixture(changes: Partial<Command>): Command {
  return {
    text: "",
    script: null,
    arguments: [],
    stdin: null,
    timeout: null,
    context: new Map(),
    ...changes,
  };
}

interface ExternalFixture {
  named?: Record<string, Value>;
  context?: Record<string, Value>;
  process?: number;
}

/** Until what was begun without a timer is done: promises, and what is gathered for the end of an event-loop turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 16; turn += 1) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
