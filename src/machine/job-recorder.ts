import type { Reason, Wait } from "./effect.ts";
import type { Failure } from "./failure.ts";
import { jobAt, lineAt, loadProgram, type LoadedFunction } from "./program.ts";
import { maskSecrets } from "./secret.ts";
import type { Frame } from "./state.ts";
import { shownTextOf, textOf } from "./text.ts";
import type { Environment, Turn } from "./turn.ts";
import { ProcessValue, type Value } from "./value.ts";

/** `handled`: a connector took the failure. `skipped`: a person said so. */
export type JobOutcome = "ok" | "failed" | "handled" | "skipped";

/** A job that a process did, or is doing. What it shows is bounded, and its secrets are hidden. */
export interface JobRecord {
  /** Grows in the order in which the jobs began. */
  number: number;
  /** How many calls are around it. */
  depth: number;
  began: number;
  /** Null: it is not over. */
  ended: number | null;
  path: string;
  line: number;
  /** Null where the program does not know it. */
  column: number | null;
  kind: string;
  /** As it was run if it is a command, else as it is written; null where the program does not know it. */
  text: string | null;
  outcome: JobOutcome | null;
  status: number | null;
  reason: Reason | null;
  error: string | null;
  /** What is said of some jobs only. */
  more: JobDetails;
  /** Where line, column, kind and text stand as they are here, except for the text of what was run; absent where that is not so. */
  source?: JobSource | undefined;
}

/** A job in a program: the index of its function, and its own in there. */
export interface JobSource {
  program: string;
  function: number;
  job: number;
  text: string;
}

export interface JobDetails {
  host?: string;
  user?: string;
  /** The flow that is called. */
  callee?: string;
  /** Processes that it started or waits for, by number. */
  processes?: readonly number[];
  /** What a person decided before the job. */
  decision?: { by: string; decision: string; at: number };
}

/** A job that is not over: a call, or what is waited for. */
interface OpenJob {
  number: number;
  /** How many frames there are where it stands. */
  depth: number;
  began: number;
  isCall: boolean;
  /** Where it stands, if it began in this turn. */
  frame: Frame | null;
  place: number;
  /** As it was stored, if it began in an earlier one. */
  stored: JobRecord | null;
  kind: string | null;
  text: string | null;
  more: JobDetails;
}

interface End {
  outcome: JobOutcome;
  status: number;
  reason: Reason | null;
  error: string | null;
}

// A power of two: of a turn that does more, the last ones are kept.
const keptMax = 256;
const keptMask = keptMax - 1;
/** Calls deeper than that are recorded only by what is done in them. */
const openMax = 100;
const textMax = 200;
const errorMax = 500;
const processesMax = 50;

const succeeded: End = { outcome: "ok", status: 0, reason: null, error: null };

/**
 * Takes note of the jobs of one turn. The machine tells it of every job that is over, most of which are assignments; so that costs
 * no more than a few numbers in a ring, and what they mean is worked out when the turn is over, for those that are left.
 */
