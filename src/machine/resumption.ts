import { assert } from "#kernel";
import { resumeChoice, resumeLock, resumeSession } from "./block.ts";
import { takePage } from "./directory-loop.ts";
import { resumeCallee } from "./call.ts";
import { resumeRelock } from "./rewind.ts";
import { resumeChildren, runningChildren } from "./children.ts";
import { resumeCommand } from "./command.ts";
import type { Answer, Input, Outcome, Pause } from "./effect.ts";
import { Failure } from "./failure.ts";
import type { Resume } from "./resume.ts";
import type { Pending } from "./state.ts";
import type { Turn } from "./turn.ts";
import { passDeadline } from "./unwind.ts";
import type { Dictionary, Value } from "./value.ts";

/** Takes what the world gave, and goes on with what waited for it. */
export function accept(turn: Turn, input: Input): Pause | null {
  const resume = turn.state.pending?.resume;
  const pause = take(turn, input);
  if (pause === null && resume !== undefined && input.kind !== "deadline") {
    if (isOver(resume, input)) turn.recorder?.finished(turn, processesOf(resume, input));
  }
  return pause;
}

/** Whether the job is over with that: it asked for no value of an expression, and did not begin a call. */
function isOver({ kind }: Resume, input: Input): boolean {
  if (kind === "push" || kind === "page" || kind === "callee") return false;
  if (kind === "released" || kind === "relock") return false;
  return input.kind !== "answer" || input.answer.ok;
}

/** The processes that a job started, for who looks at it. */
function processesOf(resume: Resume, input: Input): readonly Value[] {
  if (resume.kind === "children") return resume.children.started;
  if (resume.kind === "result" && input.kind === "answer" && input.answer.ok) {
    return "value" in input.answer ? [input.answer.value] : [];
  }
  return [];
}

function take(turn: Turn, input: Input): Pause | null {
  const { state } = turn;
  if (input.kind === "start") {
    assert(state.pending === null, "a process that waits is given what it waits for, not a start");
    return null;
  }
  const { pending } = state;
  assert(pending !== null, `an input '${input.kind}' for a process that waits for nothing`);
  state.pending = null;
  if (input.kind === "answer") {
    assert(pending.pause.kind === "ask", "an answer to a process that did not ask");
    return acceptAnswer(turn, pending.resume, input.answer);
  }
  assert(pending.pause.kind === "wait", `an input '${input.kind}' for a process that asked`);
  state.instructions = 0;
  state.work = 0;
  if (input.kind === "deadline") return giveUp(turn, pending);
  turn.learn(input.outcome.result);
  return acceptOutcome(turn, pending.resume, input.outcome, input.index);
}

function giveUp(turn: Turn, pending: Pending): null {
  for (const process of runningChildren(pending.resume)) {
    turn.state.releases.push({ kind: "child", process });
  }
  passDeadline(turn);
  return null;
}

function acceptAnswer(turn: Turn, resume: Resume, answer: Answer): Pause | null {
  if (!answer.ok) return acceptRefusal(turn, resume, answer);
  if (resume.kind === "callee") return resumeCallee(turn, resume, answer);
  assert("value" in answer, "a question for a value was answered with a callee");
  const { value } = answer;
  turn.learn(value);
  switch (resume.kind) {
    case "push":
      turn.frame.stack.push(resume.whether === true ? true : value);
      return null;
    case "result":
      turn.succeed(value);
      return null;
    case "ignore":
    case "released":
      return null;
    case "lock":
      return resumeLock(turn, resume, value);
    case "command":
      return resumeCommand(turn, resume, value);
    case "children":
      return resumeChildren(turn, resume, value);
    case "page":
      return takePage(turn.frame, resume.slot, value as Dictionary);
    case "outcome":
    case "choice":
    case "session":
    case "relock":
      throw new TypeError(`a wait of the kind '${resume.kind}' was given an answer`);
  }
}

function acceptRefusal(
  turn: Turn,
  resume: Resume,
  { reason, message }: Extract<Answer, { ok: false }>,
): null {
  if (resume.kind === "released") return null;
  // What may not be looked at is not the same as what is not there.
  if (resume.kind === "push" && reason === "evaluation") {
    if (resume.whether === true) {
      turn.frame.stack.push(false);
      return null;
    }
    if (resume.otherwise !== undefined) {
      turn.frame.stack.push(resume.otherwise);
      return null;
    }
  }
  for (const process of runningChildren(resume))
    turn.state.releases.push({ kind: "child", process });
  throw new Failure(reason, message);
}

function acceptOutcome(turn: Turn, resume: Resume, outcome: Outcome, index: number): Pause | null {
  switch (resume.kind) {
    case "outcome":
      turn.settle(outcome, resume);
      return null;
    case "ignore":
    case "released":
      return null;
    case "command":
      return resumeCommand(turn, resume, resume.phase === "running" ? outcome : (null as Value));
    case "choice":
      return resumeChoice(turn, resume, outcome, index);
    case "lock":
      return resumeLock(turn, resume, outcome);
    case "session":
      return resumeSession(turn, outcome);
    case "children":
      return resumeChildren(turn, resume, outcome);
    case "relock":
      return resumeRelock(turn, resume, outcome);
    case "push":
    case "page":
    case "result":
    case "callee":
      throw new TypeError(`a question of the kind '${resume.kind}' was given an event`);
  }
}
