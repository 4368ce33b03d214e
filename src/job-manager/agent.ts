import {
  jobManagerProtocol,
  type CommandResult,
  type CommandSpec,
  type ManagerMessage,
  type ServerMessage,
  type TransferSpec,
  type WorkSpec,
} from "#contract";
import type { Clock } from "#kernel";
import { version, type Logger } from "#runtime";
import { asWireBytes } from "./capture.ts";
import { Connection } from "./connection.ts";
import { execute, type Execution, type ExecutionEvents } from "./execution.ts";
import type { Journal } from "./journal.ts";
import type { Runner } from "./runner.ts";
import type { SessionRunner } from "./runners/session.ts";
import type { Transport } from "./transport.ts";

/**
 * The job manager: takes commands from a server, runs them, and hands in their results.
 *
 *   run ──► taking ──(journal)──► running ──► finishing ──(journal)──► finished ──acknowledge──► forgotten
 *
 * What the journal is to hold is gathered until the end of an event-loop turn and written at once: many commands
 * share one write to the disk. Invariants, beside those of `journal.ts` and of the protocol:
 *
 *   A1  A command is started, and a result sent, only in `#written`, after the journal has them.
 *   A2  If the journal cannot be written, nothing new is taken; results wait and are written later.
 */
export interface AgentOptions {
  name: string;
  realm: string;
  journal: Journal;
  runners: Record<CommandSpec["target"]["kind"], Runner>;
  sessions: SessionRunner;
  transfers: Runner<TransferSpec>;
  transport: Transport;
  clock: Clock;
  logger: Logger;
  orphanedAfterMs: number;
  orphaned(): void;
}

/** A journal that could not be written is tried again after this. */
const journalRetryMs = 1000;
/** How long a stopping job manager waits for the acknowledgements of its last results; those that do not come are settled later. */
const acknowledgementWaitMs = 3000;

export class Agent {
  readonly #options: AgentOptions;
  readonly #connection: Connection;
  readonly #running = new Map<number, Execution>();
  /** On disk, sent or to be sent, and not acknowledged. */
  readonly #finished = new Set<number>();
  /** To be cancelled as soon as they have been taken. */
  readonly #unwanted = new Set<number>();
  readonly #paused = new Set<number>();
  #taking = new Map<number, WorkSpec>();
  #finishing = new Map<number, CommandResult>();
  #acknowledged: number[] = [];
  #isFlushPlanned = false;
  #isDraining = false;
  #idleListeners: (() => void)[] = [];

