import type { Transaction } from "#database";
import {
  decodeProgram,
  type JobDetails,
  type JobOutcome,
  type JobRecord,
  type Program,
  type Reason,
} from "#machine";
import type { LateWrites } from "./late-writes.ts";
import type { ProcessRow } from "./process-table.ts";

/**
 * The trace: what a process did, job by job, kept without being asked for. It is written where a turn writes anyway: the newest
 * jobs stand in the process's own row, in lines, and move on to a row of `job_block` when they have become some. Blocks of all
 * processes are appended one behind the other, and each names the one before it of its process: an index by process would cost a
 * page of the database a block. Only the newest are kept.
 *
 * The first line of `jobs` is the head; the others are one job each, in the order in which they ended. What the program says of a job
 * is not said again: the line names its place there, and is filled in when somebody reads it.
 */
interface Head {
  /** Of the job that began last. */
  number: number;
  /** Jobs of turns that did too many to keep all. */
  leftOut: number;
  /** The newest block; null: there is none. */
  last: number | null;
  /** Characters in the blocks that are kept. */
  size: number;
  /** Those that are not over, outermost first: calls, and what is waited for. */
  open: readonly JobRecord[];
  /** The programs, and the paths under which they ran, that lines name by their place here. */
  flows: readonly Flow[];
}

type Flow = readonly [program: string, path: string];

// The process's row is written every turn, so it stays small; a process has about a megabyte of trace at most.
const tailMax = 400;
const blockMax = 4000;
const sizeMax = 1_000_000;
/** Jobs of further flows are written out. */
const flowsMax = 8;

/** What a process has open, for its next turn. */
export function openJobsOf(row: Pick<ProcessRow, "jobs" | "jobflow">): {
  number: number;
  open: readonly JobRecord[];
} {
  return headOf(row);
}

/** What a turn did; `updateProcess` then writes the row. Gives a promise where blocks are written. */
export function appendJobs(
  tx: LateWrites,
  row: ProcessRow,
  turn: { done: readonly JobRecord[]; leftOut: number; open: readonly JobRecord[]; number: number },
): Promise<void> | undefined {
  const { head, tail: before } = partsOf(row);
  let tail = before;
  for (const job of turn.done) tail += `\n${encode(row, head, job)}`;
  head.number = turn.number;
  head.leftOut += turn.leftOut;
  head.open = turn.open;
  if (tail.length > tailMax) {
    return moveToBlocks(tx, row.id, head, tail).then(() => setJobs(row, head, ""));
  }
  setJobs(row, head, tail);
  return undefined;
}

/** A person decided about what the process was about to do; it begins only then. */
export function noteDecision(row: ProcessRow, decision: NonNullable<JobDetails["decision"]>): void {
  const head = headOf(row);
  const job = head.open.at(-1);
  if (job === undefined) return;
  const decided = { ...job, began: decision.at, more: { ...job.more, decision } };
  setJobs(row, { ...head, open: [...head.open.slice(0, -1), decided] }, tailOf(row));
}

/** The process ends from outside: so does all that it was doing. */
export async function endOpenJobs(
  tx: LateWrites,
  row: ProcessRow,
  at: number,
  end: { status: number; reason: Reason | null; error: string },
): Promise<void> {
  const { open, number } = headOf(row);
  if (open.length === 0) return;
  const done = open
    .toReversed()
    .map((job): JobRecord => ({ ...job, ended: at, outcome: "failed", ...end }));
  await appendJobs(tx, row, { done, leftOut: 0, open: [], number });
}

/** What is kept of the jobs of a process, in the order in which they began. */
export async function readJobs(
  tx: Transaction,
  row: ProcessRow,
  after: number,
  limit: number,
): Promise<{ jobs: JobRecord[]; leftOut: number }> {
  const head = headOf(row);
  const blocks = await tx.all<{ text: string }>(`${chainSql} select text from chain order by id`, [
    head.last,
  ]);
  const programs = await readPrograms(tx, head.flows);
  const ended = [...blocks.map(({ text }) => text), tailOf(row)]
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .map((line) =>
      line.startsWith("[")
        ? decode(row, JSON.parse(line) as Stored)
        : fillIn(row, head.flows, programs, JSON.parse(`[${line}]`) as Referring),
    );
  const jobs = [...ended, ...head.open]
    .filter(({ number }) => number > after)
    .sort((a, b) => a.number - b.number)
    .slice(0, limit);
  return { jobs, leftOut: head.leftOut };
}

