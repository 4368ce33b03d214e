import { assert, parentPath } from "#kernel";
import type { BuiltinHost } from "./builtins/builtin.ts";
import type { Outcome, Pause, Request, Wait } from "./effect.ts";
import { Failure, limitFailure } from "./failure.ts";
import type { JobRecorder } from "./job-recorder.ts";
import { askWork, secretsMax, workMax, workPerTurnMax } from "./limits.ts";
import {
  lineAt,
  loadProgram,
  type LoadedFunction,
  type LoadedProgram,
  type Program,
} from "./program.ts";
import type { Resume } from "./resume.ts";
import { secretsIn } from "./secret.ts";
import type { Frame, State, TraceEntry } from "./state.ts";
import type { Value } from "./value.ts";

/** What the machine is given to run with. */
export interface Environment {
  /** The program of that hash; all that a state names must be there. */
  program(hash: string): Program | undefined;
  /** Somebody who watches it run. Where there is none, nothing is slower. */
  readonly observer?: Observer | undefined;
  /** Takes note of what is done. */
  readonly recorder?: JobRecorder | undefined;
}

/** Sees what a machine does, such as for coverage, and changes nothing. */
export interface Observer {
  /** Before each instruction: the innermost frame is at it. */
  instruction(frame: Readonly<Frame>): void;
  /** A connector took a failure: the job in the code from `start` to before `end` failed; the frame is where it goes on. */
  handled(frame: Readonly<Frame>, start: number, end: number): void;
}

/** One run of the machine from an input to a pause: the state, and what everything that changes it shares. */
export class Turn implements BuiltinHost {
  readonly state: State;
  readonly recorder: JobRecorder | undefined;
  readonly #environment: Environment;
  #work = 0;

  constructor(state: State, environment: Environment) {
    this.state = state;
    this.#environment = environment;
    this.recorder = environment.recorder;
  }

  /** The innermost frame. */
  get frame(): Frame {
    const frame = this.state.frames.at(-1);
    assert(frame !== undefined, "a running process has no frame");
    return frame;
  }

  get observer(): Observer | undefined {
    return this.#environment.observer;
  }

  get directory(): string {
    return parentPath(this.frame.path);
  }

  get children(): readonly Value[] {
    return this.frame.children;
  }

  /** So much was copied that others should have their turns. */
  get isTired(): boolean {
    return this.#work > workPerTurnMax;
  }

  spend(elements: number): void {
    this.#work += elements;
    this.state.work += elements;
    if (this.state.work > workMax) {
      throw limitFailure(`more than ${workMax} characters and elements were copied without a wait`);
    }
  }

  programOf(hash: string): LoadedProgram {
    const program = this.#environment.program(hash);
    assert(program !== undefined, `the program ${hash} is missing`);
    return loadProgram(program);
  }

  functionOf(frame: Frame): LoadedFunction {
    const code = this.programOf(frame.program).functions[frame.function];
    assert(code !== undefined, `a program has no function ${frame.function}`);
    return code;
  }

  /** Where a frame is: its last instruction. */
  placeOf(frame: Frame): TraceEntry {
    return { path: frame.path, line: lineAt(this.functionOf(frame), Math.max(0, frame.pc - 1)) };
  }

  ask(request: Request, resume: Resume): Pause {
    if (resume.kind !== "released") this.spend(askWork);
    const pause = { kind: "ask", request } as const;
    this.state.pending = { pause, resume };
    return pause;
  }

  wait(waits: readonly Wait[], resume: Resume): Pause {
    const isJob = resume.kind !== "released" && resume.kind !== "relock";
    if (isJob) this.recorder?.waits(this, waits);
    const pause = { kind: "wait", waits, deadline: this.#deadline() } as const;
    this.state.pending = { pause, resume };
    return pause;
  }

  /** Remembers the secrets of a value, for masking. */
  learn(value: Value | undefined): void {
    for (const secret of secretsIn(value)) {
      const known = this.state.secrets;
      if (secret === "" || known.includes(secret)) continue;
      this.state.secrets = [...known.slice(1 - secretsMax), secret];
    }
  }

  /** What a job that succeeded leaves behind. */
  succeed(result: Value, error: string | null = null): void {
    const frame = this.frame;
    frame.status = 0;
    frame.result = result;
    frame.error = error;
    frame.reason = null;
  }

  /** The outcome of a job: it leaves a success behind, or fails. */
  settle(outcome: Outcome, options: { keepsError: boolean }): void {
    if (isFailure(outcome)) throw failureOf(outcome, options.keepsError);
    this.succeed(outcome.result, options.keepsError ? outcome.error : null);
  }

  /** The earliest end of a `timeout` block; only waits are given up. */
  #deadline(): number | null {
    if (this.state.end !== null) return null;
    let deadline = Infinity;
    for (const { blocks } of this.state.frames) {
      for (const block of blocks) {
        if (block.kind === "timeout" && block.deadline < deadline) deadline = block.deadline;
      }
    }
    return deadline === Infinity ? null : deadline;
  }
}

export function isFailure(outcome: Outcome): boolean {
  return outcome.status !== 0 || outcome.reason !== null;
}

/** Only a command's output survives its failure. */
function failureOf(outcome: Outcome, hasOutput: boolean): Failure {
  return new Failure(outcome.reason ?? "exit", outcome.error, {
    status: outcome.status,
    result: hasOutput ? outcome.result : null,
  });
}
