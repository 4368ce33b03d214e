import { rangeBounds } from "./builtins/collection.ts";
import { externalWait, secondsOf } from "./command.ts";
import { passedBefore } from "./directory-loop.ts";
import type { Outcome, Pause, Wait } from "./effect.ts";
import { evaluationFailure } from "./failure.ts";
import { receiverOf, processOf, wakeTime } from "./job.ts";
import { equal } from "./operators.ts";
import { fits, matchGroups } from "./pattern.ts";
import type { Resume } from "./resume.ts";
import type { Frame } from "./state.ts";
import { checkInstant } from "./time-text.ts";
import { isFailure, type Turn } from "./turn.ts";
import {
  isDictionary,
  isList,
  ObjectValue,
  PatternValue,
  TimeValue,
  typeName,
  type Dictionary,
  type Value,
} from "./value.ts";

/** What blocks do beside running their chains. */

export function enterTimeout(frame: Frame, limit: Value, now: Value, target: number): void {
  const seconds = secondsOf(limit, "the time of a timeout block");
  const deadline = checkInstant((now as TimeValue).epochMs + Math.ceil(seconds * 1000));
  frame.blocks.push({ kind: "timeout", deadline, seconds, pc: frame.pc, target });
}

export function enterLock(turn: Turn, of: Value): Pause {
  if (!(of instanceof ObjectValue))
    throw evaluationFailure(`lock takes an object, not '${typeName(of)}'`);
  return turn.ask({ kind: "holds", of }, { kind: "lock", of, phase: "asking" });
}

export function resumeLock(
  turn: Turn,
  { of, phase }: Extract<Resume, { kind: "lock" }>,
  given: Value | Outcome,
): Pause | null {
  const { blocks } = turn.frame;
  if (phase === "asking") {
    if (given !== true)
      return turn.wait([{ kind: "lock", of }], { kind: "lock", of, phase: "waiting" });
    blocks.push({ kind: "lock", of: null });
    return null;
  }
  const outcome = given as Outcome;
  if (isFailure(outcome)) turn.settle(outcome, { keepsError: false });
  blocks.push({ kind: "lock", of });
  return null;
}

export function enterSession(turn: Turn): Pause {
  const wait = externalWait(turn, "session_open", { positional: [], named: new Map() });
  return turn.wait([wait], { kind: "session" });
}

export function resumeSession(turn: Turn, outcome: Outcome): null {
  if (isFailure(outcome)) turn.settle(outcome, { keepsError: false });
  const { frame } = turn;
  frame.blocks.push({ kind: "session", handle: outcome.result, context: frame.context });
  frame.stack.push(outcome.result);
  return null;
}

/** A loop keeps its elements, the place it is at, and the keys in three slots. */
export function beginLoop(frame: Frame, over: Value, slot: number, names: number): void {
  // A loop that was left by a failure may have left its keys behind.
  frame.slots[slot + 2] = undefined;
  if (isList(over)) frame.slots[slot] = over;
  else if (isDictionary(over)) {
    frame.slots[slot] = names === 1 ? [...over.keys()] : [...over.values()];
    if (names === 2) frame.slots[slot + 2] = [...over.keys()];
  } else throw evaluationFailure(`a loop cannot run over a value of type '${typeName(over)}'`);
  frame.slots[slot + 1] = 0;
}

/** A loop over `range(…)` counts; it needs no list. */
export function beginRange(frame: Frame, bounds: readonly Value[], slot: number): void {
  const [first, last, step] = rangeBounds(...(bounds as [Value, Value, Value]));
  frame.slots[slot] = null;
  frame.slots[slot + 1] = first;
  frame.slots[slot + 2] = [last, step];
}

/** Gives the next element to the loop's variables; false if there is none. */
export function nextElement(
  slots: (Value | undefined)[],
  slot: number,
  first: number,
  second: number,
): boolean {
  const elements = slots[slot] as readonly Value[] | null;
  const at = slots[slot + 1] as number;
  if (elements === null) {
    const [last, step] = slots[slot + 2] as readonly [number, number];
    if (step > 0 ? at >= last : at <= last) return false;
    slots[first] = at;
    slots[slot + 1] = at + step;
    return true;
  }
  if (at >= elements.length) return false;
  slots[slot + 1] = at + 1;
  if (second < 0) {
    slots[first] = elements[at] as Value;
    return true;
  }
  const keys = slots[slot + 2];
  slots[first] =
    keys !== undefined && isList(keys) ? (keys[at] as Value) : passedBefore(slots, slot) + at;
  slots[second] = elements[at] as Value;
  return true;
}

export function caseFits(subject: Value, pattern: Value): boolean {
  return pattern instanceof PatternValue ? fits(pattern, subject) : equal(subject, pattern);
}

export function namedGroups(subject: Value, pattern: Value): Dictionary {
  const groups = pattern instanceof PatternValue ? matchGroups(pattern, subject) : null;
  return groups ?? new Map();
}

/** What an arm of a choice begins with. */
export const armKinds = { event: 0, process: 1, time: 2, external: 3 } as const;

export interface Arm {
  kind: number;
  target: number;
  /** Of what is outside. */
  name: string;
}

/** Waits for the first of several; the operands of the arms are on the stack, and on top the time if one needs it. */
export function choose(turn: Turn, arms: readonly Arm[]): Pause {
  const { stack } = turn.frame;
  const hasTime = arms.some((arm) => arm.kind === armKinds.time);
  const now = hasTime ? (stack.pop() as TimeValue) : null;
  const waits: Wait[] = [];
  for (const arm of [...arms].reverse()) waits.unshift(armWait(turn, arm, stack, now));
  // The checker refuses it; a program that was stored before that did fails here.
  if (waits.filter(({ kind }) => kind === "external").length > 1)
    throw evaluationFailure("a choice waits for one request, question or session only");
  return turn.wait(waits, {
    kind: "choice",
    kinds: arms.map((arm) => arm.kind),
    targets: arms.map((arm) => arm.target),
  });
}

function armWait(turn: Turn, arm: Arm, stack: Value[], now: TimeValue | null): Wait {
  if (arm.kind === armKinds.external) {
    const named = stack.pop() as Dictionary;
    const positional = stack.pop() as readonly Value[];
    return externalWait(turn, arm.name, { positional, named });
  }
  const operand = stack.pop() as Value;
  if (arm.kind === armKinds.event)
    return { kind: "receive", channel: receiverOf(operand, "an event") };
  if (arm.kind === armKinds.process)
    return { kind: "process", process: processOf(operand, "wait()") };
  return { kind: "sleep", until: wakeTime(operand, now as TimeValue) };
}

/** The arm goes on behind what it waited for; a failure of that is raised there, by its `settle`. */
export function resumeChoice(
  turn: Turn,
  { kinds, targets }: Extract<Resume, { kind: "choice" }>,
  outcome: Outcome,
  index: number,
): null {
  const { frame } = turn;
  if (kinds[index] !== armKinds.time) {
    const failed = isFailure(outcome);
    frame.status = outcome.status;
    frame.reason = failed ? (outcome.reason ?? "exit") : null;
    frame.error = failed ? outcome.error : null;
    frame.result = failed ? null : outcome.result;
  }
  frame.pc = targets[index] as number;
  return null;
}
