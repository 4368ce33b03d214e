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
] as const;

const insertSql = `insert into process (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`;

/** Inserts a process and gives it its id. */
export function insertProcess(tx: Transaction, row: Omit<ProcessRow, "id">): Promise<number> {
  return tx.insert(
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
    row.jobs,
    row.id,
  ]);
}

export function findProcess(tx: Transaction, id: number): Promise<ProcessRow | undefined> {
  return tx.get<ProcessRow>("select * from process where id = ?", [id]);
}

export function listReady(tx: Transaction): Promise<{ id: number }[]> {
  return tx.all("select id from process where state = 'ready' order by id");
}

/** Those for which something is being done outside, in the order in which it began. */
export async function listWithEffects(tx: Transaction): Promise<ProcessRow[]> {
  const running = await tx.all<ProcessRow>("select * from process where state = 'running'");
  // Something else has come, and its turn is still due.
  const ready = await tx.all<ProcessRow>("select * from process where state = 'ready'");
  return [...running, ...ready]
    .filter(({ effect_number: number }) => number !== null)
    .sort((a, b) => (a.effect_number ?? 0) - (b.effect_number ?? 0));
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

export function listLive(tx: Transaction): Promise<{ id: number }[]> {
  return tx.all("select id from process where ended_at is null order by id");
}

/** How many have not ended yet of that process and all that stem from it. */
export async function countLive(tx: Transaction, root: number): Promise<number> {
  const row = await tx.get<{ live: number }>(
    "select count(*) as live from process where ended_at is null and (root = ? or id = ?)",
    [root, root],
  );
  return row?.live ?? 0;
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
}

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
  if (page.state === "live") {
    conditions.push("ended_at is null");
  } else if (page.state !== null) {
    conditions.push("state = ?");
    parameters.push(page.state);
  }
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
  return tx.all<ProcessRow>(`select * from process ${where} order by id desc limit ?`, [
    ...parameters,
    page.limit,
  ]);
}
