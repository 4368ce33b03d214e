/**
 * The world in which commands run: it knows what was started, and what came to its end, whatever the platform believes. A
 * command outlives the job manager that started it.
 */
import type { CommandSpec } from "#contract";
import type { RunnerEvents, RunningCommand, Runner } from "../../src/job-manager/runner.ts";
import type { Event, Life, Scheduler } from "./scheduler.ts";

interface Running {
  life: Life;
  events: RunnerEvents;
  end: Event;
}

const quick = { leastMs: 1, mostMs: 4000 };
/** Until it is ended. */
const hanging = { leastMs: 9e9, mostMs: 1e10 };
const slow = { leastMs: 1000, mostMs: 12_000 };

export class CommandWorld {
  readonly starts = new Map<string, number>();
  /** Those that succeeded. */
  readonly succeeded = new Set<string>();
  readonly running = new Map<string, Running>();
  /** How often a command may have been started that the platform was told to repeat, or of which it lost its memory. */
  readonly allowed = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #onWrong: (message: string) => void;
  #runs = 0;

  constructor(scheduler: Scheduler, onWrong: (message: string) => void) {
    this.#scheduler = scheduler;
    this.#onWrong = onWrong;
  }

  /** Of the job manager that lives that life. */
  runner(life: Life): Runner {
    return {
      start: (spec, events) => this.#start(life, spec, events),
      close() {},
    };
  }

  #start(life: Life, { work: { text } }: CommandSpec, events: RunnerEvents): RunningCommand {
    if (life.isDead) return { signal() {}, release() {}, pause() {}, resume() {} };
    const starts = (this.starts.get(text) ?? 0) + 1;
    this.starts.set(text, starts);
    if (starts > this.allowedStarts(text)) {
      this.#onWrong(`the command '${text}' was started ${starts} times`);
    }
    const { random } = this.#scheduler;
    const range = text.startsWith("hang") ? hanging : text.startsWith("slow") ? slow : quick;
    const startMs = random.mostlyNear(0, 50);
    const runMs = startMs + random.mostlyNear(range.leastMs, range.mostMs);
    const status = random.oneIn(8) ? 1 : 0;
    this.#runs += 1;
    const run = `${this.#runs} ${text}`;
    this.#scheduler.after(startMs, life, `has started '${text}'`, () => events.started());
    const end = this.#scheduler.after(runMs, null, `'${text}' ends with ${status}`, () =>
      this.#end(run, text, status),
    );
    this.running.set(run, { life, events, end });
    const kill = (status: number, mostMs: number) => {
      const found = this.running.get(run);
      if (found === undefined) return;
      found.end.isTaken = true;
      const delayMs = startMs + random.mostlyNear(0, mostMs);
      found.end = this.#scheduler.after(delayMs, null, `'${text}' dies`, () =>
        this.#end(run, text, status),
      );
    };
    return {
      signal: (signal) => {
        if (signal === "KILL") kill(137, 50);
        // Some do not listen.
        else if (!random.oneIn(6)) kill(143, 2000);
      },
      release() {},
      pause() {},
      resume() {},
    };
  }

  allowedStarts(text: string): number {
    return (text.startsWith("again") ? 3 : 1) + (this.allowed.get(text) ?? 0);
  }

  #end(run: string, text: string, status: number): void {
    const running = this.running.get(run);
    this.running.delete(run);
    if (running === undefined) return;
    if (status === 0) this.succeeded.add(text);
    const { life, events } = running;
    if (life.isDead) return;
    this.#scheduler.after(0, life, `learns the end of '${text}'`, () => {
      events.output("stdout", Buffer.from(outputOf(text)));
      events.ended({ kind: "exited", status });
    });
  }
}

/** What a command prints that runs to its end. */
export function outputOf(text: string): string {
  return `did ${text}`;
}
