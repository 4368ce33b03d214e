import {
  compile,
  compiledChains,
  LineIndex,
  type Chain,
  type Connector,
  type Job,
  type Link,
} from "#language";
import type { Frame, Observer } from "#machine";
import { programHash } from "#processes";

/** What of a jobflow ran in the tests. */
export interface FlowCoverage {
  file: string;
  jobs: { total: number; ran: number };
  /** Of `->>`, `=>>` and `=>`: what is on their left may succeed or fail, as far as both can be. */
  sides: { total: number; taken: number };
  /** In order of line. Of what stands within a job that never ran nothing is said. */
  missed: readonly { line: number; message: string }[];
}

export interface CoveredFlow {
  /** The path in the house. */
  path: string;
  file: string;
  source: string;
}

/**
 * Watches machines run and keeps which jobs began and how they came to their end:
 *
 *   began      the first instruction of its code ran
 *   succeeded  from within its code the function came to the place behind it
 *   failed     a connector took its failure
 */
export class Coverage {
  readonly #flows = new Map<string, FlowRecord>();

  /** An observer for one run, in which the flows stand at these paths. */
  observe(flows: readonly CoveredFlow[]): Observer {
    const records = new Map<string, FlowRecord>();
    for (const { path, file, source } of flows) {
      const record = this.#record(file, source);
      if (record !== undefined) records.set(`${record.hash} ${path}`, record);
    }
    /** Where each frame was last; one that was stored meanwhile waited in the instruction before its place. */
    const last = new WeakMap<Readonly<Frame>, number>();
    const recordOf = ({ program, path }: Readonly<Frame>) => records.get(`${program} ${path}`);
    return {
      instruction(frame) {
        recordOf(frame)?.reached(frame.function, last.get(frame) ?? frame.pc - 1, frame.pc);
        last.set(frame, frame.pc);
      },
      handled(frame, start, end) {
        recordOf(frame)?.failed(frame.function, start, end);
        last.set(frame, nowhere);
      },
    };
  }

  /** All flows that were watched, in order of file. */
  flows(): FlowCoverage[] {
    return [...this.#flows.values()]
      .toSorted((a, b) => (a.file < b.file ? -1 : 1))
      .map((record) => record.report());
  }

  #record(file: string, source: string): FlowRecord | undefined {
    const known = this.#flows.get(file);
    if (known !== undefined) return known;
    const { program } = compile(source);
    if (program === null) return undefined;
    const record = new FlowRecord(file, source, programHash(program));
    this.#flows.set(file, record);
    return record;
  }
}

const nowhere = -1;

/** A job, and what became of it. */
interface JobRecord {
  job: Job;
  start: number;
  end: number;
  ran: boolean;
  succeeded: boolean;
  failed: boolean;
}

interface ChainRecord {
  chain: Chain;
  jobs: JobRecord[];
}

class FlowRecord {
  readonly file: string;
  readonly hash: string;
  readonly #source: string;
  readonly #chains: ChainRecord[] = [];
  /** By function. */
  readonly #jobs = new Map<number, JobRecord[]>();

  constructor(file: string, source: string, hash: string) {
    this.file = file;
    this.hash = hash;
    this.#source = source;
    for (const { function: index, chain, places } of compiledChains(source)) {
      const jobs = chain.links.map(({ job }, link) => {
        const { start, end } = places[link] as { start: number; end: number };
        return { job, start, end, ran: false, succeeded: false, failed: false };
      });
      this.#chains.push({ chain, jobs });
      this.#jobs.set(index, [...(this.#jobs.get(index) ?? []), ...jobs]);
    }
  }

  reached(index: number, before: number, pc: number): void {
    for (const each of this.#jobs.get(index) ?? []) {
      if (each.start === pc) each.ran = true;
      if (each.end === pc && before >= each.start && before < each.end) each.succeeded = true;
    }
  }

  failed(index: number, start: number, end: number): void {
    for (const each of this.#jobs.get(index) ?? []) {
      if (each.start === start && each.end === end) each.failed = true;
    }
  }

