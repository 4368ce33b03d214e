import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../../src/language/index.ts";
import {
  advance,
  begin,
  decodeProgram,
  decodeState,
  encodeProgram,
  encodeState,
  pendingPause,
  toJson,
  type Input,
  type Json,
  type Pause,
  type Program,
  type State,
} from "../../src/machine/index.ts";

/** Programs and snapshots are storage formats: what a release has stored, every later one runs to its end. */

export const formatsFolder = import.meta.dirname;

/** As in a database: a process that waits for its first command. */
export interface Stored {
  program: string;
  snapshot: string;
}

/** The name by which the snapshot knows its program. */
const hash = "sample";

/** What this release would store. */
export function storeSample(): Stored {
  const { program } = compile(readFileSync(join(formatsFolder, "sample.jobflow"), "utf8"));
  if (program === null) throw new Error("the sample does not compile");
  const begun = begin({
    program,
    hash,
    path: "/ops/sample",
    positional: [],
    named: new Map(),
    context: new Map(),
  });
  if ("failure" in begun) throw new Error(begun.failure);
  drive(begun.state, { kind: "start" }, program, []);
  return { program: encodeProgram(program), snapshot: encodeState(begun.state) };
}

/** Goes on from a snapshot; every command answers `Linux`. */
export function runToEnd(stored: Stored): { console: string[]; commands: Json[]; result: Json } {
  const program = decodeProgram(stored.program);
  const state = decodeState(stored.snapshot);
  const console: string[] = [];
  const commands: Json[] = [];
  let pause = pendingPause(state);
  while (pause?.kind === "wait") {
    const [wait] = pause.waits;
    if (wait?.kind !== "command") throw new Error(`the sample waits for ${wait?.kind}`);
    const { text, context, timeout } = wait.command;
    commands.push({ text: toJson(text), context: toJson(context), timeout });
    const outcome = { status: 0, result: "Linux", error: "", reason: null };
    pause = drive(state, { kind: "event", index: 0, outcome }, program, console);
  }
  if (pause?.kind !== "ended") throw new Error("the sample has not ended");
  return { console, commands, result: toJson(pause.end.result) };
}

/** Runs until it waits or has ended; what it asks on the way is only to print. */
function drive(state: State, input: Input, program: Program, console: string[]): Pause {
  const environment = { program: () => program };
  let pause = advance(state, input, environment);
  while (pause.kind === "ask") {
    if (pause.request.kind !== "print")
      throw new Error(`the sample asks for ${pause.request.kind}`);
    console.push(pause.request.text);
    pause = advance(state, { kind: "answer", answer: { ok: true, value: null } }, environment);
  }
  return pause;
}
