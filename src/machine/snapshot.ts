import { assert, TsunagiError } from "#kernel";
import type { Context, ProcessEnd, Reason, Wait } from "./effect.ts";
import { restore, store, storeList, storeRecord, type Stored } from "./encoding.ts";
import { snapshotBytesMax } from "./limits.ts";
import type { Resume } from "./resume.ts";
import { sizeOf } from "./size.ts";
import { Frame, State, type Block, type Pending, type Release, type TraceEntry } from "./state.ts";
import type { ClosureValue, Value } from "./value.ts";

/**
 * A process as text, and back. What is decoded is indistinguishable from what was encoded, at every instruction. It is a
 * storage format (DESIGN section 2): fields are only added, at the end of what is an array here.
 *
 * Texts and contexts that many frames share are written once, in `texts` and `contexts`.
 */
interface Snapshot {
  v: 1;
  texts: string[];
  contexts: Stored[];
  frames: Stored[][];
  pending?: Stored;
  releases?: Stored;
  end?: Stored;
  secrets?: readonly string[];
  instructions?: number;
  work?: number;
}

/** Throws LIMIT_EXCEEDED if the state is too large to be stored. */
export function encodeState(state: State): string {
  assertModest(state);
  const writer = new Writer();
  const frames = state.frames.map((frame) => writer.frame(frame)).join(",");
  let rest = "";
  if (state.pending !== null) rest += `,"pending":${writer.pending(state.pending)}`;
  if (state.releases.length > 0) rest += `,"releases":${store(state.releases)}`;
  if (state.end !== null) rest += `,"end":${store(state.end)}`;
  if (state.secrets.length > 0) rest += `,"secrets":${JSON.stringify(state.secrets)}`;
  // A wait begins a new count.
  const isWaiting = state.pending?.pause.kind === "wait";
  if (state.instructions > 0 && !isWaiting) rest += `,"instructions":${state.instructions}`;
  if (state.work > 0 && !isWaiting) rest += `,"work":${state.work}`;
  const text = `{"v":1,"texts":[${writer.texts}],"contexts":[${writer.contexts}],"frames":[${frames}]${rest}}`;
  // A character has at most three bytes.
  if (text.length * 3 > snapshotBytesMax) assertBytes(new TextEncoder().encode(text).length);
  return text;
}

/** The inverse of {@link encodeState}. */
export function decodeState(text: string): State {
  const snapshot = JSON.parse(text) as Snapshot;
  assert(snapshot.v === 1, `a snapshot of the unknown version ${String(snapshot.v)}`);
  const reader = new Reader(snapshot);
  const state = new State();
  state.frames = snapshot.frames.map((frame) => reader.frame(frame));
  if (snapshot.pending !== undefined) state.pending = reader.pending(snapshot.pending);
  if (snapshot.releases !== undefined) state.releases = restore(snapshot.releases) as Release[];
  if (snapshot.end !== undefined) state.end = restore(snapshot.end) as ProcessEnd;
  state.secrets = snapshot.secrets ?? [];
  state.instructions = snapshot.instructions ?? 0;
  state.work = snapshot.work ?? 0;
  return state;
}

/** Before anything is written: values that share parts may be much larger as text than in memory. */
function assertModest(state: State): void {
  let size = 0;
  for (const frame of state.frames) {
    for (const value of frame.slots) size += sizeOf(value);
    for (const value of frame.stack) size += sizeOf(value);
    size += sizeOf(frame.result) + sizeOf(frame.error);
    if (size > snapshotBytesMax) assertBytes(size);
  }
}

function assertBytes(bytes: number): void {
  if (bytes <= snapshotBytesMax) return;
  throw new TsunagiError(
    "LIMIT_EXCEEDED",
    `the process is too large to be stored: ${bytes} bytes, and at most ${snapshotBytesMax} are kept`,
    {
      hint: "Keep less in variables: read what you need when you need it, and drop what is no longer used.",
    },
  );
}