  report(): FlowCoverage {
    // A job without code, such as an empty block, neither runs nor not.
    const jobs = this.#chains
      .flatMap((chain) => chain.jobs)
      .filter(({ start, end }) => start < end);
    const idle = jobs.filter(({ ran }) => !ran).map(({ job }) => job);
    const missed: Missed[] = idle
      .filter((job) => !idle.some((other) => isWithin(job, other)))
      .map((job) => ({ at: job.span.start, message: `never ran: ${this.#excerpt(job)}` }));
    const sides = { total: 0, taken: 0 };
    for (const { chain, jobs } of this.#chains) {
      const taken = sidesOf(chain, (index) => jobs[index] as JobRecord);
      for (const [key, side] of sidesOf(chain, (index) => possible(jobs[index] as JobRecord))) {
        sides.total += 1;
        if (taken.has(key)) sides.taken += 1;
        else if (jobs[0]?.ran === true && !isTold(side)) missed.push(missedSide(side));
      }
    }
    const lines = new LineIndex(this.#source);
    return {
      file: this.file,
      jobs: { total: jobs.length, ran: jobs.length - idle.length },
      sides,
      missed: missed
        .toSorted((a, b) => a.at - b.at)
        .map(({ at, message }) => ({ line: lines.position(at).line, message })),
    };
  }

  #excerpt({ span }: Job): string {
    const [first = "", ...others] = this.#source.slice(span.start, span.end).split("\n");
    const text = first.trimEnd();
    return text.length > excerptMax || others.length > 0 ? `${text.slice(0, excerptMax)} …` : text;
  }
}

const excerptMax = 60;

interface Outcomes {
  succeeded: boolean;
  failed: boolean;
}

/** What a job can do, as far as one sees it: what ends the flow or goes elsewhere never comes to its connector. */
function possible({ job }: JobRecord): Outcomes {
  return { succeeded: canSucceed(job), failed: canFail(job) };
}

const leaving = new Set(["return", "exit", "abort", "break", "continue"]);

function canSucceed(job: Job): boolean {
  if (job.kind === "builtin") return !leaving.has(job.name.text);
  if (job.kind !== "plain") return true;
  const last = job.chain?.links.at(-1);
  const isAlwaysReached = last?.connector === null || last?.connector.text === "->";
  return last === undefined || !isAlwaysReached || canSucceed(last.job);
}

/** These fail at most when their arguments do. */
const harmless = new Set(["print", "sleep", ...leaving]);

function canFail(job: Job): boolean {
  return job.kind !== "builtin" || !harmless.has(job.name.text);
}

/** A connector of `->>`, `=>>` and `=>`, and what became of what is on its left. */
interface Side {
  connector: NonNullable<Link["connector"]>;
  left: "succeeded" | "failed";
}

/** The sides of a chain's connectors that these outcomes take (LANGUAGE section 4). */
function sidesOf(
  { links }: Chain,
  outcomesOf: (index: number) => Outcomes,
): ReadonlyMap<string, Side> {
  const sides = new Map<string, Side>();
  const walk = (from: number, left: Side["left"]): void => {
    for (let index = from; index < links.length; index += 1) {
      const connector = links[index]?.connector ?? null;
      // Behind it the job runs, or the chain has failed: both say nothing of what is to the left.
      if (connector === null || connector.text === "->") return;
      sides.set(`${index} ${left}`, { connector, left });
      if (runs(connector.text, left)) return;
    }
  };
  for (const index of links.keys()) {
    const { succeeded, failed } = outcomesOf(index);
    if (succeeded) walk(index + 1, "succeeded");
    if (failed) walk(index + 1, "failed");
  }
  return sides;
}

function runs(connector: Connector, left: Side["left"]): boolean {
  return connector === "=>" || (connector === "->>") === (left === "succeeded");
}

/** The job behind it never ran, and that was said. */
function isTold({ connector, left }: Side): boolean {
  return connector.text !== "=>" && runs(connector.text, left);
}

/** Something to be told, at an offset of the source. */
interface Missed {
  at: number;
  message: string;
}

function missedSide({ connector, left }: Side): Missed {
  const what = left === "succeeded" ? "success" : "failure";
  return { at: connector.span.start, message: `'${connector.text}' never saw a ${what}` };
}

function isWithin(inner: Job, outer: Job): boolean {
  return (
    inner !== outer && inner.span.start >= outer.span.start && inner.span.end <= outer.span.end
  );
}
