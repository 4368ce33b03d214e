import type { SqlValue, Transaction } from "#database";
import type { LateWrites } from "./late-writes.ts";
import type { ProcessState } from "./process-state.ts";

/** A row of `process`. Times are milliseconds since the epoch. */
export interface ProcessRow {
  id: number;
  parent: number | null;
  /** The process from which this one stems, as child or spawned, however far; null: a person or rule started it. */
  root: number | null;
  jobflow_id: number | null;
  jobflow: string;
  principal: number;
  started_by: string;
  state: ProcessState;
  turn: number;
  /** The machine's state, sealed when it knows a secret; null once ended without a failure. */
  snapshot: string | null;
  /** What a `ready` process goes on with; null: its start. */
  input: string | null;
  live_children: number;
  waits_for: string | null;
  waits_since: number | null;
  effect_number: number | null;
  effect_detail: string | null;
  console_lines: number;
  /** The newest lines of the console, see console.ts. */
  console_tail: string | null;
  status: number | null;
  reason: string | null;
  /** Plain JSON, secrets masked. */
  result: string | null;
  /** `aborted at line N in PATH: message`. */
  error: string | null;
  /** JSON: the bare message, and where in each flow of the call chain. */
  trace: string | null;
  /** The result as the machine's own value, for a parent or a `wait`; sealed when the process knew a secret. */
  value: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  /** 1: it stops before each command, until a person decides. */
  step: number;
  /** What it did, see process-jobs.ts. */
  jobs: string | null;
  /** The shard to which it belongs for good, see shards.ts. */
  shard: number;
  /** JSON: who holds it, since when and why, see suspension.ts; a `ready` one that has it is about to go on. */
  suspension: string | null;
  /** With what it was started, see parameters.ts; sealed when it knew a secret. */
  parameters: string | null;
  /** The process that it does again. */
  rerun_of: number | null;
  /** The last one that does it again. */
  rerun_by: number | null;
  /** Characters of its console in the table `console`. */
  console_size: number;
}

const columns = [
  "parent",
  "root",
  "jobflow_id",
  "jobflow",
  "principal",
  "started_by",
  "state",
  "turn",
  "snapshot",
  "input",
  "live_children",
  "waits_for",
  "waits_since",
  "effect_number",
  "effect_detail",
  "console_lines",
  "console_tail",
  "status",
  "reason",
  "result",
  "error",
  "trace",
  "value",
  "created_at",
  "started_at",
  "ended_at",
  "step",
  "jobs",
  "shard",
  "suspension",
  "parameters",
  "rerun_of",
  "rerun_by",
  "console_size",
] as const;

const insertSql = `insert into process (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`;

/** Inserts a process and gives it its id. */
export function insertProcess(writes: LateWrites, row: Omit<ProcessRow, "id">): Promise<number> {
  return writes.insertLate(
    insertSql,
    columns.map((column) => row[column]),
  );
}

/** As it was made: no turn changes it. */
const fixedColumns: ReadonlySet<string> = new Set([
  "parent",
  "root",
  "jobflow_id",
  "jobflow",
  "principal",
  "started_by",
  "created_at",
  "shard",
  "parameters",
  "rerun_of",
  // Set when it has ended already.
  "rerun_by",
  // Switched by who looks at it, at any time.
  "step",
]);
const turnColumns = columns.filter((column) => !fixedColumns.has(column));

const updateSql = updateOf(turnColumns);

/** What a turn changes of a process that goes on as before. None of them is in an index: that is half of what a row costs. */
const stepColumns = [
  "turn",
  "snapshot",
  "input",
  "waits_for",
  "waits_since",
  "effect_number",
  "effect_detail",
  "console_lines",
  "console_tail",
  "console_size",
  "jobs",
] as const;
const stepSql = updateOf(stepColumns);

function updateOf(changed: readonly string[]): string {
  return `update process set ${changed.map((column) => `${column} = ?`).join(", ")} where id = ?`;
}

/** Writes all that a turn may have changed. */
export function updateProcess(writes: LateWrites, row: ProcessRow): void {
  const parameters: SqlValue[] = turnColumns.map((column) => row[column]);
  parameters.push(row.id);
  writes.takeBack(stepSql, row.id);
  writes.write(updateSql, row.id, parameters);
}

/** Writes what a turn changed that left the process in the state in which it was, and its children alone. */
export function updateStep(writes: LateWrites, row: ProcessRow): void {
  if (writes.isLate(updateSql, row.id)) {
    updateProcess(writes, row);
    return;
  }
  writes.write(stepSql, row.id, [
    row.turn,
    row.snapshot,
    row.input,
    row.waits_for,
    row.waits_since,
    row.effect_number,
    row.effect_detail,
    row.console_lines,
    row.console_tail,
    row.console_size,
    row.jobs,
    row.id,
  ]);
}

export function findProcess(tx: Transaction, id: number): Promise<ProcessRow | undefined> {
  return tx.get<ProcessRow>("select * from process where id = ?", [id]);
}

/** One that has ended is done again by another one. */
export async function noteRerun(tx: Transaction, ended: number, by: number): Promise<void> {
  await tx.run("update process set rerun_by = ? where id = ?", [by, ended]);
}

