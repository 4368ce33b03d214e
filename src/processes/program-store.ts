import { createHash } from "node:crypto";
import { assert } from "#kernel";
import type { Transaction } from "#database";
import { decodeProgram, encodeProgram, type Program } from "#machine";

// Programs are shared by all their processes; this many stay decoded in memory.
const cachedMax = 1000;

/** Programs by hash: stored once, never changed, kept in memory while they are used. */
export class ProgramStore {
  readonly #programs = new Map<string, Program>();

  /** The program, if it was loaded before; what a machine asks while it runs. */
  readonly cached = (hash: string): Program | undefined => this.#programs.get(hash);

  /** Stores a program and gives its hash. */
  async save(tx: Transaction, program: Program): Promise<string> {
    const body = encodeProgram(program);
    const hash = hashOf(body);
    await tx.run("insert into program (hash, body) values (?, ?) on conflict (hash) do nothing", [
      hash,
      body,
    ]);
    return hash;
  }

  /** Loads those that are not in memory yet. */
  async load(tx: Transaction, hashes: Iterable<string>): Promise<void> {
    for (const hash of hashes) {
      if (this.#programs.has(hash)) continue;
      const row = await tx.get<{ body: string }>("select body from program where hash = ?", [hash]);
      assert(row !== undefined, `program ${hash} is missing`);
      if (this.#programs.size >= cachedMax) this.#forgetOldest();
      this.#programs.set(hash, decodeProgram(row.body));
    }
  }

  #forgetOldest(): void {
    for (const hash of this.#programs.keys()) {
      this.#programs.delete(hash);
      return;
    }
  }
}

/** The name by which processes know a program. */
export function programHash(program: Program): string {
  return hashOf(encodeProgram(program));
}

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

/** The version of a jobflow that is called now: the last that compiled. */
export async function findJobflowProgram(
  tx: Transaction,
  objectId: number,
): Promise<string | undefined> {
  const row = await tx.get<{ program: string }>(
    "select program from jobflow_program where object_id = ?",
    [objectId],
  );
  return row?.program;
}

/** How many processes of a jobflow may run at once, and what happens to one more. */
export interface JobflowLimit {
  atMost: number;
  /** `queue`: it waits for its turn; `refuse`: it is not started; `replace`: the oldest is cancelled for it. */
  whenFull: (typeof whenFullChoices)[number];
}

export const whenFullChoices = ["queue", "refuse", "replace"] as const;

/** What is called now, and how often at once; no program where no version compiles. */
export async function findJobflow(
  tx: Transaction,
  objectId: number,
): Promise<{ program: string | undefined; limit: JobflowLimit | null }> {
  const row = await tx.get<{
    program: string;
    processes_max: number | null;
    when_full: JobflowLimit["whenFull"] | null;
  }>("select program, processes_max, when_full from jobflow_program where object_id = ?", [
    objectId,
  ]);
  const atMost = row?.processes_max ?? null;
  return {
    program: row?.program,
    limit: atMost === null ? null : { atMost, whenFull: row?.when_full ?? "queue" },
  };
}

export async function setJobflowLimit(
  tx: Transaction,
  objectId: number,
  limit: JobflowLimit | null,
): Promise<void> {
  await tx.run("update jobflow_program set processes_max = ?, when_full = ? where object_id = ?", [
    limit?.atMost ?? null,
    limit?.whenFull ?? null,
    objectId,
  ]);
}

/** Makes a program the one that is called. */
export async function setJobflowProgram(
  tx: Transaction,
  objectId: number,
  hash: string,
): Promise<void> {
  await tx.run(
    `insert into jobflow_program (object_id, program, is_current) values (?, ?, 1)
     on conflict (object_id) do update set program = excluded.program, is_current = 1`,
    [objectId, hash],
  );
}

/** The saved source is a draft that does not compile; the last good version goes on being called. */
export async function markDraft(tx: Transaction, objectId: number): Promise<void> {
  await tx.run("update jobflow_program set is_current = 0 where object_id = ?", [objectId]);
}
