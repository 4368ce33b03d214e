import type { ProcessEnd } from "./effect.ts";
import { Failure } from "./failure.ts";
import type { LoadedFunction } from "./program.ts";
import { maskSecrets } from "./secret.ts";
import type { Frame, TraceEntry } from "./state.ts";
import type { Turn } from "./turn.ts";
import type { Value } from "./value.ts";

/**
 * The ways out: of blocks, of functions, and of the process. What a block held is noted in `releases` and let go of before
 * the next instruction (state.ts, I2).
 */

/** Ends blocks of a frame until so many are left. */
export function leaveBlocks(turn: Turn, frame: Frame, depth: number): void {
  while (frame.blocks.length > depth) {
    noteRelease(turn, frame, frame.blocks.length - 1);
    const block = frame.blocks.pop();
    if (block?.kind === "context") frame.context = block.saved;
  }
}

function noteRelease(turn: Turn, frame: Frame, index: number): void {
  const block = frame.blocks[index];
  if (block?.kind === "lock" && block.of !== null)
    turn.state.releases.push({ kind: "lock", of: block.of });
  if (block?.kind === "session") turn.state.releases.push(block);
}

/** The innermost function ends normally. */
export function finishFrame(turn: Turn, value: Value): void {
  const { frames } = turn.state;
  const frame = turn.frame;
  leaveBlocks(turn, frame, 0);
  const result = frame.discardsResult ? null : value;
  if (frames.length === 1) return finishProcess(turn, done(result));
  frames.pop();
  turn.recorder?.returned(frames.length);
  turn.succeed(result);
}

/** `exit(status)`: the process ends, whatever functions and blocks are around. */
export function exitProcess(turn: Turn, status: number): void {
  const { frames } = turn.state;
  const root = frames[0] as Frame;
  const result = turn.functionOf(root).kind === "child" ? root.result : null;
  turn.recorder?.returned(0);
  for (const frame of [...frames].reverse()) leaveBlocks(turn, frame, 0);
  frames.length = 1;
  finishProcess(
    turn,
    status === 0
      ? done(result)
      : { state: "aborted", result: null, status, reason: "exit", error: null, trace: [] },
  );
}

/** Gives a failure to the nearest connector that takes it; if there is none, the process ends abnormally. */
export function raise(turn: Turn, thrown: Failure): void {
  const failure = withoutSecrets(turn, thrown);
  const { frames } = turn.state;
  let endsFrame = failure.endsFrame;
  for (let index = frames.length - 1; index >= 0; index -= 1) {
    const frame = frames[index] as Frame;
    const code = turn.functionOf(frame);
    const handler = endsFrame ? -1 : findHandler(code, frame.pc - 1);
    if (handler >= 0) {
      const isInnermost = index === frames.length - 1;
      turn.recorder?.failed(turn, failure, index);
      dropFramesAbove(turn, index);
      enterHandler(turn, frame, code, handler);
      setFailure(frame, failure, isInnermost ? failure.result : null);
      turn.observer?.handled(
        frame,
        code.handlers[handler] as number,
        code.handlers[handler + 1] as number,
      );
      return;
    }
    endsFrame = false;
  }
  abortProcess(turn, failure);
}

/** What cannot be evaluated is told with its values; `$ERROR` is plain text and may be kept anywhere. */
function withoutSecrets({ state }: Turn, failure: Failure): Failure {
  const { reason, error, status, result, endsFrame } = failure;
  if (reason !== "evaluation" || error === null || state.secrets.length === 0) return failure;
  return new Failure(reason, maskSecrets(error, state.secrets), { status, result, endsFrame });
}

/** Ends the process abnormally, whatever connectors say. Its frames stay as they are (state.ts, I3). */
export function abortProcess(turn: Turn, failure: Failure): void {
  turn.recorder?.failed(turn, failure, -1);
  const trace: TraceEntry[] = [];
  for (const frame of [...turn.state.frames].reverse()) {
    trace.push(turn.placeOf(frame), ...frame.replaced);
    for (let index = frame.blocks.length - 1; index >= 0; index -= 1)
      noteRelease(turn, frame, index);
  }
  finishProcess(turn, {
    state: "aborted",
    result: null,
    status: failure.status,
    reason: failure.reason,
    error: failure.error || `failed with status ${failure.status}`,
    trace,
  });
}

/** The deadline of a `timeout` block passed: what is in it is given up. */
export function passDeadline(turn: Turn): void {
  const { frames } = turn.state;
  const [index, depth] = earliestTimeout(frames);
  const frame = frames[index] as Frame;
  const block = frame.blocks[depth];
  if (block?.kind !== "timeout") throw new TypeError("a deadline passed, and no block has one");
  const failure = new Failure("timeout", `not finished within ${block.seconds} seconds`);
  turn.recorder?.givenUp(failure, index);
  dropFramesAbove(turn, index);
  leaveBlocks(turn, frame, depth);
  frame.stack.length = 0;
  frame.pc = block.pc;
  if (block.target < 0) return raise(turn, failure);
  turn.recorder?.failed(turn, failure, index);
  setFailure(frame, failure, null);
  frame.pc = block.target;
}

function earliestTimeout(frames: readonly Frame[]): [number, number] {
  let found: [number, number] = [0, 0];
  let earliest = Infinity;
  for (const [index, { blocks }] of frames.entries()) {
    for (const [depth, block] of blocks.entries()) {
      if (block.kind !== "timeout" || block.deadline >= earliest) continue;
      earliest = block.deadline;
      found = [index, depth];
    }
  }
  return found;
}

function dropFramesAbove(turn: Turn, index: number): void {
  const { frames } = turn.state;
  while (frames.length > index + 1) {
    leaveBlocks(turn, turn.frame, 0);
    frames.pop();
  }
}

const handlerWidth = 6;

function findHandler({ handlers }: LoadedFunction, place: number): number {
  for (let at = 0; at < handlers.length; at += handlerWidth) {
    if (place >= (handlers[at] as number) && place < (handlers[at + 1] as number)) return at;
  }
  return -1;
}

function enterHandler(turn: Turn, frame: Frame, { handlers }: LoadedFunction, at: number): void {
  frame.stack.length = 0;
  leaveBlocks(turn, frame, handlers[at + 3] as number);
  frame.slots.fill(undefined, handlers[at + 4], handlers[at + 5]);
  frame.pc = handlers[at + 2] as number;
}

function setFailure(frame: Frame, failure: Failure, result: Value): void {
  frame.status = failure.status;
  frame.result = result;
  frame.error = failure.error;
  frame.reason = failure.reason;
}

function finishProcess(turn: Turn, end: ProcessEnd): void {
  turn.state.end = end;
}

function done(result: Value): ProcessEnd {
  return { state: "done", result, status: 0, reason: null, error: null, trace: [] };
}