export class JobRecorder {
  readonly #numbers = new Float64Array(keptMax);
  readonly #places = new Int32Array(keptMax);
  readonly #depths = new Int32Array(keptMax);
  readonly #frames: (Frame | null)[] = Array.from({ length: keptMax }, () => null);
  readonly #ended: ({ job: OpenJob; end: End } | null)[] = Array.from(
    { length: keptMax },
    () => null,
  );
  #count = 0;
  #number = 0;
  #now = 0;
  #open: OpenJob[] = [];

  /** A turn begins: the number of the last job, and those that are not over, outermost first. */
  begin(open: readonly JobRecord[], number: number, now: number): void {
    this.#forget();
    this.#number = number;
    this.#now = now;
    this.#open = open.map((stored) => ({
      ...stored,
      depth: stored.depth + 1,
      isCall: stored.kind === "call",
      frame: null,
      place: -1,
      stored,
    }));
  }

  /** The turn is over: what was done in it in the order of its end, how many more were left out, and what is not over. */
  take(
    environment: Environment,
    secrets: readonly string[],
  ): { done: JobRecord[]; leftOut: number; open: JobRecord[]; number: number } {
    const describe = new Describer(environment, secrets, this.#now);
    const done: JobRecord[] = [];
    const first = Math.max(0, this.#count - keptMax);
    let before = -1;
    for (let index = first; index < this.#count; index += 1) {
      const at = index & keptMask;
      const ended = this.#ended[at] ?? null;
      if (ended !== null) done.push(describe.ended(ended.job, ended.end));
      else if (!this.#belongs(describe, before, at)) {
        const frame = this.#frames[at] as Frame;
        const instant = describe.instant(
          this.#numbers[at] as number,
          this.#depths[at] as number,
          frame,
          this.#places[at] as number,
        );
        if (instant !== null) done.push(instant);
      }
      before = at;
    }
    const open = this.#open.map((job) => describe.open(job));
    const number = this.#number;
    this.#forget();
    return { done, leftOut: first, open, number };
  }

  /** A job is over that took no time. Called for every assignment. */
  done(frame: Frame, place: number, depth: number): void {
    const at = this.#count & keptMask;
    this.#count += 1;
    this.#number += 1;
    this.#numbers[at] = this.#number;
    this.#places[at] = place;
    this.#depths[at] = depth;
    this.#frames[at] = frame;
    this.#ended[at] = null;
  }

  /** A flow or closure was called; the innermost frame is the caller's. */
  called(turn: Turn, callee: Frame): void {
    const { frame } = turn;
    const more = callee.path === frame.path ? {} : { callee: callee.path };
    this.#begin(turn, { isCall: true, kind: "call", text: null, more });
  }

  /** A call in last position: who called has ended with it. */
  replaced(turn: Turn, callee: Frame): void {
    this.called(turn, callee);
    this.#endFrom(turn.state.frames.length, () => succeeded);
  }

  /** A function ended normally; so many frames are left. */
  returned(frames: number): void {
    this.#endFrom(frames, () => succeeded);
  }

  /** The innermost job waits. */
  waits(turn: Turn, waits: readonly Wait[]): void {
    const last = this.#open.at(-1);
    const more = detailsOf(waits);
    const isSame = last?.depth === turn.state.frames.length && !last.isCall;
    // Another try of a command, another child of a pfor.
    if (isSame) last.more = { ...last.more, ...more };
    else this.#begin(turn, { isCall: false, ...kindAndText(waits), more });
  }

  /** A person let a job go on that waited for a decision, or skipped it. */
  decided(decision: NonNullable<JobDetails["decision"]>): void {
    const job = this.#open.at(-1);
    if (job !== undefined) job.more = { ...job.more, decision };
  }

  /** What was waited for or asked is there, and the job is over. */
  finished(turn: Turn, result: readonly Value[]): void {
    const { frame } = turn;
    const depth = turn.state.frames.length;
    const last = this.#open.at(-1);
    const processes = processesIn(result);
    if (last?.depth !== depth || last.isCall) {
      if (processes === undefined) return this.done(frame, frame.pc - 1, depth);
      this.#begin(turn, { isCall: false, kind: null, text: null, more: { processes } });
    } else if (processes !== undefined) {
      last.more = { ...last.more, processes };
    }
    const isSkipped = last?.more.decision?.decision === "skip";
    this.#endFrom(depth, () => (isSkipped ? { ...succeeded, outcome: "skipped" } : succeeded));
  }

  /** The innermost job failed, and the calls around it as far as to the frame whose connector took that; -1: none did. */
  failed(turn: Turn, failure: Failure, takenBy: number): void {
    const depth = turn.state.frames.length;
    const last = this.#open.at(-1);
    // The innermost call is what the innermost frame runs in; the job itself is not open unless it waits.
    if (last?.depth !== depth || last.isCall)
      this.#begin(turn, { isCall: false, kind: null, text: null, more: {} });
    this.#endFrom(Math.max(takenBy + 1, 0), (job) => ({
      outcome: job.depth - 1 === takenBy ? "handled" : "failed",
      status: failure.status,
      reason: failure.reason,
      error: failure.error,
    }));
  }

  /** What is done in a block was given up; its frame has that index. */
  givenUp({ status, reason, error }: Failure, index: number): void {
    this.#endFrom(index + 1, () => ({ outcome: "failed", status, reason, error }));
  }

  #begin(turn: Turn, job: Pick<OpenJob, "isCall" | "kind" | "text" | "more">): void {
    const { frame } = turn;
    const depth = turn.state.frames.length;
    this.#number += 1;
    if (job.isCall && this.#open.length >= openMax) return;
    this.#open.push({
      number: this.#number,
      depth,
      began: this.#now,
      frame,
      place: frame.pc - 1,
      stored: null,
      ...job,
    });
  }

  /** Ends all jobs that stand in a frame of that depth or deeper. */
  #endFrom(depth: number, endOf: (job: OpenJob) => End): void {
    for (;;) {
      const job = this.#open.at(-1);
      if (job === undefined || job.depth < depth) return;
      this.#open.pop();
      const at = this.#count & keptMask;
      this.#count += 1;
      this.#ended[at] = { job, end: endOf(job) };
      this.#frames[at] = job.frame;
      this.#places[at] = job.place;
    }
  }

  /** An assignment of several names is one job. */
  #belongs(describe: Describer, before: number, at: number): boolean {
    if (before < 0) return false;
    const frame = this.#frames[at] as Frame;
    const [earlier, later] = [this.#places[before] as number, this.#places[at] as number];
    return (
      this.#frames[before] === frame &&
      later > earlier &&
      describe.indexOf(frame, earlier) === describe.indexOf(frame, later)
    );
  }

  /** Frames hold values: they are not to be kept longer than their processes. */
  #forget(): void {
    const used = Math.min(this.#count, keptMax);
    this.#frames.fill(null, 0, used);
    this.#ended.fill(null, 0, used);
    this.#count = 0;
    this.#open = [];
  }
}

