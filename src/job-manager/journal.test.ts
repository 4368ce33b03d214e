import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandResult } from "#contract";
import * as fc from "fast-check";
import { memorySealer, SqliteConnection } from "#runtime";
import {
  journalOn,
  memoryJournal,
  openJournal,
  type Journal,
  type JournalBatch,
} from "./journal.ts";

let directory: string;
const sealer = memorySealer();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tsunagi-journal-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const result = (stdout: string): CommandResult => ({
  status: 0,
  reason: null,
  message: null,
  stdout,
  stderr: "",
  stdoutCut: 0,
  stderrCut: 0,
  hostKey: null,
});

function write(
  journal: Journal,
  batch: { take?: number[]; finish?: [number, string][]; acknowledge?: number[] },
) {
  const whole: JournalBatch = {
    taken: new Set(batch.take),
    finished: new Map(batch.finish?.map(([number, stdout]) => [number, result(stdout)])),
    acknowledged: batch.acknowledge ?? [],
  };
  journal.write(whole);
}

test("identity, highest number and results survive; what ran when it was left is unknown", () => {
  const first = openJournal(directory, sealer);
  write(first, { take: [5, 9, 7] });
  write(first, { finish: [[5, "five"]] });
  write(first, { finish: [[9, "nine"]], acknowledge: [5] });
  first.close();
  const second = openJournal(directory, sealer);
  expect(second.identity).toBe(first.identity);
  expect(second.highest()).toBe(9);
  expect(second.open()).toEqual([
    { number: 7, state: "finished" },
    { number: 9, state: "finished" },
  ]);
  expect(second.result(9)?.stdout).toBe("nine");
  expect(second.result(7)).toMatchObject({ status: -1, reason: "unknown" });
  expect([5, 6, 7, 9, 10].map((number) => second.wasTaken(number))).toEqual([
    true,
    false,
    true,
    true,
    false,
  ]);
  second.close();
});

test("two directories have two identities", () => {
  expect(memoryJournal().identity).not.toBe(memoryJournal().identity);
});

test("a second job manager on the same directory is told so", () => {
  const first = openJournal(directory, sealer);
  expect(() => openJournal(directory, sealer)).toThrow(/in use by another job manager/);
  first.close();
  openJournal(directory, sealer).close();
});

test("output stands on the disk sealed", () => {
  const journal = openJournal(directory, sealer);
  write(journal, { take: [1] });
  write(journal, { finish: [[1, "the password is hush-hush"]] });
  expect(journal.result(1)?.stdout).toContain("hush-hush");
  journal.close();
  const bytes = readdirSync(directory).map((file) => readFileSync(join(directory, file), "latin1"));
  expect(bytes.join("")).not.toContain("hush");
});

test("a batch is written whole or not at all", () => {
  const journal = memoryJournal();
  write(journal, { take: [1] });
  expect(() => write(journal, { take: [2, 1] })).toThrow();
  expect(journal.wasTaken(2)).toBe(false);
  expect(journal.highest()).toBe(1);
});

test("numbers far below the highest count as taken, so that memory may end and nothing runs twice", () => {
  const journal = memoryJournal();
  write(journal, { take: [1_000_000] });
  expect(journal.wasTaken(1)).toBe(true);
  expect(journal.wasTaken(900_001)).toBe(false);
});

test("what was acknowledged is summed up when there is much of it", () => {
  const journal = memoryJournal();
  const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1);
  write(journal, { take: [...numbers, 500_000] });
  write(journal, { acknowledge: numbers });
  write(journal, { take: [500_001] });
  write(journal, { acknowledge: [500_001] });
  expect(journal.open()).toEqual([{ number: 500_000, state: "running" }]);
  expect(journal.highest()).toBe(500_001);
  expect(journal.wasTaken(3)).toBe(true);
});

test("a result is found though one that was read and acknowledged before stood in its place", () => {
  const journal = openJournal(directory, sealer);
  write(journal, { take: [1], finish: [[1, "first"]] });
  expect(journal.result(1)?.stdout).toBe("first");
  write(journal, { acknowledge: [1] });
  write(journal, { take: [2], finish: [[2, "second"]] });
  expect(journal.result(2)?.stdout).toBe("second");
  journal.close();
});

test("a journal of an earlier release, which had a row for each command, is taken over", () => {
  const connection = new SqliteConnection(join(directory, "journal.db"));
  connection.exec(`
    create table meta (name text primary key, value text not null) strict;
    create table command (number integer primary key, state integer not null, results integer) strict;
    create table results (id integer primary key, sealed text not null) strict;
    insert into meta values ('identity', 'the-journal-of-old');
    insert into command values (1, 3, null), (2, 2, 7), (3, 2, 7), (4, 1, null);
  `);
  const sealed = sealer.seal(
    JSON.stringify({ 1: result("one"), 2: result("two"), 3: result("3") }),
  );
  connection.prepare("insert into results values (7, ?)").run(sealed);
  connection.close();
  for (let opened = 0; opened < 2; opened += 1) {
    const journal = openJournal(directory, sealer);
    expect(journal.identity).toBe("the-journal-of-old");
    expect(journal.open().map(({ number }) => number)).toEqual([2, 3, 4]);
    expect(journal.result(2)?.stdout).toBe("two");
    expect(journal.result(4)).toMatchObject({ reason: "unknown" });
    expect([1, 4, 5].map((number) => journal.wasTaken(number))).toEqual([true, true, false]);
    journal.close();
  }
});

test("whatever is written is found again when the journal is opened anew", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 8 });
  const steps = fc.array(fc.tuple(fc.constantFrom("take", "finish", "acknowledge"), numbers));
  fc.assert(
    fc.property(steps, fc.nat(3), (given, reopenEvery) => {
      const connection = new SqliteConnection(":memory:");
      const plain = { seal: (text: string) => text, open: (text: string) => text };
      let journal = journalOn(connection, plain, ":memory:");
      const running = new Set<number>();
      const finished = new Map<number, string>();
      const known = new Set<number>();
      for (const [index, [what, some]] of given.entries()) {
        if (what === "take") {
          const fresh = some.filter((number) => !known.has(number));
          for (const number of fresh) {
            known.add(number);
            running.add(number);
          }
          write(journal, { take: fresh });
        } else if (what === "finish") {
          const ended = some.filter((number) => running.delete(number));
          write(journal, { finish: ended.map((number) => [number, `${index}`]) });
          for (const number of ended) finished.set(number, `${index}`);
        } else {
          const read = some.filter((number) => finished.delete(number));
          write(journal, { acknowledge: read });
        }
        if (index % 4 === reopenEvery) {
          journal = journalOn(connection, plain, ":memory:");
          for (const number of running) finished.set(number, "");
          running.clear();
        }
        for (let number = 1; number <= 31; number += 1) {
          expect(journal.wasTaken(number)).toBe(known.has(number));
          expect(journal.result(number)?.stdout).toBe(finished.get(number));
        }
        expect(journal.open().map(({ number }) => number)).toEqual(
          [...running, ...finished.keys()].sort((a, b) => a - b),
        );
      }
      connection.close();
    }),
    { numRuns: 60 },
  );
});
