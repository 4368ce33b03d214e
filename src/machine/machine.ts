import { assert } from "#kernel";
import { bindArguments, newState } from "./call.ts";
import type { Context, Input, Pause } from "./effect.ts";
import { Failure, limitFailure } from "./failure.ts";
import { instructionsMax } from "./limits.ts";
import { run } from "./loop.ts";
import { loadProgram, type LoadedFunction, type Program } from "./program.ts";
import { accept } from "./resumption.ts";
import { Frame, type State } from "./state.ts";
import { Turn, type Environment } from "./turn.ts";
import { abortProcess, raise } from "./unwind.ts";
import type { Value } from "./value.ts";

/** What a process begins with. */
export interface Start {
  program: Program;
  /** The name by which the environment knows the program. */
  hash: string;
  /** Where the jobflow stands: relative paths start at the directory that holds it. */
  path: string;
  positional: readonly Value[];
  named: ReadonlyMap<string, Value>;
  context: Context;
  /** The principal for whom it acts instead of the process's own. */
  runsAs?: number | null;
}

/** Makes the state of a new process, or says what is wrong with the arguments. Defaults are worked out in the first turn. */
export function begin(start: Start): { state: State } | { failure: string } {
  const code = loadProgram(start.program).functions[0] as LoadedFunction;
  try {
    const frame = new Frame({
      program: start.hash,
      function: 0,
      slots: bindArguments(code, start, start.path),
      context: start.context,
      entryContext: start.context,
      path: start.path,
      runsAs: start.runsAs ?? null,
      self: null,
    });
    const state = newState(frame, []);
    const turn = new Turn(state, { program: () => start.program });
    for (const value of [...start.positional, ...start.named.values(), start.context])
      turn.learn(value);
    return { state };
  } catch (error) {
    if (error instanceof Failure) return { failure: error.message };
    throw error;
  }
}

/** Runs a process until it needs the world, or has ended. The state is changed in place. */
export function advance(state: State, input: Input, environment: Environment): Pause {
  const pause = advanceBy(state, input, environment, Infinity);
  assert(pause.kind !== "interrupted", "nobody interrupts a machine without a limit");
  return pause;
}

/** It could go on at once: with the input `start`. */
export interface Interruption {
  kind: "interrupted";
}

/** As {@link advance}, but stops after so many instructions, or when one of them has done the work of many. */
export function advanceBy(
  state: State,
  input: Input,
  environment: Environment,
  count: number,
): Pause | Interruption {
  const turn = new Turn(state, environment);
  let left = count;
  let pause = attempt(turn, () => accept(turn, input));
  for (;;) {
    if (pause !== null) return pause;
    pause = releaseNext(turn);
    if (pause !== null) return pause;
    if (state.end !== null) return { kind: "ended", end: state.end };
    if (state.instructions >= instructionsMax) {
      abortProcess(
        turn,
        limitFailure(`more than ${instructionsMax} instructions ran without a wait`),
      );
      continue;
    }
    if (left <= 0 || (turn.isTired && count !== Infinity)) return { kind: "interrupted" };
    const before = state.instructions;
    const { observer } = environment;
    observer?.instruction(turn.frame);
    // Who watches is told of every instruction; the loop itself knows nothing of it.
    const stretch = observer === undefined ? Math.min(left, instructionsMax - before) : 1;
    pause = attempt(turn, () => run(turn, stretch));
    left -= state.instructions - before;
  }
}

/** The failure of a job goes to its connectors. */
function attempt(turn: Turn, work: () => Pause | null): Pause | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    raise(turn, error);
    return null;
  }
}

/** Lets go of what ended blocks held (state.ts, I2). */
function releaseNext(turn: Turn): Pause | null {
  const release = turn.state.releases.shift();
  switch (release?.kind) {
    case undefined:
      return null;
    case "lock":
      return turn.ask({ kind: "unlock", of: release.of }, { kind: "released" });
    case "child":
      return turn.ask({ kind: "cancel", process: release.process }, { kind: "released" });
    case "session": {
      const { handle, context } = release;
      const wait = {
        kind: "external",
        name: "session_close",
        positional: [handle],
        named: new Map(),
        context,
      } as const;
      return turn.wait([wait], { kind: "released" });
    }
  }
}
