/**
 * Work on one change that may turn out wrong only at its end, or is only to be tried: a value that had to wait does not fit, or a
 * listener refuses the whole. Then all is taken back and done again without what was wrong, until nothing new is found.
 */
import type { Transaction } from "#database";
import { TsunagiError } from "#kernel";
import type { Actor } from "../actor.ts";
import type { HistoryEntry } from "../history-view.ts";
import type { Change } from "../object-change.ts";
import type { ObjectPast } from "../object-past.ts";
import type { Place } from "./operation-runner.ts";
import { faultsOf, type OperationFault } from "./operation.ts";

/** What a pass over the operations found. */
export interface Pass<Result> {
  result: Result;
  /** Of operations that were refused, and left nothing. */
  faults: readonly OperationFault[];
  /** Of operations that were done all the same: they have to be left out of the next pass. */
  lateFaults: readonly OperationFault[];
  /** The operation that wrote what is at a path, if any did. */
  placeOf: (path: string) => Place | undefined;
}

export interface Trial<Result> {
  result: Result;
  faults: readonly OperationFault[];
  /** The number of the change; null if nothing has changed, or nothing was to. */
  change: number | null;
  /** What was done to objects, as far as the actor may read them; only where it was only tried. */
  preview: Preview | null;
}

export interface Preview {
  objects: HistoryEntry[];
  total: number;
}

export interface TrialOptions {
  /** Do all, or nothing; else what is wrong is left out. */
  isWhole: boolean;
  /** Take all back, and say what it would have been. */
  isTried: boolean;
  /** How many objects a preview shows. */
  shown: number;
}

/** Each pass finds at least one more fault; whoever makes more of them at the end of a change gets those he has. */
const passesMax = 100;

export async function tryOut<Result>(
  context: {
    transaction: Transaction;
    actor: Actor;
    past: ObjectPast;
    begin: () => Change;
  },
  options: TrialOptions,
  pass: (change: Change, leftOut: ReadonlySet<number>) => Promise<Pass<Result>>,
): Promise<Trial<Result>> {
  const { transaction } = context;
  const late: OperationFault[] = [];
  for (let passes = 1; ; passes += 1) {
    const leftOut = new Set(late.map((fault) => fault.index));
    const outcome = await takingBack(transaction, async (): Promise<Outcome<Result>> => {
      const change = context.begin();
      const done = await pass(change, leftOut);
      const all = [...late, ...done.faults, ...done.lateFaults];
      if (done.lateFaults.length > 0) return { kind: "again", done, found: done.lateFaults };
      const finished = await finish(change, done);
      if (finished.kind === "refused") return { kind: "again", done, found: finished.faults };
      const trial = { result: done.result, faults: all, change: finished.id, preview: null };
      if (options.isTried || (options.isWhole && all.length > 0)) {
        const preview = options.isTried
          ? await previewOf(context, finished.id, options.shown)
          : null;
        return { kind: "taken back", trial: { ...trial, change: null, preview } };
      }
      return { kind: "kept", trial };
    });
    if (outcome.kind !== "again") return outcome.trial;
    late.push(...outcome.found);
    if (passes < passesMax) continue;
    const { result, faults } = outcome.done;
    throw new TsunagiError(
      "LIMIT_EXCEEDED",
      `more than ${passesMax} objects are refused only when all are written; nothing was changed`,
      { details: { result, faults: [...late, ...faults].slice(0, options.shown) } },
    );
  }
}

type Outcome<Result> =
  | { kind: "again"; done: Pass<Result>; found: readonly OperationFault[] }
  | { kind: "kept" | "taken back"; trial: Trial<Result> };

/** Runs the work, and takes back what it wrote unless its outcome is to be kept. */
async function takingBack<Result>(
  transaction: Transaction,
  work: () => Promise<Outcome<Result>>,
): Promise<Outcome<Result>> {
  try {
    return await transaction.savepoint(async () => {
      const outcome = await work();
      if (outcome.kind !== "kept") throw new TakenBack(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.outcome as Outcome<Result>;
    throw error;
  }
}

class TakenBack extends Error {
  readonly outcome: unknown;
  constructor(outcome: unknown) {
    super("taken back");
    this.outcome = outcome;
  }
}

/** Ends the change; a listener that refuses it names the object it is about. */
async function finish(
  change: Change,
  { placeOf }: Pass<unknown>,
): Promise<{ kind: "done"; id: number | null } | { kind: "refused"; faults: OperationFault[] }> {
  try {
    const record = await change.finish();
    return { kind: "done", id: record?.id ?? null };
  } catch (error) {
    const path = error instanceof TsunagiError ? error.details["path"] : undefined;
    const place = typeof path === "string" ? placeOf(path) : undefined;
    if (place === undefined || typeof path !== "string") throw error;
    return { kind: "refused", faults: faultsOf(error, { ...place, path }) };
  }
}

async function previewOf(
  { transaction, actor, past }: { transaction: Transaction; actor: Actor; past: ObjectPast },
  change: number | null,
  shown: number,
): Promise<Preview> {
  if (change === null) return { objects: [], total: 0 };
  // In one go: each page of a change looks at the rights on all that it changed.
  const page = await pageOf(past, transaction, actor, change, shown);
  return { objects: page?.entries ?? [], total: page?.total ?? 0 };
}

/** Undefined if the actor may read nothing of what changed: he may write what he cannot read. */
async function pageOf(
  past: ObjectPast,
  transaction: Transaction,
  actor: Actor,
  change: number,
  limit: number,
) {
  try {
    return await past.change(transaction, actor, change, { limit });
  } catch (error) {
    if (error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND") return undefined;
    throw error;
  }
}
