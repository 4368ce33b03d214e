import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memorySealer } from "#runtime";
import type { CommandResult } from "#contract";
import { openJournal } from "../../src/job-manager/journal.ts";

/**
 * The journal of a job manager whose last writes reached the disk in part, in any part: a power cut. It opens again as it was
 * after one of its writes, and nothing of what it says is half.
 */
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tsunagi-torn-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const writes = 30;
const sealer = memorySealer();
const result: CommandResult = {
  status: 0,
  reason: null,
  message: null,
  stdout: "x".repeat(300),
  stderr: "",
  stdoutCut: 0,
  stderrCut: 0,
  hostKey: null,
};

test("whatever part of its last writes is on the disk, the journal is as it was after one of them", () => {
  const whole = join(folder, "whole");
  const journal = openJournal(whole, sealer);
  const { identity } = journal;
  const nothing = { taken: new Set<number>(), finished: new Map<number, CommandResult>() };
  for (let number = 1; number <= writes; number += 1) {
    journal.write({ ...nothing, taken: new Set([number]), acknowledged: [] });
    journal.write({ ...nothing, finished: new Map([[number, result]]), acknowledged: [] });
    if (number > 3) journal.write({ ...nothing, acknowledged: [number - 3] });
  }
  const copy = join(folder, "copy");
  // As a power cut leaves it: nobody has closed it.
  cpSync(whole, copy, { recursive: true });
  journal.close();

  const log = join(copy, "journal.db-wal");
  const { size } = statSync(log);
  const heights = new Set<number>();
  for (let cut = 0; cut < size; cut += 2999) {
    const torn = join(folder, `torn-${cut}`);
    cpSync(copy, torn, { recursive: true });
    tear(join(torn, "journal.db-wal"), cut);
    const opened = openJournal(torn, sealer);
    const highest = opened.highest();
    heights.add(highest);
    if (highest > 0) expect(opened.identity).toBe(identity);
    for (let number = 1; number <= writes; number += 1) {
      expect(opened.wasTaken(number)).toBe(number <= highest);
    }
    const open = opened.open();
    expect(open.every(({ state }) => state === "finished")).toBe(true);
    for (const { number } of open) {
      const { status, stdout } = opened.result(number) ?? result;
      // The last one may have been taken and not finished: then its fate is unknown.
      if (number < highest) expect([status, stdout]).toEqual([0, result.stdout]);
    }
    opened.close();
  }
  expect(heights.size).toBeGreaterThan(5);
});

/** What follows that place did not arrive, and the last block of what did is of another time. */
function tear(file: string, at: number): void {
  truncateSync(file, at);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, Math.max(0, at - 200), at);
  writeFileSync(file, bytes);
}
