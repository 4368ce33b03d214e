import { assert } from "#kernel";
import { captureSlots, fillCaptured, newState } from "./call.ts";
import type { ChildStart, Outcome, Pause, Reason } from "./effect.ts";
import { evaluationFailure, Failure, limitFailure } from "./failure.ts";
import { isInteger } from "./operators.ts";
import { childrenMax, childrenPerAskMax } from "./limits.ts";
import type { LoadedFunction } from "./program.ts";
import type { Children, Resume } from "./resume.ts";
import { maskSecrets } from "./secret.ts";
import { checkedList } from "./size.ts";
import { Frame } from "./state.ts";
import { textOf } from "./text.ts";
import type { Turn } from "./turn.ts";
import {
  isDictionary,
  isList,
  ProcessValue,
  typeName,
  type Dictionary,
  type Value,
} from "./value.ts";

/** `fork` and `pfor`: as many children at a time as the limit allows, then what they left behind. */

export function runFork(turn: Turn, functions: readonly number[]): Pause | null {
  return startNext(turn, {
    functions,
    arguments: functions.map(() => []),
    limit: functions.length,
    started: [],
    running: [],
  });
}

export function runPfor(
  turn: Turn,
  code: number,
  names: number,
  over: Value,
  limit: Value,
): Pause | null {
  const elements = elementsOf(over, names);
  if (limit !== null && (!isInteger(limit) || limit < 1)) {
    throw evaluationFailure("the limit of a pfor is a number of children: 1 or more");
  }
  if (Math.min(limit ?? Infinity, elements.length) > childrenMax) {
    throw limitFailure(`a process has at most ${childrenMax} children at once: say 'limit'`);
  }
  return startNext(turn, {
    functions: [code],
    arguments: elements,
    limit: limit ?? Math.max(1, elements.length),
    started: [],
    running: [],
  });
}

/** What a loop with one or two names gives to each round. */
function elementsOf(over: Value, names: number): Value[][] {
  if (isList(over))
    return over.map((element, index) => (names === 1 ? [element] : [index, element]));
  if (isDictionary(over))
    return [...over].map(([key, value]) => (names === 1 ? [key] : [key, value]));
  throw evaluationFailure(`a loop cannot run over a value of type '${typeName(over)}'`);
}

export function resumeChildren(
  turn: Turn,
  { children, phase }: Extract<Resume, { kind: "children" }>,
  given: Value | Outcome,
): Pause | null {
  switch (phase) {
    case "starting": {
      const started = given as readonly ProcessValue[];
      return startNext(turn, {
        ...children,
        started: [...children.started, ...started],
        running: [...children.running, ...started],
      });
    }
    case "waiting":
      return startSome(turn, ...afterWait(children, given as Outcome));
    case "ending":
      return turn.ask(
        { kind: "outcomes", of: children.started },
        { kind: "children", children, phase: "asking" },
      );
    case "asking":
      settle(turn, children, given as readonly Dictionary[]);
      return null;
  }
}

/** Those who were started and not waited for to the end, because the wait was given up. */
export function runningChildren(resume: Resume): readonly ProcessValue[] {
  return resume.kind === "children" ? resume.children.running : [];
}

function startNext(turn: Turn, children: Children): Pause | null {
  const { started, running, limit } = children;
  const left = children.arguments.length - started.length;
  if (left > 0 && running.length < limit) {
    return startSome(turn, children, Math.min(left, limit - running.length));
  }
  if (left > 0) return waitFor(turn, children, limit - 1, "waiting");
  if (started.length > 0) return waitFor(turn, children, 0, "ending");
  settle(turn, children, []);
  return null;
}

/** How many may start after some have ended; who they were is known if the engine says it. */
function afterWait(children: Children, outcome: Outcome): [Children, number] {
  const left = children.arguments.length - children.started.length;
  const { result } = outcome;
  if (!isList(result)) return [children, 1];
  const running = result.filter((process) => process instanceof ProcessValue);
  return [{ ...children, running }, Math.max(1, Math.min(left, children.limit - running.length))];
}

function waitFor(
  turn: Turn,
  children: Children,
  atMost: number,
  phase: "waiting" | "ending",
): Pause {
  return turn.wait([{ kind: "children", processes: children.running, atMost }], {
    kind: "children",
    children,
    phase,
  });
}

function startSome(turn: Turn, children: Children, count: number): Pause {
  const starts: ChildStart[] = [];
  const most = Math.min(count, childrenPerAskMax);
  for (let index = children.started.length; starts.length < most; index += 1) {
    starts.push(childStart(turn, children, index));
  }
  return turn.ask(
    { kind: "fork", children: starts },
    { kind: "children", children, phase: "starting" },
  );
}

function childStart(turn: Turn, children: Children, index: number): ChildStart {
  const parent = turn.frame;
  const functionIndex = (children.functions[index] ?? children.functions[0]) as number;
  const code = turn.programOf(parent.program).functions[functionIndex] as LoadedFunction;
  const slots = Array.from<Value | undefined>({ length: code.slots.length });
  for (const [slot, value] of (children.arguments[index] ?? []).entries()) slots[slot] = value;
  fillCaptured(code, slots, captureSlots(code, parent));
  const frame = new Frame({
    program: parent.program,
    function: functionIndex,
    slots,
    context: parent.context,
    entryContext: parent.entryContext,
    path: parent.path,
    runsAs: parent.runsAs,
    self: parent.self,
  });
  return { state: newState(frame, turn.state.secrets), title: titleOf(turn, children, index) };
}

function titleOf(turn: Turn, children: Children, index: number): string {
  const element = children.arguments[index]?.at(-1);
  return element === undefined
    ? `branch ${index + 1}`
    : maskSecrets(textOf(element), turn.state.secrets).slice(0, 200);
}

/** The block's own outcome: a list of values, and a failure if one of them failed. */
function settle(turn: Turn, children: Children, outcomes: readonly Dictionary[]): void {
  assert(outcomes.length === children.started.length, "there is an outcome for each child");
  const seen = outcomes.map((outcome, index) => childOf(children, outcome, index));
  const results = checkedList(seen.map((child) => child.get("result") as Value));
  turn.frame.children = checkedList(seen);
  const failed = seen
    .map((child, index) => ({ child, index }))
    .filter(({ child }) => hasFailed(child));
  const [first] = failed;
  if (first === undefined) return turn.succeed(results);
  const lines = failed.map(({ child, index }) => {
    const error =
      (child.get("error") as string | null) ?? `status ${textOf(child.get("status") ?? null)}`;
    return `${titleOf(turn, children, index)}: ${error}`;
  });
  throw new Failure(first.child.get("reason") as Reason, lines.join("\n"), {
    status: first.child.get("status") as number,
    result: results,
  });
}

function childOf(children: Children, outcome: Dictionary, index: number): Dictionary {
  const failed = hasFailed(outcome);
  return new Map<string, Value>([
    ["element", children.arguments[index]?.at(-1) ?? null],
    ["status", outcome.get("status") ?? 0],
    ["reason", outcome.get("reason") ?? (failed ? "exit" : null)],
    ["result", failed ? null : (outcome.get("result") ?? null)],
    ["error", outcome.get("error") ?? null],
    ["process", outcome.get("process") ?? children.started[index] ?? null],
  ]);
}

function hasFailed(outcome: Dictionary): boolean {
  return outcome.get("status") !== 0 || (outcome.get("reason") ?? null) !== null;
}