/** The newest block of a process's trace; null: there is none. `jobs` may be only the beginning of what its row holds. */
export function lastBlockOf(jobs: string | null): number | null {
  const block = /^\[\d+,\d+,(\d+)/.exec(jobs ?? "")?.[1];
  return block === undefined ? null : Number(block);
}

/** Removes all that is kept of a trace but what stands in the process's row. */
export async function removeBlocks(tx: Transaction, last: number): Promise<void> {
  await tx.run(`delete from job_block where id in (${chainSql} select id from chain)`, [last]);
}

/** When the last job of a block ended, about, for a process that was made at that time. */
export function endOfBlock(text: string, createdAt: number): number {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  if (!line.startsWith("[")) {
    const [, , began = 0, took = 0] = line.split(",", 4).map(Number);
    return createdAt + began + took;
  }
  const [, , began, took] = JSON.parse(line) as Stored;
  return began + (took ?? 0);
}

/** All blocks of a process, from its newest back to the oldest that is kept. */
const chainSql = `with recursive chain (id, previous, text) as (
  select id, previous, text from job_block where id = ?
  union all
  select block.id, block.previous, block.text from job_block block join chain on block.id = chain.previous
)`;

async function moveToBlocks(
  tx: LateWrites,
  process: number,
  head: Head,
  tail: string,
): Promise<void> {
  for (const text of inBlocks(tail)) {
    head.last = await tx.insertLate(
      "insert into job_block (process, previous, text) values (?, ?, ?)",
      [process, head.last, text],
    );
    head.size += text.length;
  }
  if (head.size > sizeMax) await dropOldest(tx, head);
}

/** Half of what is kept goes at once, so that it is seldom looked for. */
async function dropOldest(tx: Transaction, head: Head): Promise<void> {
  const blocks = await tx.all<{ id: number; size: number }>(
    `${chainSql} select id, length(text) as size from chain order by id desc`,
    [head.last],
  );
  head.size = 0;
  for (const { id, size } of blocks) {
    if (head.size + size <= sizeMax / 2) head.size += size;
    else await tx.run("delete from job_block where id = ?", [id]);
  }
}

function inBlocks(tail: string): string[] {
  if (tail.length <= blockMax) return [tail];
  const blocks: string[] = [];
  let block = "";
  for (const line of tail.split("\n")) {
    if (block !== "" && block.length + line.length > blockMax) {
      blocks.push(block);
      block = "";
    }
    block += `\n${line}`;
  }
  return [...blocks, block];
}

// Rows of processes that run stay in memory from turn to turn; what they say need not be read again.
const partsRead = new WeakMap<object, { jobs: string | null; head: Head; tail: string }>();

/** The head is the caller's own. */
function partsOf(row: Pick<ProcessRow, "jobs" | "jobflow">): { head: Head; tail: string } {
  const known = partsRead.get(row);
  if (known === undefined || known.jobs !== row.jobs)
    return { head: readHead(row), tail: tailOf(row) };
  return { head: { ...known.head }, tail: known.tail };
}

function headOf(row: Pick<ProcessRow, "jobs" | "jobflow">): Head {
  return partsOf(row).head;
}

function setJobs(row: ProcessRow, head: Head, tail: string): void {
  row.jobs = headText(row, head) + tail;
  partsRead.set(row, { jobs: row.jobs, head, tail });
}

function readHead(row: Pick<ProcessRow, "jobs" | "jobflow">): Head {
  if (row.jobs === null) return { number: 0, leftOut: 0, last: null, size: 0, open: [], flows: [] };
  const end = row.jobs.indexOf("\n");
  const text = end < 0 ? row.jobs : row.jobs.slice(0, end);
  const [number, leftOut, last, size, ...others] = JSON.parse(text) as [
    number,
    number,
    number | null,
    number,
    ...(Stored | { flows: Flow[] })[],
  ];
  const [first] = others;
  const flows = first !== undefined && "flows" in first ? first.flows : [];
  const open = others.filter((each) => Array.isArray(each)).map((job) => decode(row, job));
  return { number, leftOut, last, size, open, flows };
}

function headText(row: ProcessRow, { number, leftOut, last, size, open, flows }: Head): string {
  let text = `[${number},${leftOut},${last},${size}`;
  if (flows.length > 0) text += `,${flowsText(flows)}`;
  for (const job of open) text += `,${JSON.stringify(store(row, job))}`;
  return `${text}]`;
}

// The list grows when a flow is called for the first time, and is written every turn.
const flowsTexts = new WeakMap<readonly Flow[], string>();

function flowsText(flows: readonly Flow[]): string {
  let text = flowsTexts.get(flows);
  if (text === undefined) {
    text = JSON.stringify({ flows });
    flowsTexts.set(flows, text);
  }
  return text;
}

/** With the line's end before each line; empty if there is none. */
function tailOf({ jobs }: Pick<ProcessRow, "jobs">): string {
  const end = jobs?.indexOf("\n") ?? -1;
  return jobs === null || end < 0 ? "" : jobs.slice(end);
}

/** A job in a line. Zero stands for the jobflow's own path, and what is usual at the end is left out. */
type Stored = [
  number: number,
  depth: number,
  began: number,
  took: number | null,
  path: string | 0,
  line: number,
  column: number | null,
  kind: string,
  text: string | null,
  outcome?: JobOutcome | null,
  more?: JobDetails | 0,
  status?: number | null,
  reason?: Reason | null,
  error?: string | null,
];

/** A job of which the program says where it stands and what it is. */
type Referring = [
  number: number,
  depth: number,
  /** Milliseconds since the process was made. */
  began: number,
  took: number,
  flow: number,
  function: number,
  job: number,
  /** As it was run; null: as it is written. */
  text?: string | null,
  outcome?: JobOutcome | null,
  more?: JobDetails | 0,
  status?: number | null,
  reason?: Reason | null,
  error?: string | null,
];

/** A line: without brackets if it refers to the program. */
function encode(row: ProcessRow, head: Head, job: JobRecord): string {
  const { source, ended } = job;
  const flow = source === undefined || ended === null ? -1 : flowOf(head, source.program, job.path);
  if (source === undefined || ended === null || flow < 0) return JSON.stringify(store(row, job));
  const began = job.began - row.created_at;
  const line = `${job.number},${job.depth},${began},${ended - job.began},${flow},${source.function},${source.job}`;
  const text = job.text === source.text ? null : job.text;
  const isPlain = job.outcome === "ok" && job.error === null && isEmpty(job.more);
  if (isPlain) return text === null ? line : `${line},${JSON.stringify(text)}`;
  const { outcome, more, status, reason, error } = job;
  const rest = [text, outcome, isEmpty(more) ? 0 : more, status, reason, error];
  return `${line},${JSON.stringify(rest).slice(1, -1)}`;
}

/** The place of a flow in the list, which may grow by it; -1: there is no room. */
function flowOf(head: Head, program: string, path: string): number {
  const known = head.flows.findIndex(([hash, place]) => hash === program && place === path);
  if (known >= 0 || head.flows.length >= flowsMax) return known;
  head.flows = [...head.flows, [program, path]];
  return head.flows.length - 1;
}

function isEmpty(more: JobDetails): boolean {
  for (const _ in more) return false;
  return true;
}

function fillIn(
  row: ProcessRow,
  flows: readonly Flow[],
  programs: ReadonlyMap<string, Program>,
  fields: Referring,
): JobRecord {
  const [number, depth, sinceStart, took, flow, code, job] = fields;
  const [, , , , , , , text, outcome = "ok", more = 0, status = 0, reason = null, error = null] =
    fields;
  const [hash, path] = flows[flow] ?? ["", row.jobflow];
  // A program that is gone leaves what was done without its text.
  const place = programs.get(hash)?.functions[code]?.jobs?.[job];
  const began = row.created_at + sinceStart;
  return {
    number,
    depth,
    began,
    ended: began + took,
    path,
    line: place?.[2] ?? 0,
    column: place?.[3] ?? null,
    kind: place?.[4] ?? "job",
    text: text ?? place?.[5] ?? null,
    outcome,
    status,
    reason,
    error,
    more: more === 0 ? {} : more,
  };
}

async function readPrograms(
  tx: Transaction,
  flows: readonly Flow[],
): Promise<Map<string, Program>> {
  const programs = new Map<string, Program>();
  for (const [hash] of flows) {
    if (programs.has(hash)) continue;
    const row = await tx.get<{ body: string }>("select body from program where hash = ?", [hash]);
    if (row !== undefined) programs.set(hash, decodeProgram(row.body));
  }
  return programs;
}

function store(row: Pick<ProcessRow, "jobflow">, job: JobRecord): Stored {
  const path = job.path === row.jobflow ? 0 : job.path;
  const took = job.ended === null ? null : job.ended - job.began;
  const { number, depth, began, line, column, kind, text, outcome, more } = job;
  const fields: Stored = [number, depth, began, took, path, line, column, kind, text];
  const hasMore = !isEmpty(more);
  const isPlain = outcome === "ok" && !hasMore && job.error === null;
  if (isPlain) return fields;
  fields.push(outcome, hasMore ? more : 0);
  if (outcome === null || (job.status === 0 && job.error === null)) return fields;
  fields.push(job.status, job.reason, job.error);
  return fields;
}

function decode(row: Pick<ProcessRow, "jobflow">, fields: Stored): JobRecord {
  const [number, depth, began, took, path, line, column, kind, text] = fields;
  const outcome = fields[9] === undefined ? "ok" : fields[9];
  const more = fields[10];
  return {
    number,
    depth,
    began,
    ended: took === null ? null : began + took,
    path: path === 0 ? row.jobflow : path,
    line,
    column,
    kind,
    text,
    outcome,
    status: fields[11] === undefined ? (outcome === null ? null : 0) : fields[11],
    reason: fields[12] ?? null,
    error: fields[13] ?? null,
    more: more === undefined || more === 0 ? {} : more,
  };
}
