import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CommandResult } from "#contract";
import { TsunagiError } from "#kernel";
import { openDataDirectory, SqliteConnection, sqliteFailure, type Sealer } from "#runtime";

/**
 * What a job manager remembers of the commands it took, on its disk (DESIGN section 7).
 *
 *   taken ──► finished ──► acknowledged ──► (swept)
 *
 * J1  A number is `taken` on disk before its command starts: a number that is there is never run again.
 * J2  A result is on disk before it is reported, sealed, because output may hold secrets. Those that are written
 *     together are sealed together: sealing costs more a call than a byte. They go when all are acknowledged.
 * J3  What was acknowledged is remembered for the newest {@link window} numbers; older ones count as taken.
 *     So the question "did this journal ever take that number?" is never answered with a wrong no.
 * J4  What is `taken` when the journal is opened belonged to a job manager that died: its fate is unknown.
 */
export interface Journal {
  /** Random; another directory, another identity. */
  readonly identity: string;
  /** The highest number ever taken; 0: none. */
  highest(): number;
  /** What is taken or finished, in order. */
  open(): OpenEntry[];
  /** Whether the number was ever taken, or may have been (J3). */
  wasTaken(number: number): boolean;
  result(number: number): CommandResult | undefined;
  /** Writes all of it or nothing; on disk when it returns. */
  write(batch: JournalBatch): void;
  close(): void;
}

export interface OpenEntry {
  number: number;
  state: "running" | "finished";
}

export interface JournalBatch {
  taken: ReadonlySet<number>;
  finished: ReadonlyMap<number, CommandResult>;
  acknowledged: readonly number[];
}

/** How far below the highest number acknowledged ones are remembered. */
const window = 100_000;
/** Sweeping now and then costs less than at each batch. */
const sweepEvery = 10_000;

const state = { taken: 1, finished: 2, acknowledged: 3 } as const;

/** What is told of a command that a dead job manager left behind. */
const lostResult: CommandResult = {
  status: -1,
  reason: "unknown",
  message:
    "the job manager died while it held this command; whether the command ran to its end is not known",
  stdout: "",
  stderr: "",
  stdoutCut: 0,
  stderrCut: 0,
  hostKey: null,
};

/** Opens the journal of a directory for this job manager alone, and settles what a dead one left running (J4). */
export function openJournal(directory: string, sealer: Sealer): Journal {
  const file = join(openDataDirectory(directory), "journal.db");
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(file);
    // The lock is held until this process ends, however it ends.
    connection.exec("pragma locking_mode = exclusive");
    connection.exec("pragma journal_mode = wal");
    connection.exec("pragma synchronous = full");
    connection.exec("begin exclusive; commit");
    return journalOn(connection, sealer, file);
  } catch (error) {
    connection?.close();
    const busy = 5;
    if ((error as { errcode?: number }).errcode !== busy) throw sqliteFailure(error, file);
    throw new TsunagiError(
      "DATABASE_IN_USE",
      `the directory ${directory} is in use by another job manager`,
      {
        details: { directory },
        hint: "stop that job manager, or give this one a directory of its own",
        cause: error,
      },
    );
  }
}

/** A journal that ends with the program, for a job manager inside another program. */
export function memoryJournal(): Journal {
  return journalOn(
    new SqliteConnection(":memory:"),
    { seal: (t) => t, open: (t) => t },
    ":memory:",
  );
}

