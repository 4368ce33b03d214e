import type { Context, Outcome, Pause, ProcessEnd, Wait } from "./effect.ts";
import { jobAt, lineAt, loadProgram, type LoadedFunction } from "./program.ts";
import { maskSecrets } from "./secret.ts";
import type { Frame, State, TraceEntry } from "./state.ts";
import { shownTextOf, textOf } from "./text.ts";
import { formatInstant } from "./time-text.ts";
import type { Environment } from "./turn.ts";
import { ClosureValue, ProcessValue, type Value } from "./value.ts";

/** Looking at a process from outside, without changing it. */

/** What it waits for, or null: to wake it when that happens, also after a restart. */
export function pendingPause(state: State): Pause | null {
  if (state.end !== null && state.pending === null) return { kind: "ended", end: state.end };
  return state.pending?.pause ?? null;
}

/** All secrets it has seen: where it is stored they are to be sealed, where it shows something they are to be hidden. */
export function secretsOf(state: State): readonly string[] {
  return state.secrets;
}

/** For whom it acts at the moment; null: the process's own principal. */
export function principalOf(state: State): number | null {
  return state.frames.at(-1)?.runsAs ?? null;
}

/** The hashes of all programs that must be in the environment when it runs. */
export function programsOf(state: State): string[] {
  const programs = new Set<string>();
  for (const frame of state.frames) {
    programs.add(frame.program);
    if (frame.self !== null) addPrograms(frame.self, programs);
    for (const value of [...frame.slots, ...frame.stack, frame.result])
      addPrograms(value, programs);
    for (const value of frame.context.values()) addPrograms(value, programs);
  }
  for (const value of resumeValues(state)) addPrograms(value, programs);
  return [...programs];
}

/** The numbers of all processes that it knows: what they left behind may still be asked for. */
export function processesOf(state: State): Set<number> {
  const processes = new Set<number>();
  for (const frame of state.frames) {
    for (const value of [...frame.slots, ...frame.stack, ...frame.children, frame.result])
      addProcesses(value, processes);
    if (frame.self !== null) addProcesses(frame.self, processes);
  }
  const resume = state.pending?.resume;
  if (resume?.kind === "children") {
    for (const value of resume.children.started) addProcesses(value, processes);
  }
  for (const value of resumeValues(state)) addProcesses(value, processes);
  return processes;
}

/** What a jobflow was started with, by name: of a state that has not run yet. */
export function parametersOf(state: State, environment: Environment): Map<string, Value> {
  const [frame] = state.frames;
  const given = new Map<string, Value>();
  if (frame === undefined) return given;
  for (const [slot, { name }] of (functionOf(frame, environment)?.parameters ?? []).entries()) {
    const value = frame.slots[slot];
    if (value !== undefined) given.set(name, value);
  }
  return given;
}

/** Where it is. */
export function currentLine(state: State, environment: Environment): TraceEntry | null {
  const frame = state.frames.at(-1);
  return frame === undefined ? null : placeOf(frame, environment);
}

/** One call, and the variables that are set in it. */
export interface FrameView extends TraceEntry {
  /** The job as it is written; null where the program does not know it. */
  job: string | null;
  variables: ReadonlyMap<string, Value>;
  context: Context;
  /** `$STATUS $RESULT $ERROR $REASON` */
  outcome: Outcome;
  /** The principal for whom it acts; null: the process's own. */
  runsAs: number | null;
}

/** The calls of a process with their variables, innermost first. */
export function variablesOf(state: State, environment: Environment): FrameView[] {
  return [...state.frames].reverse().map((frame) => {
    const code = functionOf(frame, environment);
    const names = code?.slots ?? [];
    const variables = new Map<string, Value>();
    for (const [slot, value] of frame.slots.entries()) {
      const name = names[slot];
      if (name !== undefined && name !== null && value !== undefined) variables.set(name, value);
    }
    const { context, status, result, error, reason, runsAs } = frame;
    const job = code?.jobs?.[jobAt(code, Math.max(0, frame.pc - 1))]?.[5] ?? null;
    const outcome = { status, result, error, reason };
    return { ...placeOf(frame, environment), job, variables, context, outcome, runsAs };
  });
}

