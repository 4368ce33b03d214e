import type { Answer, Callee, Context, Pause } from "./effect.ts";
import { evaluationFailure, limitFailure } from "./failure.ts";
import { callDepthMax, replacedSitesMax } from "./limits.ts";
import { runCommand, runScript } from "./command.ts";
import { isText } from "./operators.ts";
import type { LoadedFunction } from "./program.ts";
import type { CallArguments, Resume } from "./resume.ts";
import { Frame, State, type TraceEntry } from "./state.ts";
import type { Turn } from "./turn.ts";
import { ClosureValue, ObjectValue, typeName, type Value } from "./value.ts";

/** `[x: …]` and `spawn`: what the value is decides what runs. */

export function call(
  turn: Turn,
  target: Value,
  args: CallArguments,
  { isTail, isSelf }: { isTail: boolean; isSelf: boolean },
): Pause | null {
  if (isText(target)) return runCommand(turn, target, args);
  if (target instanceof ClosureValue) {
    enter(turn, closureFrame(turn, target, args, contextFor(turn, isSelf)), isTail);
    return null;
  }
  if (target instanceof ObjectValue) {
    const purpose = isTail ? "tail" : "call";
    return turn.ask(
      { kind: "callee", of: target },
      { kind: "callee", purpose, call: args, isSelf },
    );
  }
  throw evaluationFailure(
    `a value of type '${typeName(target)}' cannot be run: a command is a string, a call names a jobflow, a script or a closure`,
  );
}

export function spawn(turn: Turn, target: Value, args: CallArguments): Pause {
  const { frame } = turn;
  if (target instanceof ClosureValue) {
    return askSpawn(turn, closureFrame(turn, target, args, frame.entryContext));
  }
  if (target instanceof ObjectValue) {
    return turn.ask(
      { kind: "callee", of: target },
      { kind: "callee", purpose: "spawn", call: args, isSelf: false },
    );
  }
  throw evaluationFailure(`spawn() takes a jobflow or closure, not '${typeName(target)}'`);
}

export function resumeCallee(
  turn: Turn,
  resume: Extract<Resume, { kind: "callee" }>,
  answer: Extract<Answer, { ok: true }>,
): Pause | null {
  if (!("callee" in answer))
    throw new TypeError("the question what a call runs was answered with a value");
  const { callee } = answer;
  if (callee.kind === "script") {
    if (resume.purpose === "spawn")
      throw evaluationFailure(`spawn() takes a jobflow; ${callee.script.path} is a script`);
    return runScript(turn, callee.script, resume.call);
  }
  if (resume.purpose === "spawn") {
    return askSpawn(turn, flowFrame(turn, callee, resume.call, turn.frame.entryContext));
  }
  const frame = flowFrame(turn, callee, resume.call, contextFor(turn, resume.isSelf));
  enter(turn, frame, resume.purpose === "tail");
  return null;
}

/** Binds arguments to parameters, which are the first slots; one that is not given stays unset. */
export function bindArguments(
  code: LoadedFunction,
  args: CallArguments,
  title: string,
): (Value | undefined)[] {
  const { parameters } = code;
  const { positional, named } = args;
  if (positional.length > parameters.length) {
    throw evaluationFailure(
      `too many arguments: ${title} takes ${parameters.length}, and ${positional.length} were given`,
    );
  }
  // Plain loops: this is done for every call.
  const slots: (Value | undefined)[] = [];
  for (let index = 0; index < code.slots.length; index += 1) slots.push(positional[index]);
  for (const [name, value] of named) {
    const index = parameters.findIndex((parameter) => parameter.name === name);
    if (index < 0) throw evaluationFailure(unknownArgument(name, parameters, title));
    if (index < positional.length)
      throw evaluationFailure(`${title} gets its argument '${name}' twice`);
    slots[index] = value;
  }
  for (let index = positional.length; index < parameters.length; index += 1) {
    const { isRequired, name } = parameters[index] as LoadedFunction["parameters"][number];
    if (isRequired && slots[index] === undefined)
      throw evaluationFailure(`${title} needs its argument '${name}'`);
  }
  return slots;
}

