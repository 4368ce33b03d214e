/**
 * A moment of the past, as people and programs give it: a time (`2026-11-20T10:00:00Z`, or a date, which is its
 * midnight in UTC), or the number of a change. Inside, it is always a change: the last one that had been made.
 */
import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";

const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** The change after which the moment is. Throws HISTORY_HORIZON for what is too long ago to be known. */
export async function changeAt(transaction: Transaction, moment: string): Promise<number> {
  if (/^\d{1,15}$/.test(moment)) return numbered(transaction, Number(moment));
  const at = time.test(moment) ? Date.parse(moment) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new TsunagiError("ARGUMENT_INVALID", `'${moment.slice(0, 100)}' is no moment`, {
      hint: "give a time with its zone, such as 2026-11-20T10:00:00Z, a date, or the number of a change",
    });
  }
  const row = await transaction.get<{ id: number }>(
    "select id from object_change where at <= ? order by at desc, id desc limit 1",
    [at],
  );
  const first = await firstChange(transaction);
  if (row === undefined || row.id < first.id) throw beyond(moment, first);
  return row.id;
}

async function numbered(transaction: Transaction, change: number): Promise<number> {
  const first = await firstChange(transaction);
  if (change < first.id - 1) throw beyond(`change ${change}`, first);
  const last = await transaction.get<{ id: number }>(
    "select id from object_change order by id desc limit 1",
  );
  if (change <= (last?.id ?? 0)) return change;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no change ${change}`, {
    details: { change, last: last?.id ?? 0 },
  });
}

interface FirstChange {
  id: number;
  at: number;
}

async function firstChange(transaction: Transaction): Promise<FirstChange> {
  const row = await transaction.get<FirstChange>(
    "select id, at from object_change order by id limit 1",
  );
  return row ?? { id: 1, at: Date.now() };
}

function beyond(moment: string, first: FirstChange): TsunagiError {
  const begin = new Date(first.at).toISOString();
  return new TsunagiError(
    "HISTORY_HORIZON",
    `what was at ${moment} is not known: the history begins at ${begin}`,
    { details: { moment, begin, change: first.id } },
  );
}
