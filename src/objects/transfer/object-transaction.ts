/** Several operations as one change: all are done, or none, and then everything that is wrong is said at once. */
import type { Transaction } from "#database";
import { resolvePath, TsunagiError } from "#kernel";
import type { Actor } from "../actor.ts";
import type { Change } from "../object-change.ts";
import type { ObjectPast } from "../object-past.ts";
import type { ObjectReader } from "../object-reader.ts";
import { announce, OperationRunner, type Coming, type Place } from "./operation-runner.ts";
import type { Operation, OperationFault } from "./operation.ts";
import { tryOut, type Preview } from "./trial.ts";

/** What the operations of a transfer work with. */
export interface TransferServices {
  reader: ObjectReader;
  past: ObjectPast;
  begin: (transaction: Transaction, actor: Actor, isDraft: boolean) => Change;
}

export interface TransactionOutcome {
  change: number | null;
  /** Where the objects are that operations made under a `tempId`. */
  made: Record<string, string>;
  faults: readonly OperationFault[];
  preview: Preview | null;
}

export interface TransactionOptions {
  dryRun?: boolean;
  isDraft?: boolean;
}

export const operationsMax = 10_000;
/** Objects that a preview shows; more are counted. */
export const shownMax = 10_000;

/** Does the operations, or throws OPERATIONS_REFUSED with all faults. A dry run gives them, too, and what would change. */
export async function transact(
  services: TransferServices,
  transaction: Transaction,
  actor: Actor,
  operations: readonly Operation[],
  { dryRun = false, isDraft = false }: TransactionOptions = {},
): Promise<TransactionOutcome> {
  assertFew(operations);
  assertTempIds(operations);
  const { reader, past } = services;
  const begin = (): Change => services.begin(transaction, actor, isDraft);
  const options = { isWhole: true, isTried: dryRun, shown: shownMax };
  const trial = await tryOut(
    { transaction, actor, past, begin },
    options,
    async (change, leftOut) => {
      const coming: Coming = { paths: new Set(), refs: new Set() };
      const wanted = [...operations.entries()].filter(([index]) => !leftOut.has(index));
      for (const [, operation] of wanted) announce(coming, operation);
      const runner = new OperationRunner({ transaction, actor, reader, change, coming });
      const faults: OperationFault[] = [];
      for (const [index, operation] of wanted) {
        faults.push(...(await runner.run({ index }, operation)));
      }
      const lateFaults = await runner.settle();
      return {
        result: await runner.made(),
        faults,
        lateFaults,
        placeOf: (path) => placeAt(operations, path),
      };
    },
  );
  const faults = [...trial.faults].sort((a, b) => a.index - b.index);
  if (faults.length > 0 && !dryRun) throw refused(faults, operations.length);
  return { change: trial.change, made: trial.result, faults, preview: trial.preview };
}

/** Nothing was done, as so many of them are wrong. */
export function refused(faults: readonly OperationFault[], count: number): TsunagiError {
  const [first] = faults;
  const wrong = new Set(faults.map((fault) => fault.index)).size;
  const at = first?.at ?? `operation ${first?.index}`;
  return new TsunagiError(
    "OPERATIONS_REFUSED",
    `nothing was changed: ${wrong} of ${count} operations are wrong; ${at}: ${first?.message}`,
    {
      details: { faults: faults.slice(0, shownMax), total: faults.length },
      hint: "correct all that is listed; a dry run says whether more is wrong",
    },
  );
}

function placeAt(operations: readonly Operation[], path: string): Place | undefined {
  const index = operations.findLastIndex((operation) => {
    const paths = [
      operation.path,
      "to" in operation && operation.op !== "grant" ? operation.to : undefined,
    ];
    return paths.some((each) => each !== undefined && resolvePath(each) === path);
  });
  return index < 0 ? undefined : { index };
}

function assertFew(operations: readonly Operation[]): void {
  if (operations.length <= operationsMax) return;
  throw new TsunagiError(
    "LIMIT_EXCEEDED",
    `a transaction has at most ${operationsMax} operations, not ${operations.length}`,
    { details: { limit: operationsMax }, hint: "import them, which takes any number" },
  );
}

function assertTempIds(operations: readonly Operation[]): void {
  const seen = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const tempId = "tempId" in operation ? operation.tempId : undefined;
    if (tempId === undefined) continue;
    const first = seen.get(tempId);
    if (first !== undefined) {
      throw new TsunagiError(
        "ARGUMENT_INVALID",
        `the operations ${first} and ${index} have the same tempId '${tempId}'`,
        { details: { operations: [first, index], tempId } },
      );
    }
    seen.set(tempId, index);
  }
}
