import { compile } from "#language";
import {
  currentLine,
  describeEnd,
  describeWait,
  encodeValue,
  fromJson,
  pendingPause,
  programsOf,
  SecretValue,
  secretsOf,
  toJson,
  variablesOf,
  type Environment,
  type Observer,
  type Program,
  type State,
  type Value,
} from "#machine";
import { SimulatedHost, type CommandAnswer } from "../language/simulated-host.ts";
import type { GeneratedProgram } from "./program-generator.ts";

/** The world of a generated program: what its paths, channels and commands mean. The same in every run. */

export const programPath = "/fuzz/program";

/** What is in the one password field; nothing of it may be seen. */
export const secretText = "Ge-heim/7+ü";

const library: Record<string, string> = {
  "/fuzz/lib/echo":
    "|a = null, b = 1| print('$a $b') -> { if type(a) == 'closure' | [a] } -> return(a)",
  "/fuzz/lib/none": "|x| print(x)",
  "/fuzz/lib/own": "# context: own\n|a = null, b = null| ['ok own'] -> return(__host__)",
  "/fuzz/lib/fails": "# runs as: 7\n|a = null, b = null| ['ok'] -> abort('failed with $a')",
  "/fuzz/lib/waits": "|a = null, b = null| <../mail> -> sleep(2) -> return([a, $RESULT])",
};

const answers: readonly [RegExp, Partial<CommandAnswer>][] = [
  [/^fail/, { status: 3, output: "half", error: "it failed" }],
  [/^slow/, { seconds: 10, output: "late" }],
  [/^lost/, { status: -1, reason: "unknown", error: "its fate is unknown" }],
  [/^gone/, { status: -1, reason: "unreachable", error: "no route to host" }],
  [/^refused/, { status: -1, reason: "refused", error: "not allowed" }],
  [/^bytes/, { output: "\ufffd\u0000\ufffd" }],
  [/^(ok|echo|ls|a)/, { output: "code 12\nOK", error: "a warning" }],
  [/^/, { status: 127, error: "not found" }],
];

/** How far programs may go: a law holds for short ones as well. */
export interface Bounds {
  savesEveryInstruction: boolean;
  instructionsMax: number;
  turnsMax: number;
  recordsJobs?: boolean;
  /** Calls that wait for each other; saving them all takes the longer the more there are. */
  depthMax?: number;
  observer?: Observer;
}

/** Those of the library, compiled once. */
const libraryPrograms = new Map(
  Object.values(library).map((source) => [source, compile(source).program as Program]),
);

export interface Outcome {
  /** All that can be seen of it, as one text. */
  seen: string;
  /** What people see: the console, errors, titles. */
  shown: string;
}

/** Runs a program that compiles to its end, or until it waits for ever. */
export function runInWorld(
  { source, required }: GeneratedProgram,
  program: Program,
  bounds: Bounds,
): Outcome {
  const host = new SimulatedHost({
    source: (path) => (path === programPath ? source : library[path]),
    programs: new Map(libraryPrograms).set(source, program),
    ...bounds,
  });
  furnish(host);
  const named = new Map<string, Value>(required.map((name) => [name, `given ${name}`]));
  const end = host.run(programPath, named);
  const processes = [...host.processes.values()].map((process) => ({
    path: process.path,
    lines: process.lines,
    end: process.end,
  }));
  const jobs = [...host.processes.values()].map((process) => [process.jobs, process.openJobs]);
  const looks = [...host.processes.values()].map(({ state }) => look(state, host.environment));
  const seen = encodeValue([
    host.lines,
    host.ran,
    host.ranFor,
    processes as unknown as Value,
    [...host.objects.values()].map(({ fields }) => fields),
    end as unknown as Value,
  ]);
  return { seen, shown: [...host.lines, ...looks, JSON.stringify(jobs)].join("\n") };
}

/** What people see who look at a process from outside, at whatever moment. */
function look(state: State, environment: Environment): string {
  const programs = programsOf(state).filter((hash) => environment.program(hash) === undefined);
  if (programs.length > 0)
    throw new Error(`a state names programs that nobody has: ${programs.join(" ")}`);
  const pause = pendingPause(state);
  const place = currentLine(state, environment);
  const shown: unknown[] = [place];
  for (const { path, line, variables } of variablesOf(state, environment)) {
    const values = [...variables].map(([name, value]) => [name, toJson(value)] as const);
    for (const [, json] of values) encodeValue(fromJson(json));
    shown.push(path, line, values);
  }
  if (pause?.kind === "wait")
    for (const wait of pause.waits) shown.push(describeWait(wait, secretsOf(state)));
  if (pause?.kind === "ended") shown.push(describeEnd(pause.end));
  return JSON.stringify(shown);
}

function furnish(host: SimulatedHost): void {
  const put = (path: string, type: string, fields: Record<string, Value>): void => {
    host.objects.set(path, { type, fields: new Map(Object.entries(fields)) });
  };
  put("/o", "Text", { a: 1, b: "text" });
  put("/data/a", "Text", { a: 1, host: "web01" });
  put("/data/b", "Text", { a: [1, 2] });
  put("/data/with blank", "Node", {});
  put("/c", "Channel", {});
  put("/d", "Channel", {});
  put("/fuzz/mail", "Channel", {});
  put("/fuzz/script", "Script", { source: "#!/bin/sh\necho ok" });
  put("/s", "Account", { password: new SecretValue(secretText) });
  for (const message of ["a", 12, null, ["x"]] as const) host.sendMessage("/c", message);
  host.sendMessage("/fuzz/mail", new Map([["k", "mail"]]));
  for (const [pattern, answer] of answers)
    host.commands.push({ ...plainAnswer, pattern, ...answer });
  const response = new Map<string, Value>([
    ["status", 200],
    ["headers", new Map()],
    ["body", "body"],
  ]);
  const outcomes: [string, Value, number][] = [
    ["urlopen", response, 0],
    ["confirm", "yes", 0],
    ["session_open", "handle", 0],
    ["session_read", "prompt> ", 0],
    ["get", null, 4],
  ];
  for (const [name, result, status] of outcomes)
    host.externals.set(name, { status, result, error: null, reason: null });
}

const plainAnswer: CommandAnswer = {
  pattern: /^/,
  status: 0,
  output: "",
  error: "",
  reason: null,
  seconds: 1,
  times: Infinity,
};
