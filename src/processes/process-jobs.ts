import type { Transaction } from "#database";
import type { JobDetails, JobOutcome, JobRecord, Reason } from "#machine";
import type { ProcessRow } from "./process-table.ts";

/**
 * The trace: what a process did, job by job, kept without being asked for. It is written where a turn writes anyway: the newest
 * jobs stand in the process's own row, in lines, and move on to a row of `job_block` when they have become some. Blocks of all
 * processes are appended one behind the other, and each names the one before it of its process: an index by process would cost a
 * page of the database a block. Only the newest are kept.
 *
 * The first line of `jobs` is the head; the others are one job each, in the order in which they ended.
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
}

// The process's row is written every turn, so it stays small; a process has about a megabyte of trace at most.
const tailMax = 400;
const blockMax = 4000;
const sizeMax = 1_000_000;

/** What a process has open, for its next turn. */
export function openJobsOf(row: Pick<ProcessRow, "jobs" | "jobflow">): {
  number: number;
  open: readonly JobRecord[];
} {
  return headOf(row);
}

/** What a turn did; `updateProcess` then writes the row. */
export async function appendJobs(
  tx: Transaction,
  row: ProcessRow,
  turn: { done: readonly JobRecord[]; leftOut: number; open: readonly JobRecord[]; number: number },
): Promise<void> {
  const head = headOf(row);
  let tail = tailOf(row);
  for (const job of turn.done) tail += `\n${encode(row, job)}`;
  if (tail.length > tailMax) {
    await moveToBlocks(tx, row.id, head, tail);
    tail = "";
  }
  const { last, size } = head;
  const { number, open } = turn;
  setJobs(row, { number, leftOut: head.leftOut + turn.leftOut, last, size, open }, tail);
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
  tx: Transaction,
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
  const ended = [...blocks.map(({ text }) => text), tailOf(row)]
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .map((line) => decode(row, JSON.parse(line) as Stored));
  const jobs = [...ended, ...head.open]
    .filter(({ number }) => number > after)
    .sort((a, b) => a.number - b.number)
    .slice(0, limit);
  return { jobs, leftOut: head.leftOut };
}

/** All blocks of a process, from its newest back to the oldest that is kept. */
const chainSql = `with recursive chain (id, previous, text) as (
  select id, previous, text from job_block where id = ?
  union all
  select block.id, block.previous, block.text from job_block block join chain on block.id = chain.previous
)`;

async function moveToBlocks(
  tx: Transaction,
  process: number,
  head: Head,
  tail: string,
): Promise<void> {
  for (const text of inBlocks(tail)) {
    head.last = await tx.insert(
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
const headsRead = new WeakMap<object, { jobs: string | null; head: Head }>();

function headOf(row: Pick<ProcessRow, "jobs" | "jobflow">): Head {
  const known = headsRead.get(row);
  return known !== undefined && known.jobs === row.jobs ? { ...known.head } : readHead(row);
}

function setJobs(row: ProcessRow, head: Head, tail: string): void {
  row.jobs = headText(row, head) + tail;
  headsRead.set(row, { jobs: row.jobs, head });
}

function readHead(row: Pick<ProcessRow, "jobs" | "jobflow">): Head {
  if (row.jobs === null) return { number: 0, leftOut: 0, last: null, size: 0, open: [] };
  const end = row.jobs.indexOf("\n");
  const text = end < 0 ? row.jobs : row.jobs.slice(0, end);
  const [number, leftOut, last, size, ...open] = JSON.parse(text) as [
    number,
    number,
    number | null,
    number,
    ...Stored[],
  ];
  return { number, leftOut, last, size, open: open.map((job) => decode(row, job)) };
}

function headText(row: ProcessRow, { number, leftOut, last, size, open }: Head): string {
  const stored = open.map((job) => store(row, job));
  return JSON.stringify([number, leftOut, last, size, ...stored]);
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

function encode(row: ProcessRow, job: JobRecord): string {
  return JSON.stringify(store(row, job));
}

function store(row: Pick<ProcessRow, "jobflow">, job: JobRecord): Stored {
  const path = job.path === row.jobflow ? 0 : job.path;
  const took = job.ended === null ? null : job.ended - job.began;
  const { number, depth, began, line, column, kind, text, outcome, more } = job;
  const fields: Stored = [number, depth, began, took, path, line, column, kind, text];
  const hasMore = Object.keys(more).length > 0;
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
