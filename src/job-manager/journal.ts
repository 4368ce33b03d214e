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
 * J2  A result is on disk before it is reported, sealed, because output may hold secrets.
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
  return journalOn(new SqliteConnection(":memory:"), { seal: (t) => t, open: (t) => t }, ":memory:");
}

function journalOn(connection: SqliteConnection, sealer: Sealer, file: string): Journal {
  connection.exec(`
    create table if not exists meta (name text primary key, value text not null) strict;
    create table if not exists command (number integer primary key, state integer not null, result text) strict;
    create index if not exists command_open on command (state) where state < ${state.acknowledged};
  `);
  connection
    .prepare("insert into meta (name, value) values ('identity', ?) on conflict do nothing")
    .run(randomUUID());
  const identity = (
    connection.prepare("select value from meta where name = 'identity'").get() as { value: string }
  ).value;
  connection
    .prepare(`update command set state = ${state.finished}, result = ? where state = ${state.taken}`)
    .run(sealer.seal(JSON.stringify(lostResult)));

  const take = connection.prepare(
    `insert into command (number, state) values (?, ${state.taken})`,
  );
  const finish = connection.prepare(
    `update command set state = ${state.finished}, result = ? where number = ?`,
  );
  const acknowledge = connection.prepare(
    `update command set state = ${state.acknowledged}, result = null where number = ?`,
  );
  const sweep = connection.prepare(
    `delete from command where state = ${state.acknowledged} and number <= ?`,
  );
  const find = connection.prepare("select state, result from command where number = ?");
  let highest = Number(
    (connection.prepare("select max(number) as highest from command").get() as { highest: number })
      .highest ?? 0,
  );
  let sinceSweep = 0;

  function writeAll(batch: JournalBatch): void {
    for (const number of batch.taken) take.run(number);
    for (const [number, result] of batch.finished) {
      finish.run(sealer.seal(JSON.stringify(result)), number);
    }
    for (const number of batch.acknowledged) acknowledge.run(number);
    sinceSweep += batch.acknowledged.length;
    if (sinceSweep >= sweepEvery) {
      sinceSweep = 0;
      // The highest row itself stays, so that `highest` survives a restart.
      sweep.run(highest - window);
    }
  }

  return {
    identity,
    highest: () => highest,
    open: () =>
      connection
        .prepare(`select number, state from command where state < ${state.acknowledged} order by number`)
        .all()
        .map((row) => ({
          number: Number(row["number"]),
          state: row["state"] === state.taken ? "running" : "finished",
        })),
    wasTaken(number) {
      if (number > highest) return false;
      return number <= highest - window || find.get(number) !== undefined;
    },
    result(number) {
      const row = find.get(number) as { state: number; result: string | null } | undefined;
      if (row?.state !== state.finished || row.result === null) return undefined;
      return JSON.parse(sealer.open(row.result)) as CommandResult;
    },
    write(batch) {
      connection.exec("begin immediate");
      try {
        writeAll(batch);
        connection.exec("commit");
      } catch (error) {
        // After some failures SQLite has rolled back by itself.
        if (connection.isTransaction) connection.exec("rollback");
        throw sqliteFailure(error, file);
      }
      for (const number of batch.taken) highest = Math.max(highest, number);
    },
    close() {
      if (connection.isOpen) connection.close();
    },
  };
}
