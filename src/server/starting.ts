import type { Json } from "#contract";
import { TsunagiError } from "#kernel";
import { fromJson, type Dictionary } from "#machine";
import type { Actor, StoredObject } from "#objects";
import { findJobflow, type Batch, type ProcessStart } from "#processes";
import type { WritingHouse } from "./writing.ts";

/** With what a jobflow is started. */
export interface JobflowStart extends Pick<ProcessStart, "named" | "context"> {
  step: boolean;
  /** The process that is done again. */
  rerunOf?: number;
}

/** Starts a jobflow for whoever may execute it; gives the path of the process. */
export async function startJobflow(
  { domains, engine }: WritingHouse,
  batch: Batch,
  actor: Actor,
  jobflow: StoredObject,
  start: JobflowStart,
): Promise<string> {
  const { objects } = domains;
  const tx = batch.transaction;
  await objects.assertRight(tx, actor, jobflow, "execute");
  if (jobflow.type !== "Jobflow" || jobflow.id === null) {
    throw new TsunagiError(
      "METHOD_NOT_ALLOWED",
      `${jobflow.path} is no jobflow but of the type ${jobflow.type}`,
      { hint: "start the jobflow that uses it" },
    );
  }
  const { program, limit } = await findJobflow(tx, jobflow.id);
  if (program === undefined) {
    throw new TsunagiError(
      "NOT_RUNNABLE",
      `${jobflow.path} cannot be run: no version of it compiles`,
      { hint: `see its errors with 'tsunagi check', correct them, and save it again` },
    );
  }
  const id = await engine.startProcess(batch, {
    jobflowId: jobflow.id,
    path: jobflow.path,
    program,
    limit,
    principal: await principalOf({ domains, engine }, batch, actor, jobflow),
    startedBy: actor.principal.name,
    ...start,
  });
  return `/process/${id}`;
}

/** For whom a process of a jobflow acts that somebody starts. */
export async function principalOf(
  { domains }: Pick<WritingHouse, "domains" | "engine">,
  { transaction }: Batch,
  actor: Actor,
  jobflow: StoredObject,
): Promise<number> {
  const { value } = await domains.objects.readField(transaction, actor, jobflow, "runs_as");
  return value === "owner" ? jobflow.ownerId : actor.principal.userId;
}

/** Parameters or variables, as they come from outside. */
export function toDictionary(values: Record<string, Json>): Dictionary {
  return new Map(Object.entries(values).map(([name, value]) => [name, fromJson(value)]));
}
