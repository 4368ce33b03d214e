import type { Outcome, Pause } from "./effect.ts";
import { Failure } from "./failure.ts";
import * as op from "./opcode.ts";
import { loadProgram, type JobPlace, type LoadedFunction } from "./program.ts";
import type { Resume } from "./resume.ts";
import type { Frame, State } from "./state.ts";
import { isFailure, type Environment, type Turn } from "./turn.ts";
import { abortProcess } from "./unwind.ts";
import type { ObjectValue, Value } from "./value.ts";

/** An aborted process goes on from the beginning of the job that failed, with the state that it had there. */

/**
 * Sets the state back to the beginning of the failed job, with other values for some variables of the flow in which it stands.
 * What the blocks around it held is taken again: locks are waited for in their order, the time of `timeout` blocks begins anew, and a
 * `session` block, whose connection is closed, begins again itself. Gives why that is not possible, or null.
 */
export function rewind(
  state: State,
  environment: Environment,
  options: { now: number; variables: ReadonlyMap<string, Value> },
): string | null {
  if (state.end?.reason === "exit" && state.end.trace.length === 0) {
    return "it ended by exit(), not by a job that failed";
  }
  const inSession = state.frames.findIndex(({ blocks }) =>
    blocks.some(({ kind }) => kind === "session"),
  );
  if (inSession >= 0) state.frames.length = inSession + 1;
  const frame = state.frames.at(-1);
  if (frame === undefined) return "nothing is kept of where it stood";
  const code = functionOf(frame, environment);
  if (code === undefined) return "its program is not kept any more";
  const place = beginningOf(frame, code, inSession >= 0);
  if (place === undefined) {
    return "its program is of an older release, which did not say where jobs begin";
  }
  const unknown = setVariables(frame, code, options.variables);
  if (unknown !== null) return unknown;
  openOnly(frame, place.depth);
  frame.stack = [];
  frame.pc = place.start;
  state.end = null;
  state.pending = null;
  state.releases = [];
  state.instructions = 0;
  state.work = 0;
  renewDeadlines(state, options.now);
  waitForLocks(state);
  return null;
}

/** One lock is held again; then the next. Nobody handles it if that cannot be: the process ends. */
export function resumeRelock(
  turn: Turn,
  { rest }: Extract<Resume, { kind: "relock" }>,
  outcome: Outcome,
): Pause | null {
  if (isFailure(outcome)) {
    abortProcess(turn, new Failure(outcome.reason ?? "limit", outcome.error));
    return null;
  }
  const [next, ...others] = rest;
  if (next === undefined) return null;
  return turn.wait([{ kind: "lock", of: next }], { kind: "relock", rest: others });
}

function functionOf(frame: Frame, environment: Environment): LoadedFunction | undefined {
  const program = environment.program(frame.program);
  return program === undefined ? undefined : loadProgram(program).functions[frame.function];
}

/** Where the failed job begins in the code, and how many blocks are open there; of a session the outermost one's block. */
function beginningOf(
  frame: Frame,
  code: LoadedFunction,
  inSession: boolean,
): { start: number; depth: number } | undefined {
  const at = Math.max(0, frame.pc - 1);
  const around = (code.jobs ?? []).filter(([start, end]) => start <= at && at < end);
  // What fails before the first job is the default of a parameter.
  if (code.jobs !== undefined && around.length === 0) return { start: 0, depth: 0 };
  const job: JobPlace | undefined = inSession
    ? around.findLast(([, , , , kind]) => kind === "session")
    : // The arm of a choice begins with what the choice waited for.
      around.find(([start]) => code.instructions[start] !== op.settle);
  const depth = job?.[6];
  if (job === undefined || depth === undefined || depth > frame.blocks.length) return undefined;
  return { start: job[0], depth };
}

/** A name may stand for several slots, of blocks beside each other: the one that is set is meant. */
function setVariables(
  frame: Frame,
  code: LoadedFunction,
  variables: ReadonlyMap<string, Value>,
): string | null {
  for (const [name, value] of variables) {
    const slots = code.slots.flatMap((each, slot) => (each === name ? [slot] : []));
    const slot = slots.findLast((each) => frame.slots[each] !== undefined) ?? slots.at(-1);
    if (slot === undefined) return `the flow in which it failed has no variable '${name}'`;
    frame.slots[slot] = value;
  }
  return null;
}

function openOnly(frame: Frame, depth: number): void {
  while (frame.blocks.length > depth) {
    const block = frame.blocks.pop();
    if (block?.kind === "context") frame.context = block.saved;
  }
}

function renewDeadlines({ frames }: State, now: number): void {
  for (const frame of frames) {
    frame.blocks = frame.blocks.map((block) =>
      block.kind === "timeout"
        ? { ...block, deadline: now + Math.ceil(block.seconds * 1000) }
        : block,
    );
  }
}

function waitForLocks(state: State): void {
  const locks: ObjectValue[] = [];
  for (const { blocks } of state.frames) {
    for (const block of blocks)
      if (block.kind === "lock" && block.of !== null) locks.push(block.of);
  }
  const [first, ...rest] = locks;
  if (first === undefined) return;
  state.pending = {
    pause: { kind: "wait", waits: [{ kind: "lock", of: first }], deadline: null },
    resume: { kind: "relock", rest },
  };
}