  constructor(options: AgentOptions) {
    this.#options = options;
    for (const { number } of options.journal.open()) this.#finished.add(number);
    this.#connection = new Connection({
      ...options,
      hello: () => this.#hello(),
      welcomed: (message) => this.#welcomed(message),
      received: (message) => this.#received(message),
      drained: () => this.#resumeAll(),
      closed: () => this.#resumeAll(),
    });
  }

  start(): void {
    this.#connection.start();
  }

  /** Takes nothing new, lets what runs end (or ends it after `drainMs`), hands the results in, and disconnects. */
  async stop({ drainMs }: { drainMs: number }): Promise<void> {
    const { clock } = this.#options;
    this.#isDraining = true;
    this.#connection.send({ kind: "draining" });
    const takeBack = clock.after(drainMs, () => {
      for (const number of this.#taking.keys()) this.#unwanted.add(number);
      for (const execution of this.#running.values())
        execution.cancel("the job manager was stopped");
      // Their processes are told when they use them next.
      this.#options.sessions.close();
      this.#changed();
    });
    const { sessions } = this.#options;
    await this.#until(
      () =>
        this.#running.size + this.#taking.size + this.#finishing.size + sessions.list().length ===
        0,
    );
    takeBack();
    let isLate = false;
    const takeBackWait = clock.after(acknowledgementWaitMs, () => {
      isLate = true;
      this.#changed();
    });
    await this.#until(
      () =>
        isLate ||
        !this.#connection.isWelcomed ||
        this.#finished.size + this.#acknowledged.length === 0,
    );
    takeBackWait();
    this.#connection.stop();
    for (const runner of new Set(Object.values(this.#options.runners))) runner.close();
    this.#options.transfers.close();
    this.#flush();
    this.#options.journal.close();
  }

  #hello(): ManagerMessage {
    const { name, realm, journal } = this.#options;
    const open = [
      // What is being taken is not on disk yet, but will be, or is answered with a refusal.
      ...[...this.#taking.keys(), ...this.#running.keys(), ...this.#finishing.keys()].map(
        (number) => ({ number, state: "running" as const }),
      ),
      ...[...this.#finished].map((number) => ({ number, state: "finished" as const })),
    ];
    return {
      kind: "hello",
      protocol: jobManagerProtocol,
      name,
      realm,
      version,
      journal: journal.identity,
      highest: Math.max(journal.highest(), ...this.#taking.keys()),
      open,
      draining: this.#isDraining,
      sessions: this.#options.sessions.list(),
    };
  }

  #welcomed(message: Extract<ServerMessage, { kind: "welcome" }>): void {
    for (const number of message.cancel) this.#cancel(number);
    // A session that was opened for nobody has the number of the command that opened it.
    this.#options.sessions.closeAll(message.forget);
    this.#forget(message.forget);
    for (const number of this.#finished) {
      const result = this.#options.journal.result(number);
      if (result !== undefined) this.#connection.send({ kind: "result", number, result });
    }
    if (this.#isDraining) this.#connection.send({ kind: "draining" });
  }

  #received(message: ServerMessage): void {
    switch (message.kind) {
      case "run":
        this.#take(message.number, message.spec);
        return;
      case "cancel":
        this.#cancel(message.number);
        return;
      case "close":
        this.#options.sessions.closeAll(message.sessions);
        this.#changed();
        return;
      case "acknowledge":
        this.#forget(message.numbers);
        return;
      case "welcome":
      case "refuse":
      case "ping":
        return;
    }
  }

  #take(number: number, spec: WorkSpec): void {
    const { journal } = this.#options;
    if (this.#taking.has(number) || this.#running.has(number) || this.#finishing.has(number))
      return;
    if (this.#finished.has(number)) {
      const result = journal.result(number);
      if (result !== undefined) this.#connection.send({ kind: "result", number, result });
    } else if (journal.wasTaken(number)) {
      const result = withoutRun(
        "unknown",
        "this job manager has had a command of this number; it is not run again, and what became of it is not known. The server's database was set back, or its answer was lost",
      );
      this.#connection.send({ kind: "result", number, result });
    } else if (this.#isDraining && !this.#isOfOpenSession(spec))
      this.#connection.send({ kind: "returned", number });
    else {
      this.#taking.set(number, spec);
      this.#planFlush();
    }
  }

  /** What has begun is brought to its end, also while nothing new is taken. */
  #isOfOpenSession(spec: WorkSpec): boolean {
    return "kind" in spec && spec.kind === "session" && this.#options.sessions.has(spec.session);
  }

  #cancel(number: number): void {
    if (this.#taking.has(number)) this.#unwanted.add(number);
    this.#running.get(number)?.cancel("the command was cancelled");
    this.#options.sessions.closeAll([number]);
  }

  #forget(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (this.#finished.delete(number)) this.#acknowledged.push(number);
    }
    this.#planFlush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    const taking = this.#taking;
    const finishing = this.#finishing;
    const acknowledged = this.#acknowledged;
    if (taking.size + finishing.size + acknowledged.length === 0) return;
    try {
      this.#options.journal.write({
        taken: new Set(taking.keys()),
        finished: finishing,
        acknowledged,
      });
    } catch (error) {
      this.#notWritten(error as Error);
      return;
    }
    this.#taking = new Map();
    this.#finishing = new Map();
    this.#acknowledged = [];
    this.#written(taking, finishing);
    this.#changed();
  }

  #written(taken: Map<number, WorkSpec>, finished: Map<number, CommandResult>): void {
    for (const [number, result] of finished) {
      this.#finished.add(number);
      this.#connection.send({ kind: "result", number, result });
    }
    for (const [number, spec] of taken) {
      if (this.#unwanted.delete(number)) {
        this.#finish(
          number,
          withoutRun("cancelled", "the command was cancelled before it started"),
        );
      } else this.#start(number, spec);
    }
  }

  /** (A2) */
  #notWritten(error: Error): void {
    this.#options.logger.error({ error: error.message }, "the journal cannot be written");
    for (const number of this.#taking.keys()) {
      const result = withoutRun(
        "refused",
        `job manager '${this.#options.name}' cannot write its journal, so it takes no command: ${error.message}`,
      );
      this.#unwanted.delete(number);
      this.#connection.send({ kind: "result", number, result });
    }
    this.#taking = new Map();
    if (this.#finishing.size + this.#acknowledged.length === 0) return;
    this.#isFlushPlanned = true;
    this.#options.clock.after(journalRetryMs, () => this.#flush());
  }

  #start(number: number, spec: WorkSpec): void {
    let sequence = 0;
    let hasEnded = false;
    const execution = this.#execute(spec, {
      started: () => this.#connection.send({ kind: "started", number }),
      output: (stream, bytes) => {
        if (!spec.live) return;
        sequence += 1;
        this.#connection.send({ kind: "output", number, stream, sequence, ...asWireBytes(bytes) });
        if (this.#connection.isCongested()) {
          this.#paused.add(number);
          this.#running.get(number)?.pause();
        }
      },
      ended: (result) => {
        hasEnded = true;
        this.#running.delete(number);
        this.#paused.delete(number);
        this.#finish(number, result);
      },
    });
    // Some end before they have begun.
    if (!hasEnded) this.#running.set(number, execution);
  }

  #execute(spec: WorkSpec, events: ExecutionEvents): Execution {
    const { clock, runners, sessions, transfers } = this.#options;
    if (!("kind" in spec)) return execute(spec, runners[spec.target.kind], clock, events);
    if (spec.kind === "session") return execute(spec, sessions, clock, events);
    return execute(spec, transfers, clock, events);
  }

  #finish(number: number, result: CommandResult): void {
    this.#finishing.set(number, result);
    this.#planFlush();
  }

  #resumeAll(): void {
    for (const number of this.#paused) this.#running.get(number)?.resume();
    this.#paused.clear();
    this.#changed();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
    }
  }

  #changed(): void {
    for (const listener of this.#idleListeners.splice(0)) listener();
  }
}

function withoutRun(reason: "unknown" | "refused" | "cancelled", message: string): CommandResult {
  return {
    status: -1,
    reason,
    message,
    stdout: "",
    stderr: "",
    stdoutCut: 0,
    stderrCut: 0,
    hostKey: null,
  };
}
