import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CommandResult } from "#contract";
import { assert, TsunagiError } from "#kernel";
import { openDataDirectory, SqliteConnection, sqliteFailure, type Sealer } from "#runtime";
import { NumberRanges } from "./number-ranges.ts";

/**
 * What a job manager remembers of the commands it took, on its disk (DESIGN section 7).
 *
 *   taken ──► finished ──► acknowledged ──► (forgotten)
 *
 * What is written at once is one entry, whatever it holds of how many commands, so that a command costs next to nothing. Entries
 * are read when the journal is opened and never again; memory knows what they say.
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
/** After so many acknowledgements all that was taken and acknowledged is summed up in one entry. */
const summaryEvery = 10_000;

/** What was written at once. The numbers are texts of {@link NumberRanges}, the results are gone when all are acknowledged. */
interface Entry {
  id: number;
  taken: string;
  finished: string;
  acknowledged: string;
  sealed: string | null;
}

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

/** The journal that a connection holds, whatever keeps it; {@link openJournal} is what a job manager uses. */
export function journalOn(connection: SqliteConnection, sealer: Sealer, file: string): Journal {
  connection.exec(`
    create table if not exists meta (name text primary key, value text not null) strict;
    create table if not exists entry (
      id integer primary key,
      taken text not null,
      finished text not null,
      acknowledged text not null,
      sealed text
    ) strict;
  `);
  takeOverCommands(connection, sealer);
  connection
    .prepare("insert into meta (name, value) values ('identity', ?) on conflict do nothing")
    .run(randomUUID());
  const identity = connection.prepare("select value from meta where name = 'identity'").get() as {
    value: string;
  };
  const insert = connection.prepare(insertSql);
  const findSealed = connection.prepare("select sealed from entry where id = ?");
  const dropSealed = connection.prepare("update entry set sealed = null where id = ?");
  const dropRead = connection.prepare("delete from entry where sealed is null");

  /** What was taken, of the newest {@link window}. */
  const taken = new NumberRanges();
  /** What is not acknowledged, with the entry that holds its result; 0: none yet. */
  const open = new Map<number, number>();
  /** How many results of an entry are not acknowledged. */
  const unread = new Map<number, number>();
  let sinceSummary = 0;
  let lastOpened: { id: number; results: ReadonlyMap<number, CommandResult> } | undefined;

  for (const row of connection.prepare("select * from entry order by id").all()) {
    const entry = row as unknown as Entry;
    note(entry.id, {
      taken: NumberRanges.parse(entry.taken),
      finished: NumberRanges.parse(entry.finished),
      acknowledged: NumberRanges.parse(entry.acknowledged),
    });
  }

  /** Memory follows the disk. */
  function note(
    id: number,
    entry: Record<"taken" | "finished" | "acknowledged", Iterable<number>>,
  ) {
    for (const number of entry.taken) {
      taken.add(number);
      // A summary names what older entries have finished.
      if (!open.has(number)) open.set(number, 0);
    }
    taken.dropUpTo(taken.highest - window);
    let results = 0;
    for (const number of entry.finished) {
      open.set(number, id);
      results += 1;
    }
    if (results > 0) unread.set(id, results);
    for (const number of entry.acknowledged) {
      const holder = open.get(number) ?? 0;
      open.delete(number);
      const left = (unread.get(holder) ?? 0) - 1;
      if (left > 0) unread.set(holder, left);
      else unread.delete(holder);
    }
  }

  /** Which entries have nothing left to report once these are acknowledged, too. */
  function readBy(numbers: readonly number[]): number[] {
    const read = new Map<number, number>();
    for (const number of numbers) {
      const holder = open.get(number) ?? 0;
      if (holder !== 0) read.set(holder, (read.get(holder) ?? 0) + 1);
    }
    return [...read].filter(([id, count]) => unread.get(id) === count).map(([id]) => id);
  }

  function write({ taken: numbers, finished, acknowledged }: JournalBatch): void {
    for (const number of numbers) assert(!taken.has(number), `command ${number} was taken before`);
    // Before anything is written: if it fails, all of it has failed.
    if (sinceSummary >= summaryEvery) summarise();
    const read = readBy(acknowledged);
    const results = finished.size === 0 ? null : sealer.seal(JSON.stringify([...finished]));
    const id = inTransaction(() => {
      for (const each of read) dropSealed.run(each);
      return insert.run(
        String(NumberRanges.from(numbers)),
        String(NumberRanges.from(finished.keys())),
        String(NumberRanges.from(acknowledged)),
        results,
      ).lastInsertRowid;
    });
    note(Number(id), { taken: numbers, finished: finished.keys(), acknowledged });
    sinceSummary += acknowledged.length;
  }

  /** One entry instead of all that only say what was taken and acknowledged. */
  function summarise(): void {
    const known = NumberRanges.parse(String(taken));
    const acknowledged = NumberRanges.parse(String(taken));
    for (const number of open.keys()) {
      // It may be older than all that is remembered.
      known.add(number);
      acknowledged.remove(number);
    }
    inTransaction(() => {
      dropRead.run();
      insert.run(String(known), "", String(acknowledged), null);
    });
    sinceSummary = 0;
    // SQLite gives the number of an entry that went to a later one.
    lastOpened = undefined;
  }

  function inTransaction<T>(work: () => T): T {
    connection.exec("begin immediate");
    try {
      const result = work();
      connection.exec("commit");
      return result;
    } catch (error) {
      // After some failures SQLite has rolled back by itself.
      if (connection.isTransaction) connection.exec("rollback");
      throw sqliteFailure(error, file);
    }
  }

  const journal: Journal = {
    identity: identity.value,
    highest: () => taken.highest,
    open: () =>
      [...open]
        .map(([number, id]) => ({ number, state: id === 0 ? "running" : "finished" }) as const)
        .sort((a, b) => a.number - b.number),
    wasTaken: (number) => number <= taken.highest - window || taken.has(number),
    result(number) {
      const id = open.get(number) ?? 0;
      if (id === 0) return undefined;
      if (lastOpened?.id !== id) {
        const { sealed } = findSealed.get(id) as { sealed: string };
        lastOpened = { id, results: openResults(sealer, sealed) };
      }
      return lastOpened.results.get(number);
    },
    write,
    close() {
      if (connection.isOpen) connection.close();
    },
  };
  settleLost(journal);
  return journal;
}