/** A process of its own, ready for its first turn. What it is given may hold secrets in clear text, so it knows them, too. */
export function newState(frame: Frame, secrets: readonly string[]): State {
  const state = new State();
  state.frames.push(frame);
  state.secrets = secrets;
  return state;
}

function unknownArgument(
  name: string,
  parameters: LoadedFunction["parameters"],
  title: string,
): string {
  const known = parameters.map((parameter) => `'${parameter.name}'`).join(", ");
  return `${title} has no parameter '${name}'; ${known === "" ? "it takes none" : `it has ${known}`}`;
}

/** `[self]` begins with the context with which the flow was entered. */
function contextFor(turn: Turn, isSelf: boolean): Context {
  return isSelf ? turn.frame.entryContext : turn.frame.context;
}

function enter(turn: Turn, frame: Frame, isTail: boolean): void {
  const { frames } = turn.state;
  if (isTail) {
    turn.recorder?.replaced(turn, frame);
    replaceFrame(turn, frame);
  } else {
    if (frames.length >= callDepthMax) {
      throw limitFailure(`calls are nested more than ${callDepthMax} deep`);
    }
    turn.recorder?.called(turn, frame);
    frames.push(frame);
  }
}

/** The caller has nothing left to do but to end: it keeps no frame, and what it would have given to its own caller is remembered. */
function replaceFrame(turn: Turn, frame: Frame): void {
  const caller = turn.frame;
  const isChild = turn.functionOf(caller).kind === "child";
  frame.discardsResult = isChild ? caller.discardsResult : true;
  frame.replaced = rememberSite(turn.placeOf(caller), caller.replaced);
  turn.state.frames[turn.state.frames.length - 1] = frame;
}

function rememberSite(site: TraceEntry, before: readonly TraceEntry[]): readonly TraceEntry[] {
  const others = before.filter(({ path, line }) => path !== site.path || line !== site.line);
  return [site, ...others].slice(0, replacedSitesMax);
}

function closureFrame(
  turn: Turn,
  closure: ClosureValue,
  args: CallArguments,
  context: Context,
): Frame {
  const code = turn.programOf(closure.program).functions[closure.function] as LoadedFunction;
  const slots = bindArguments(code, args, "the closure");
  fillCaptured(code, slots, closure.captured);
  return new Frame({
    program: closure.program,
    function: closure.function,
    slots,
    context,
    entryContext: context,
    path: closure.path,
    runsAs: closure.runsAs,
    self: closure,
  });
}

export function fillCaptured(
  { captures }: LoadedFunction,
  slots: (Value | undefined)[],
  captured: readonly (Value | undefined)[],
): void {
  for (const [index, value] of captured.entries()) slots[captures[index * 2 + 1] as number] = value;
}

/** Copies of the variables that a closure or child uses. */
export function captureSlots(code: LoadedFunction, frame: Frame): (Value | undefined)[] {
  const captured: (Value | undefined)[] = [];
  for (let at = 0; at < code.captures.length; at += 2)
    captured.push(frame.slots[code.captures[at] as number]);
  return captured;
}

function flowFrame(
  turn: Turn,
  callee: Extract<Callee, { kind: "program" }>,
  args: CallArguments,
  inherited: Context,
): Frame {
  const code = turn.programOf(callee.program).functions[0] as LoadedFunction;
  const context = callee.context === "own" ? new Map<string, Value>() : inherited;
  return new Frame({
    program: callee.program,
    function: 0,
    slots: bindArguments(code, args, callee.path),
    context,
    entryContext: context,
    path: callee.path,
    runsAs: callee.runsAs ?? turn.frame.runsAs,
    self: null,
  });
}

function askSpawn(turn: Turn, frame: Frame): Pause {
  const start = {
    callee: { program: frame.program, path: frame.path },
    state: newState(frame, turn.state.secrets),
  };
  return turn.ask({ kind: "spawn", start }, { kind: "result" });
}
