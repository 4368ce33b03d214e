import { compile } from "../../src/language/index.ts";
import {
  advance,
  begin,
  decodeProgram,
  decodeState,
  encodeProgram,
  encodeState,
  ObjectValue,
  pendingPause,
  ProcessValue,
  SecretValue,
  TimeValue,
  textOf,
  toJson,
  type Answer,
  type Input,
  type Json,
  type Outcome,
  type Pause,
  type Program,
  type Request,
  type State,
  type Value,
} from "../../src/machine/index.ts";
import type { Stored } from "./formats.ts";

/** One flow for each kind of wait, and for each kind of value and block that a snapshot can hold; each is stored in the middle of its waits. */
export const waitingFlows: Readonly<Record<string, string>> = {
  values: `[t = time('2026-01-01T00:00:00Z'), d = duration('90s'), p = r'(?<n>a)', b = decode('/w==', 'base64'), o = /o, q = /process/3, s = /s.password]
-> [all = {t: t, d: d, 'a b': [null, true, -1.5, 'x'], o: o, q: q}] -> <./c>
-> print(t + d, 'a' =~ p, encode(b, 'hex'), all, s) -> print('$s') -> return(all)`,
  calls: `[add = {|a, b = 10| ['first'] -> return(a + b)}] -> [add: 1] -> [add: $RESULT, b = 5] -> return($RESULT)`,
  last: `[again = {|n| ['round $n'] -> { if n < 2 | [self: n + 1] }}] -> [again: 0] -> print('$STATUS')`,
  children: `{ pfor v in [1, 2, 3] limit 2 | return(v) } -> print($RESULT) -> return(length(children()))`,
  choice: `{ choice | <./c> -> print('message $RESULT') wait(/process/3) -> print('ended') after 60: print('late') } -> ['then']`,
  blocks: `[n = 0] -> { timeout 300 | { lock /o | { session s, __host__ = 'router' | [s << 'enable'] -> <s> -> [n = $RESULT] } } else: print('late') } -> print(n)`,
  loops: `[sum = 0] -> { for k, v in {a: 1, b: 2} | { while sum < v | ['one'] -> [sum = sum + 1] } } -> { for i in range(2) | ['two'] } -> return(sum)`,
  retries: `['fails': retry = 2, interval = 5, timeout = 9, stdin = 'in'] =>> print('$STATUS $REASON $ERROR') -> ['then']`,
  requests: `{ __env__ = {A: 'b'}, __user__ = 'ops' | urlopen('http://a/', headers = {A: /s.password}, timeout = 5) } -> print($RESULT)`,
};

const hash = "waiting";

/** What this release would store, by name. */
export function storeWaiting(): Record<string, Stored> {
  const stored = Object.entries(waitingFlows).map(([name, source]): [string, Stored] => {
    const { program, diagnostics } = compile(source);
    if (program === null) throw new Error(`${name}: ${JSON.stringify(diagnostics)}`);
    const waits = run(startOf(program), program).snapshots;
    const snapshot = waits[(waits.length - 1) >> 1] ?? "";
    return [name, { program: encodeProgram(program), snapshot }];
  });
  return Object.fromEntries(stored);
}

/** Goes on from a snapshot to the end. */
export function goOn(stored: Stored): { console: string[]; result: Json; state: string } {
  const state = decodeState(stored.snapshot);
  const { console, end } = run(state, decodeProgram(stored.program));
  return { console, result: toJson(end.result), state: end.state };
}

function startOf(program: Program): State {
  const start = { program, hash, path: "/ops/waiting", positional: [], named: new Map() };
  const begun = begin({ ...start, context: new Map() });
  if ("failure" in begun) throw new Error(begun.failure);
  return begun.state;
}

/** Runs to the end in a small world that answers everything at once, and takes a snapshot at each wait. */
function run(
  state: State,
  program: Program,
): { console: string[]; snapshots: string[]; end: Extract<Pause, { kind: "ended" }>["end"] } {
  const environment = { program: () => program };
  const console: string[] = [];
  const snapshots: string[] = [];
  let pause = pendingPause(state) ?? advance(state, { kind: "start" }, environment);
  while (pause.kind !== "ended") {
    if (pause.kind === "wait") snapshots.push(encodeState(state));
    else if (pause.request.kind === "print") console.push(pause.request.text);
    const input: Input =
      pause.kind === "wait"
        ? { kind: "event", index: 0, outcome: outcomeOf(pause.waits[0]) }
        : { kind: "answer", answer: answerTo(pause.request) };
    pause = advance(state, input, environment);
  }
  return { console, snapshots, end: pause.end };
}

function outcomeOf(wait: Extract<Pause, { kind: "wait" }>["waits"][number] | undefined): Outcome {
  const good: Outcome = { status: 0, result: "done", error: null, reason: null };
  if (wait?.kind === "command" && textOf(wait.command.text) === "fails")
    return { status: 3, result: "half", error: "it failed", reason: "exit" };
  if (wait?.kind === "children") return { ...good, result: wait.processes.slice(0, wait.atMost) };
  return good;
}

function answerTo(request: Request): Answer {
  const given = (value: Value): Answer => ({ ok: true, value });
  switch (request.kind) {
    case "now":
      return given(new TimeValue(Date.UTC(2026, 0, 1)));
    case "resolve":
      return given(
        request.path.startsWith("/process/")
          ? new ProcessValue(3)
          : new ObjectValue(7, request.path, request.path.endsWith("/c") ? "Channel" : "Text"),
      );
    case "read":
      return given(new SecretValue("a-secret"));
    case "holds":
      return given(false);
    case "fork":
      return given(request.children.map((_, index) => new ProcessValue(10 + index)));
    case "outcomes":
      return given(
        request.of.map(
          (process, index) =>
            new Map<string, Value>([
              ["status", 0],
              ["reason", null],
              ["result", index],
              ["error", null],
              ["process", process],
            ]),
        ),
      );
    default:
      return given(null);
  }
}
