import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandResult } from "#contract";
import { memorySealer } from "#runtime";
import { memoryJournal, openJournal, type Journal, type JournalBatch } from "./journal.ts";

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

test("what was acknowledged is swept when there is much of it", () => {
  const journal = memoryJournal();
  const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1);
  write(journal, { take: [...numbers, 500_000] });
  write(journal, { acknowledge: numbers });
  expect(journal.open()).toEqual([{ number: 500_000, state: "running" }]);
  expect(journal.highest()).toBe(500_000);
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