const insertSql = "insert into entry (taken, finished, acknowledged, sealed) values (?, ?, ?, ?)";

function openResults(sealer: Sealer, sealed: string): ReadonlyMap<number, CommandResult> {
  return new Map(JSON.parse(sealer.open(sealed)) as [number, CommandResult][]);
}

/** Earlier releases kept a row for each command. */
function takeOverCommands(connection: SqliteConnection, sealer: Sealer): void {
  const table = "select 1 from sqlite_schema where type = 'table' and name = 'command'";
  if (connection.prepare(table).get() === undefined) return;
  const commands = connection
    .prepare("select number, state, results from command order by number")
    .all() as { number: number; state: number; results: number | null }[];
  const sealedOf = connection.prepare("select sealed from results where id = ?");
  const state = { finished: 2, acknowledged: 3 };
  const numbersOf = (some: typeof commands) =>
    String(NumberRanges.from(some.map(({ number }) => number)));
  connection.exec("begin immediate");
  const insert = connection.prepare(insertSql);
  const acknowledged = commands.filter((command) => command.state === state.acknowledged);
  insert.run(numbersOf(commands), "", numbersOf(acknowledged), null);
  const finished = commands.filter((command) => command.state === state.finished);
  for (const id of new Set(finished.map(({ results }) => results))) {
    const { sealed } = sealedOf.get(id) as { sealed: string };
    const all = JSON.parse(sealer.open(sealed)) as Record<string, CommandResult>;
    const own = finished.filter(({ results }) => results === id);
    const results = own.map(({ number }) => [number, all[number]]);
    insert.run("", numbersOf(own), "", sealer.seal(JSON.stringify(results)));
  }
  connection.exec("drop table command; drop table results; commit");
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