type Place = Pick<JobRecord, "path" | "line" | "column" | "kind" | "text" | "source">;

/** Says what the numbers mean. */
class Describer {
  readonly #environment: Environment;
  readonly #secrets: readonly string[];
  readonly #now: number;
  readonly #masked = new Map<string, string>();
  #known: { program: string; function: number; code: LoadedFunction | undefined } | undefined;

  constructor(environment: Environment, secrets: readonly string[], now: number) {
    this.#environment = environment;
    this.#secrets = secrets;
    this.#now = now;
  }

  indexOf(frame: Frame, place: number): number {
    const code = this.#codeOf(frame);
    return code === undefined ? -1 : jobAt(code, place);
  }

  /** Null for code that stands in no job: the default of a parameter. */
  instant(number: number, depth: number, frame: Frame, place: number): JobRecord | null {
    if (this.indexOf(frame, place) < 0 && this.#codeOf(frame)?.jobs !== undefined) return null;
    const { path, line, column, kind, text, source } = this.#placeOf(frame, place);
    return {
      number,
      depth: depth - 1,
      began: this.#now,
      ended: this.#now,
      path,
      line,
      column,
      kind,
      text,
      outcome: "ok",
      status: 0,
      reason: null,
      error: null,
      more: nothingMore,
      source,
    };
  }

  open(job: OpenJob): JobRecord {
    const { number, depth, began, more, frame, stored } = job;
    if (frame === null && stored !== null) {
      return stored.more === more ? stored : { ...stored, more };
    }
    const { path, line, column, kind, text, source } = this.#placeOf(frame as Frame, job.place);
    return {
      number,
      depth: depth - 1,
      began,
      ended: null,
      path,
      line,
      column,
      kind: job.kind ?? kind,
      text: job.text === null ? text : this.#mask(job.text, textMax),
      outcome: null,
      status: null,
      reason: null,
      error: null,
      more: this.#maskDetails(more),
      source: job.kind === null || job.kind === kind ? source : undefined,
    };
  }

  ended(job: OpenJob, { outcome, status, reason, error }: End): JobRecord {
    const ended = { ...this.open(job) };
    ended.ended = this.#now;
    ended.outcome = outcome;
    ended.status = status;
    ended.reason = reason;
    ended.error = error === null ? null : this.#mask(error, errorMax);
    return ended;
  }

  #placeOf(frame: Frame, place: number): Place {
    const code = this.#codeOf(frame);
    const index = code === undefined ? -1 : jobAt(code, place);
    const job = code?.jobs?.[index];
    if (job === undefined) {
      const line = code === undefined ? 0 : lineAt(code, Math.max(0, place));
      return {
        path: frame.path,
        line,
        column: null,
        kind: "job",
        text: null,
        source: undefined,
      };
    }
    const [, , line, column, kind, text] = job;
    const shown = this.#mask(text, textMax);
    const source =
      shown === text
        ? { program: frame.program, function: frame.function, job: index, text }
        : undefined;
    return { path: frame.path, line, column, kind, text: shown, source };
  }

