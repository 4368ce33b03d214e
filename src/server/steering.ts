import { TsunagiError } from "#kernel";
import type { RerunStart } from "#contract";
import type { Actor } from "#objects";
import { findJobflow, findProcess, hasEnded, type Batch, type ProcessRow } from "#processes";
import type { ArgumentOf } from "./operations.ts";
import { principalOf, startJobflow, toDictionary } from "./starting.ts";
import type { WritingHouse } from "./writing.ts";

/** What people want of a process that is there: who started it may say so, and administrators. */

export async function cancel(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id, reason }: ArgumentOf<"processes.cancel">,
): Promise<null> {
  await assertSteers(house, batch, actor, id);
  const by = `cancelled by ${actor.principal.name}`;
  const why = reason === undefined ? by : `${by}: ${reason}`;
  if (!(await house.engine.cancel(batch, id, why))) throw hasEndedAlready(await rowOf(batch, id));
  return null;
}

/** One that is suspended already stays as it is. */
export async function suspend(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id, reason }: ArgumentOf<"processes.suspend">,
): Promise<null> {
  await assertSteers(house, batch, actor, id);
  await house.engine.suspend(batch, id, { by: actor.principal.name, reason: reason ?? null });
  return null;
}

export async function resume(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id }: ArgumentOf<"processes.resume">,
): Promise<null> {
  await assertSteers(house, batch, actor, id);
  await house.engine.resume(batch, id);
  return null;
}

export async function setStep(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id, step }: ArgumentOf<"processes.step">,
): Promise<null> {
  await assertSteers(house, batch, actor, id);
  const row = await rowOf(batch, id);
  if (hasEnded(row.state)) throw hasEndedAlready(row);
  await house.engine.setStep(batch, id, step);
  return null;
}

export async function decide(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id, turn, decision }: ArgumentOf<"processes.decide">,
): Promise<null> {
  await assertSteers(house, batch, actor, id);
  await house.engine.decide(batch, id, turn, { decision, by: actor.principal.name });
  return null;
}

/** Who may execute the jobflow, and change the process that was, may have another one do it again. */
export async function rerun(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  { id, from, variables = {}, step = false }: ArgumentOf<"processes.rerun">,
): Promise<{ process: string }> {
  const { objects } = house.domains;
  const tx = batch.transaction;
  const process = await objects.get(tx, actor, `/process/${id}`);
  await objects.assertRight(tx, actor, process, "write");
  const row = await rowOf(batch, id);
  assertRerunnable(row, from);
  const jobflow = await objects.get(tx, actor, row.jobflow_id ?? row.jobflow, "execute");
  if (from === "start") {
    const start = { ...house.engine.startOf(row), step, rerunOf: id };
    return { process: await startJobflow(house, batch, actor, jobflow, start) };
  }
  const again = await house.engine.rerunFailed(batch, row, {
    principal: await principalOf(house, batch, actor, jobflow),
    startedBy: actor.principal.name,
    variables: toDictionary(variables),
    limit: row.jobflow_id === null ? null : (await findJobflow(tx, row.jobflow_id)).limit,
    step,
  });
  return { process: `/process/${again}` };
}

function assertRerunnable(
  { id, state, parent, jobflow_id: jobflow }: ProcessRow,
  from: RerunStart,
) {
  if (!hasEnded(state)) {
    throw notRerunnable(`/process/${id} has not ended: it is ${state}`, "Cancel it first.");
  }
  if (parent !== null) {
    throw notRerunnable(
      `/process/${id} is a child of /process/${parent}`,
      "Run the parent again; it starts its children.",
    );
  }
  if (from === "start" && jobflow === null) {
    throw notRerunnable(
      `/process/${id} is no run of a jobflow but of a closure, and what that was given is not kept`,
      "Run the process that started it again.",
    );
  }
}

async function assertSteers(
  { domains }: WritingHouse,
  { transaction }: Batch,
  actor: Actor,
  id: number,
): Promise<void> {
  const process = await domains.objects.get(transaction, actor, `/process/${id}`);
  await domains.objects.assertRight(transaction, actor, process, "execute");
}

async function rowOf({ transaction }: Batch, id: number): Promise<ProcessRow> {
  const row = await findProcess(transaction, id);
  if (row !== undefined) return row;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no process /process/${id}`);
}

function hasEndedAlready({ id, state }: ProcessRow): TsunagiError {
  return new TsunagiError("PROCESS_ENDED", `/process/${id} has already ended: ${state}`);
}

function notRerunnable(message: string, hint: string): TsunagiError {
  return new TsunagiError("NOT_RERUNNABLE", message, { hint });
}