function journalOn(connection: SqliteConnection, sealer: Sealer, file: string): Journal {
  connection.exec(`
    create table if not exists meta (name text primary key, value text not null) strict;
    create table if not exists command (number integer primary key, state integer not null, results integer) strict;
    create table if not exists results (id integer primary key, sealed text not null) strict;
  `);
  connection
    .prepare("insert into meta (name, value) values ('identity', ?) on conflict do nothing")
    .run(randomUUID());
  const identity = connection.prepare("select value from meta where name = 'identity'").get() as {
    value: string;
  };

  const take = connection.prepare(`insert into command (number, state) values (?, ${state.taken})`);
  const finish = connection.prepare(
    `update command set state = ${state.finished}, results = ? where number = ?`,
  );
  const acknowledge = connection.prepare(
    `update command set state = ${state.acknowledged}, results = null where number = ?`,
  );
  const sweep = connection.prepare(
    `delete from command where state = ${state.acknowledged} and number <= ?`,
  );
  const find = connection.prepare("select state from command where number = ?");
  const addResults = connection.prepare("insert into results (sealed) values (?)");
  const findResults = connection.prepare("select sealed from results where id = ?");
  const deleteResults = connection.prepare("delete from results where id = ?");
  const openRows = () =>
    connection
      .prepare(
        `select number, state, results from command where state < ${state.acknowledged} order by number`,
      )
      .all() as unknown as { number: number; state: number; results: number | null }[];

  const { highest: highestFound } = connection
    .prepare("select max(number) as highest from command")
    .get() as { highest: number | null };
  let highest = highestFound ?? 0;
  let sinceSweep = 0;
  /** Where the result of a finished number is, and the numbers whose results are there. */
  const resultsOf = new Map<number, number>();
  const numbersOf = new Map<number, Set<number>>();
  let lastOpened: { id: number; results: Record<string, CommandResult> } | undefined;

  for (const row of openRows()) if (row.results !== null) keep([row.number], row.results);

  function keep(numbers: Iterable<number>, results: number): void {
    const all = numbersOf.get(results) ?? new Set();
    numbersOf.set(results, all);
    for (const number of numbers) {
      all.add(number);
      resultsOf.set(number, results);
    }
  }

  /** Gives the row that holds the results, if there are any. */
  function writeResults(finished: JournalBatch["finished"]): number | undefined {
    if (finished.size === 0) return undefined;
    const sealed = sealer.seal(JSON.stringify(Object.fromEntries(finished)));
    const id = Number(addResults.run(sealed).lastInsertRowid);
    for (const number of finished.keys()) finish.run(id, number);
    return id;
  }

  /** Gives the rows of which every result is acknowledged. */
  function writeAcknowledged(numbers: readonly number[]): number[] {
    const left = new Map<number, number>();
    for (const number of numbers) {
      acknowledge.run(number);
      const results = resultsOf.get(number);
      if (results === undefined) continue;
      left.set(results, (left.get(results) ?? numbersOf.get(results)?.size ?? 0) - 1);
    }
    const done = [...left].filter(([, count]) => count === 0).map(([results]) => results);
    for (const results of done) deleteResults.run(results);
    sinceSweep += numbers.length;
    if (sinceSweep >= sweepEvery) {
      sinceSweep = 0;
      // The highest row itself stays, so that `highest` survives a restart.
      sweep.run(highest - window);
    }
    return done;
  }

  function write({ taken, finished, acknowledged }: JournalBatch): void {
    let results: number | undefined;
    let done: number[];
    connection.exec("begin immediate");
    try {
      for (const number of taken) take.run(number);
      results = writeResults(finished);
      done = writeAcknowledged(acknowledged);
      connection.exec("commit");
    } catch (error) {
      // After some failures SQLite has rolled back by itself.
      if (connection.isTransaction) connection.exec("rollback");
      throw sqliteFailure(error, file);
    }
    // What memory knows follows the disk.
    for (const number of taken) highest = Math.max(highest, number);
    if (results !== undefined) keep(finished.keys(), results);
    for (const number of acknowledged) {
      numbersOf.get(resultsOf.get(number) ?? 0)?.delete(number);
      resultsOf.delete(number);
    }
    for (const id of done) numbersOf.delete(id);
    // SQLite gives the number of a row that went to a later one.
    if (lastOpened !== undefined && done.includes(lastOpened.id)) lastOpened = undefined;
  }

  const journal: Journal = {
    identity: identity.value,
    highest: () => highest,
    open: () =>
      openRows().map((row) => ({
        number: row.number,
        state: row.state === state.taken ? "running" : "finished",
      })),
    wasTaken(number) {
      if (number > highest) return false;
      return number <= highest - window || find.get(number) !== undefined;
    },
    result(number) {
      const id = resultsOf.get(number);
      if (id === undefined) return undefined;
      if (lastOpened?.id !== id) {
        const { sealed } = findResults.get(id) as { sealed: string };
        lastOpened = {
          id,
          results: JSON.parse(sealer.open(sealed)) as Record<string, CommandResult>,
        };
      }
      return lastOpened.results[number];
    },
    write,
    close() {
      if (connection.isOpen) connection.close();
    },
  };
  settleLost(journal);
  return journal;
}

/** (J4) */
function settleLost(journal: Journal): void {
  const lost = journal.open().filter(({ state }) => state === "running");
  if (lost.length === 0) return;
  journal.write({
    taken: new Set(),
    finished: new Map(lost.map(({ number }) => [number, lostResult])),
    acknowledged: [],
  });
}