  #maskDetails(more: JobDetails): JobDetails {
    if (this.#secrets.length === 0 && !isLong(more.host) && !isLong(more.user)) return more;
    return {
      ...more,
      ...(more.host === undefined ? {} : { host: this.#mask(more.host, textMax) }),
      ...(more.user === undefined ? {} : { user: this.#mask(more.user, textMax) }),
    };
  }

  #mask(text: string, limit: number): string {
    if (this.#secrets.length === 0) return bounded(text, limit);
    const known = this.#masked.get(text);
    if (known !== undefined) return known;
    const masked = bounded(maskSecrets(text, this.#secrets), limit);
    this.#masked.set(text, masked);
    return masked;
  }

  /** Most jobs of a turn stand in one function. */
  #codeOf(frame: Frame): LoadedFunction | undefined {
    const known = this.#known;
    if (known?.program === frame.program && known.function === frame.function) return known.code;
    const program = this.#environment.program(frame.program);
    const code = program === undefined ? undefined : loadProgram(program).functions[frame.function];
    this.#known = { program: frame.program, function: frame.function, code };
    return code;
  }
}

const nothingMore: JobDetails = {};

function isLong(text: string | undefined): boolean {
  return text !== undefined && text.length > textMax;
}

function bounded(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function kindAndText(waits: readonly Wait[]): { kind: string | null; text: string | null } {
  const [wait] = waits;
  if (wait?.kind !== "command" || waits.length > 1) return { kind: null, text: null };
  const { text, script } = wait.command;
  return script === null
    ? { kind: "command", text: shownTextOf(text) }
    : { kind: "script", text: script.path };
}

function detailsOf(waits: readonly Wait[]): JobDetails {
  const [wait] = waits;
  switch (wait?.kind) {
    case "command": {
      const { context } = wait.command;
      const host = context.get("__host__") ?? context.get("__node__") ?? null;
      const user = context.get("__user__") ?? context.get("__account__") ?? null;
      if (host === null && user === null) return nothingMore;
      return {
        ...(host === null ? {} : { host: textOf(host) }),
        ...(user === null ? {} : { user: textOf(user) }),
      };
    }
    case "process":
      return { processes: [wait.process.id] };
    case "children":
      return processesIn(wait.processes) === undefined
        ? nothingMore
        : { processes: processesIn(wait.processes) as readonly number[] };
    default:
      return nothingMore;
  }
}

function processesIn(values: readonly Value[]): readonly number[] | undefined {
  const processes = values.filter((value) => value instanceof ProcessValue).map(({ id }) => id);
  return processes.length === 0 ? undefined : processes.slice(0, processesMax);
}