/** Writes parts of a state as JSON text. */
class Writer {
  texts = "";
  contexts = "";
  readonly #textIndexes = new Map<string, number>();
  readonly #contextIndexes = new Map<Context, number>();

  frame(frame: Frame): string {
    let used = frame.slots.length;
    while (used > 0 && frame.slots[used - 1] === undefined) used -= 1;
    const program = this.#text(frame.program);
    const path = this.#text(frame.path);
    const context = this.#context(frame.context);
    const entryContext = this.#context(frame.entryContext);
    const slots = storeList(used === frame.slots.length ? frame.slots : frame.slots.slice(0, used));
    const blocks = frame.blocks.map((block) => this.#block(block)).join(",");
    const outcome = `${frame.status},${store(frame.result)},${store(frame.error)},${store(frame.reason)}`;
    const fields = `${program},${frame.function},${frame.pc},${path},${context},${entryContext},${frame.slots.length},${slots},${storeList(frame.stack)},[${blocks}],${outcome}`;
    const isPlain =
      frame.runsAs === null &&
      frame.self === null &&
      !frame.discardsResult &&
      frame.replaced.length === 0 &&
      frame.children.length === 0;
    if (isPlain) return `[${fields}]`;
    const { runsAs, self, discardsResult, replaced, children } = frame;
    return `[${fields},${[runsAs, self, discardsResult, replaced, children].map(store).join(",")}]`;
  }

  pending({ pause, resume }: Pending): string {
    if (pause.kind === "ask") {
      return `{"ask":${this.#request(pause.request)},"resume":${store(resume)}}`;
    }
    const waits = pause.waits.map((wait) => this.#wait(wait)).join(",");
    return `{"waits":[${waits}],"deadline":${pause.deadline},"resume":${this.#resume(resume)}}`;
  }

  /** Processes that are about to start are states themselves. */
  #request(request: Extract<Pending["pause"], { kind: "ask" }>["request"]): string {
    if (request.kind === "fork") {
      const children = request.children.map(({ state, title }) => [encodeState(state), title]);
      return `{"fork":${JSON.stringify(children)}}`;
    }
    if (request.kind === "spawn") {
      const { callee, state } = request.start;
      return `{"spawn":${JSON.stringify([callee.program, callee.path, encodeState(state)])}}`;
    }
    return store(request);
  }

  #wait(wait: Wait): string {
    if (wait.kind === "command") {
      const { command } = wait;
      return `{"command":${storeRecord(command, "context")},"context":${this.#context(command.context)}}`;
    }
    if (wait.kind === "external") {
      return `{"external":${storeRecord(wait, "context")},"context":${this.#context(wait.context)}}`;
    }
    return store(wait);
  }

  /** A running command is written as the wait that it is. */
  #resume(resume: Resume): string {
    if (resume.kind !== "command") return store(resume);
    const { attempt, phase } = resume;
    const wait = phase === "running" ? "" : `,"wait":${this.#wait(attempt.wait)}`;
    return `{"attempt":${storeRecord(attempt, "wait")},"phase":"${phase}"${wait}}`;
  }

  #block(block: Block): string {
    return block.kind === "context" ? `{"saved":${this.#context(block.saved)}}` : store(block);
  }

  #text(text: string): number {
    const known = this.#textIndexes.get(text);
    if (known !== undefined) return known;
    const index = this.#textIndexes.size;
    this.#textIndexes.set(text, index);
    this.texts += `${index === 0 ? "" : ","}${JSON.stringify(text)}`;
    return index;
  }

  #context(context: Context): number {
    const known = this.#contextIndexes.get(context);
    if (known !== undefined) return known;
    const index = this.#contextIndexes.size;
    this.#contextIndexes.set(context, index);
    this.contexts += `${index === 0 ? "" : ","}${contextText(context)}`;
    return index;
  }
}

// Most processes keep theirs from step to step, and share it with others.
const contextTexts = new WeakMap<Context, string>();

