/**
 * An import as a change, or one of the changes that it is divided into: the rows once for the paths that they will make, and once
 * to do them.
 */
import type { Transaction } from "#database";
import { TsunagiError } from "#kernel";
import type { Actor } from "../actor.ts";
import type { ReadContext } from "../field-kind.ts";
import type { Change } from "../object-change.ts";
import type { ObjectFinder } from "../object-finder.ts";
import { shownMax, type TransferServices } from "./object-transaction.ts";
import type { OperationFault } from "./operation.ts";
import { pathIn, RowImport, type ImportCounts, type ImportOptions } from "./row-import.ts";
import type { TransferRow } from "./row.ts";
import { tryOut, type Preview } from "./trial.ts";

export interface ImportServices extends TransferServices {
  finder: ObjectFinder;
  context: (transaction: Transaction) => ReadContext;
}

export interface ImportRun extends ImportOptions {
  /** Say what would be done, and do nothing. */
  dryRun?: boolean;
  /** Do nothing if any row is wrong. */
  stop?: boolean;
  isDraft?: boolean;
}

/** What the changes before have done, of an import that is divided. */
export interface Carried {
  /** The number of the first row of this change. */
  index: number;
  seen: ReadonlySet<number>;
  isUncertain: boolean;
  /** Whether it ends here, so that what is missing can be deleted. */
  isLast: boolean;
}

export interface ImportWatch {
  /** Throws to end it. */
  onRow?: (rows: number) => void;
}

export interface ImportOutcome {
  change: number | null;
  counts: ImportCounts;
  faults: readonly OperationFault[];
  preview: Preview | null;
  /** Columns that hold what is worked out, and were left out of account. */
  ignored: string[];
  seen: ReadonlySet<number>;
  isUncertain: boolean;
}

const nothingBefore: Carried = { index: 0, seen: new Set(), isUncertain: false, isLast: true };

/** Does rows as one change. `rows` is called for each pass over them. */
export async function importRows(
  services: ImportServices,
  transaction: Transaction,
  actor: Actor,
  rows: () => AsyncIterable<TransferRow> | Iterable<TransferRow>,
  run: ImportRun,
  { carried = nothingBefore, watch = {} }: { carried?: Carried; watch?: ImportWatch } = {},
): Promise<ImportOutcome> {
  const { reader, past, finder } = services;
  const { dryRun = false, stop = false, isDraft = false, deleteMissing } = run;
  const paths = await pathsIn(rows, run, watch);
  const context = services.context(transaction);
  const begin = (): Change => services.begin(transaction, actor, isDraft);
  const trial = await tryOut(
    { transaction, actor, past, begin },
    { isWhole: stop, isTried: dryRun, shown: shownMax },
    async (change, leftOut) => {
      const coming = { paths: new Set(paths), refs: new Set<string>() };
      const all = { transaction, actor, reader, finder, context, change };
      const { seen, isUncertain } = carried;
      const rowImport = new RowImport(all, run, { coming, seen, isUncertain });
      let { index } = carried;
      const lateFaults = await change.inBulk(async () => {
        for await (const row of rows()) {
          watch.onRow?.(index - carried.index);
          if (!leftOut.has(index)) await rowImport.take(index, row);
          index += 1;
        }
        return rowImport.settle();
      });
      if (deleteMissing !== undefined && carried.isLast && lateFaults.length === 0) {
        await rowImport.deleteMissing(deleteMissing, index);
      }
      return {
        result: rowImport.done,
        faults: rowImport.faults,
        lateFaults,
        placeOf: (path: string) => rowImport.placeOf(path),
      };
    },
  );
  const { counts, seen, isUncertain, ignored } = trial.result;
  const late = new Set(trial.faults.map(({ index }) => index)).size;
  const wrong = Math.max(counts.faults, late);
  const leftOut = Math.max(0, late - counts.faults);
  return {
    change: trial.change,
    counts: { ...counts, rows: counts.rows + leftOut, faults: wrong },
    faults: [...trial.faults].sort((a, b) => a.index - b.index),
    preview: trial.preview,
    ignored: [...ignored],
    seen,
    isUncertain,
  };
}

/** An import of rows one of which is wrong, where that is to stop all. */
export function importRefused({
  counts,
  faults,
}: Pick<ImportOutcome, "counts" | "faults">): TsunagiError {
  const [first] = faults;
  const rows = counts.faults === 1 ? "1 row is" : `${counts.faults} rows are`;
  return new TsunagiError(
    "OPERATIONS_REFUSED",
    `nothing was imported: ${rows} wrong; ${first?.at ?? "the first"}: ${first?.message ?? ""}`,
    {
      details: { faults, total: counts.faults, counts },
      hint: "correct them, or import the others without --stop",
    },
  );
}

/** Paths that rows will make, so that what comes before may refer to them. */
async function pathsIn(
  rows: () => AsyncIterable<TransferRow> | Iterable<TransferRow>,
  options: ImportOptions,
  { onRow }: ImportWatch,
): Promise<Set<string>> {
  const paths = new Set<string>();
  for await (const row of rows()) {
    onRow?.(0);
    const path = pathIn(row, options);
    if (path !== undefined) paths.add(path);
  }
  return paths;
}