export function findShard(tx: Transaction, id: number): Promise<{ shard: number } | undefined> {
  return tx.get("select shard from process where id = ?", [id]);
}

/** Of that server's shards. */
export function listReady(
  tx: Transaction,
  server: number,
): Promise<{ id: number; shard: number }[]> {
  return tx.all(
    `select p.id, p.shard from process p join shard s on s.id = p.shard
      where p.state = 'ready' and s.server = ? order by p.id`,
    [server],
  );
}

/** Those for which something is being done outside, in the order in which it began; of that server's shards, or of all (null). */
export async function listWithEffects(
  tx: Transaction,
  server: number | null,
): Promise<ProcessRow[]> {
  const inState = (state: string) =>
    // The state stands in the text, so that the index for it is taken.
    tx.all<ProcessRow>(
      `select p.* from process p join shard s on s.id = p.shard
        where p.state = '${state}' and s.server = coalesce(?, s.server)`,
      [server],
    );
  const running = await inState("running");
  // Something else has come, and its turn is still due.
  const ready = await inState("ready");
  // Who was suspended meanwhile takes its result in all the same.
  const suspended = await inState("suspended");
  return [...running, ...ready, ...suspended]
    .filter(({ effect_number: number }) => number !== null)
    .sort((a, b) => (a.effect_number ?? 0) - (b.effect_number ?? 0));
}

/** The numbers of the effects that are open, by the shards of their processes. */
export function listOpenEffects(
  tx: Transaction,
  server: number,
): Promise<{ shard: number; effect_number: number }[]> {
  return tx.all(
    `select p.shard, p.effect_number from process p join shard s on s.id = p.shard
      where p.state in ('running', 'ready') and p.effect_number is not null and s.server = ?`,
    [server],
  );
}

export function listLiveChildren(tx: Transaction, parent: number): Promise<{ id: number }[]> {
  return tx.all("select id from process where parent = ? and ended_at is null order by id", [
    parent,
  ]);
}

/** A process and all that stem from the same one: what one start led to. */
export function familyOf(row: Pick<ProcessRow, "id" | "root">): number {
  return row.root ?? row.id;
}

/** Those of a family that have not ended. */
export function listFamily(tx: Transaction, family: number): Promise<ProcessRow[]> {
  return tx.all(
    "select * from process where (id = ? or root = ?) and ended_at is null order by id",
    [family, family],
  );
}

export async function setStep(tx: Transaction, family: number, step: boolean): Promise<void> {
  await tx.run("update process set step = ? where (id = ? or root = ?) and ended_at is null", [
    step ? 1 : 0,
    family,
    family,
  ]);
}

export async function countLive(tx: Transaction): Promise<number> {
  const row = await tx.get<{ live: number }>(
    "select count(*) as live from process where ended_at is null",
  );
  return row?.live ?? 0;
}

export function listLive(tx: Transaction): Promise<{ id: number }[]> {
  return tx.all("select id from process where ended_at is null order by id");
}

/** Whether that process has not ended, or one of those that stem from it. */
export async function isFamilyLive(tx: Transaction, root: number): Promise<boolean> {
  // Most that ask do so while the process itself runs.
  const itself = await tx.get("select id from process where id = ? and ended_at is null", [root]);
  if (itself !== undefined) return true;
  const member = await tx.get(
    "select id from process where root = ? and ended_at is null limit 1",
    [root],
  );
  return member !== undefined;
}

/** Null: no such condition. */
export interface ProcessPage {
  before: number | null;
  limit: number;
  startedBy: string | null;
  /** `live`: every state but an end. */
  state: string | null;
  /** That process and all that stem from it. */
  root: number | null;
  /** Runs of that jobflow, by the id of its object. */
  jobflow?: number | null;
}

/** The states stand in the text, so that the index of those that are rare is taken. */
const stateConditions: Readonly<Record<string, string>> = {
  live: "ended_at is null",
  new: "state = 'new'",
  ready: "state = 'ready'",
  running: "state = 'running'",
  waiting: "state = 'waiting' and ended_at is null",
  suspended: "state = 'suspended'",
  done: "state = 'done' and ended_at is not null",
  aborted: "state = 'aborted'",
  cancelled: "state = 'cancelled'",
};

/** A page of processes, newest first. */
export function listProcesses(tx: Transaction, page: ProcessPage): Promise<ProcessRow[]> {
  const conditions: string[] = [];
  const parameters: (string | number)[] = [];
  if (page.before !== null) {
    conditions.push("id < ?");
    parameters.push(page.before);
  }
  if (page.root !== null) {
    conditions.push("(root = ? or id = ?)");
    parameters.push(page.root, page.root);
  }
  if (page.startedBy !== null) {
    conditions.push("started_by = ?");
    parameters.push(page.startedBy);
  }
  if (page.jobflow != null) {
    conditions.push("jobflow_id = ? and parent is null");
    parameters.push(page.jobflow);
  }
  if (page.state !== null) conditions.push(stateConditions[page.state] ?? "false");
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
  return tx.all<ProcessRow>(`select * from process ${where} order by id desc limit ?`, [
    ...parameters,
    page.limit,
  ]);
}