function contextText(context: Context): string {
  let text = contextTexts.get(context);
  if (text === undefined) {
    text = store(context);
    contextTexts.set(context, text);
  }
  return text;
}

type StoredRecord = { [key: string]: Stored };

class Reader {
  readonly #texts: readonly string[];
  readonly #contexts: readonly Context[];

  constructor(snapshot: Snapshot) {
    this.#texts = snapshot.texts;
    this.#contexts = snapshot.contexts.map((context) => restore(context) as Context);
  }

  frame(fields: readonly Stored[]): Frame {
    const slots = (fields[7] as Stored[]).map((slot) => restore(slot) as Value | undefined);
    const all = Array.from<Value | undefined>({ length: fields[6] as number });
    for (const [index, slot] of slots.entries()) all[index] = slot;
    const frame = new Frame({
      program: this.#texts[fields[0] as number] as string,
      function: fields[1] as number,
      slots: all,
      context: this.#contexts[fields[4] as number] as Context,
      entryContext: this.#contexts[fields[5] as number] as Context,
      path: this.#texts[fields[3] as number] as string,
      runsAs: (fields[14] ?? null) as number | null,
      self: restore(fields[15] ?? null) as ClosureValue | null,
    });
    frame.pc = fields[2] as number;
    frame.stack = restore(fields[8] as Stored) as Value[];
    frame.blocks = (fields[9] as StoredRecord[]).map((block) => this.#block(block));
    frame.status = fields[10] as number;
    frame.result = restore(fields[11] as Stored) as Value;
    frame.error = fields[12] as string | null;
    frame.reason = fields[13] as Reason | null;
    frame.discardsResult = (fields[16] ?? false) as boolean;
    frame.replaced = restore(fields[17] ?? []) as TraceEntry[];
    frame.children = restore(fields[18] ?? []) as Value[];
    return frame;
  }

  pending(stored: Stored): Pending {
    const { ask, waits, deadline, resume } = stored as StoredRecord;
    if (ask !== undefined) {
      const request = this.#request(ask as StoredRecord);
      return { pause: { kind: "ask", request }, resume: restore(resume as Stored) as Resume };
    }
    const all = (waits as StoredRecord[]).map((wait) => this.#wait(wait));
    return {
      pause: { kind: "wait", waits: all, deadline: deadline as number | null },
      resume: this.#resume(resume as StoredRecord, all),
    };
  }

  #request(stored: StoredRecord): Extract<Pending["pause"], { kind: "ask" }>["request"] {
    if (stored.fork !== undefined) {
      const children = (stored.fork as [string, string][]).map(([state, title]) => ({
        state: decodeState(state),
        title,
      }));
      return { kind: "fork", children };
    }
    if (stored.spawn !== undefined) {
      const [program, path, state] = stored.spawn as [string, string, string];
      return { kind: "spawn", start: { callee: { program, path }, state: decodeState(state) } };
    }
    return restore(stored) as Extract<Pending["pause"], { kind: "ask" }>["request"];
  }

  #wait(stored: StoredRecord): Wait {
    const context = this.#contexts[stored.context as number] as Context;
    if (stored.command !== undefined) {
      return {
        kind: "command",
        command: { ...(restore(stored.command) as object), context },
      } as Wait;
    }
    if (stored.external !== undefined) {
      return { ...(restore(stored.external) as object), context } as Wait;
    }
    return restore(stored) as Wait;
  }

  #resume(stored: StoredRecord, waits: readonly Wait[]): Resume {
    if (stored.attempt === undefined) return restore(stored) as Resume;
    const wait = stored.wait === undefined ? waits[0] : this.#wait(stored.wait as StoredRecord);
    const attempt = { ...(restore(stored.attempt) as object), wait };
    return { kind: "command", attempt, phase: stored.phase } as Resume;
  }

  #block(stored: StoredRecord): Block {
    if (stored.saved === undefined) return restore(stored) as Block;
    return { kind: "context", saved: this.#contexts[stored.saved as number] as Context };
  }
}