/** A short text for people; what it is told to hide is hidden. */
export function describeWait(wait: Wait, secrets: readonly string[] = []): string {
  return waitText(wait, (text) => maskSecrets(text, secrets));
}

/** `aborted at line 12 in /ops/restart: message`, or null for a process that ended well. */
export function describeEnd(end: ProcessEnd): string | null {
  if (end.state === "done") return null;
  if (end.state === "cancelled") return "cancelled";
  const [place] = end.trace;
  if (place === undefined) return end.error ?? `ended with status ${end.status}`;
  return `aborted at line ${place.line} in ${place.path}: ${end.error ?? `status ${end.status}`}`;
}

const textShownMax = 200;

/** What is cut off is hidden before: half a secret would be found by nobody. */
function waitText(wait: Wait, hide: (text: string) => string): string {
  switch (wait.kind) {
    case "command": {
      const { text, script, context } = wait.command;
      const what = script === null ? hide(shownTextOf(text)).slice(0, textShownMax) : script.path;
      const host = context.get("__host__") ?? context.get("__node__") ?? null;
      return host === null ? `command: ${what}` : `command on ${hide(textOf(host))}: ${what}`;
    }
    case "receive":
      return `message on ${wait.channel.path}`;
    case "sleep":
      return `time: ${formatInstant(wait.until)}`;
    case "process":
      return `end of /process/${wait.process.id}`;
    case "children":
      return wait.atMost === 0
        ? `end of ${wait.processes.length} child process${wait.processes.length === 1 ? "" : "es"}`
        : `room for another child process`;
    case "lock":
      return `lock of ${wait.of.path}`;
    case "external":
      return externalText(wait, hide);
  }
}

function externalText(
  { name, positional, named, context }: Extract<Wait, { kind: "external" }>,
  hide: (text: string) => string,
): string {
  const host = context.get("__host__") ?? context.get("__node__") ?? null;
  const place = host === null ? "" : ` with ${hide(textOf(host))}`;
  const shown = (value: Value) => hide(textOf(value)).slice(0, textShownMax);
  const [first, second] = positional;
  switch (name) {
    case "session_open":
    case "session_close":
      return `${name === "session_open" ? "opening" : "closing"} a session${place}`;
    case "session_send":
      return `session${place}: ${shown(second ?? null)}`;
    case "session_read":
      return `prompt of the session${place}`;
    default: {
      const subject = first ?? named.get("target");
      return subject === undefined ? name : `${name}: ${shown(subject)}`;
    }
  }
}

function placeOf(frame: Frame, environment: Environment): TraceEntry {
  const code = functionOf(frame, environment);
  return {
    path: frame.path,
    line: code === undefined ? 0 : lineAt(code, Math.max(0, frame.pc - 1)),
  };
}

function functionOf(frame: Frame, environment: Environment): LoadedFunction | undefined {
  const program = environment.program(frame.program);
  return program === undefined ? undefined : loadProgram(program).functions[frame.function];
}

/** Arguments on their way into a call are in no frame yet. */
function resumeValues({ pending }: State): readonly Value[] {
  if (pending?.resume.kind === "callee") {
    return [...pending.resume.call.positional, ...pending.resume.call.named.values()];
  }
  if (pending?.resume.kind === "children") return pending.resume.children.arguments.flat();
  return [];
}

function addProcesses(value: Value | undefined, processes: Set<number>): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof ProcessValue) processes.add(value.id);
  else if (value instanceof ClosureValue) {
    for (const captured of value.captured) addProcesses(captured, processes);
  } else if (Array.isArray(value)) {
    for (const element of value) addProcesses(element as Value, processes);
  } else if (value instanceof Map) {
    for (const element of value.values()) addProcesses(element, processes);
  }
}

function addPrograms(value: Value | undefined, programs: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof ClosureValue) {
    programs.add(value.program);
    for (const captured of value.captured) addPrograms(captured, programs);
  } else if (Array.isArray(value))
    for (const element of value) addPrograms(element as Value, programs);
  else if (value instanceof Map)
    for (const element of value.values()) addPrograms(element, programs);
}
