import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MessageLine } from "./message-line.ts";
import { Trials, type TrialThread } from "./trials.ts";

let data: string;
let started: FakeThread[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "tsunagi-trials-"));
  started = [];
  writeFileSync(join(data, "tsunagi.sqlite"), "database");
});
afterEach(() => rmSync(data, { recursive: true }));

/** A thread whose import ends when the test says so. */
class FakeThread implements TrialThread {
  readonly isReady = Promise.resolve();
  readonly asked: unknown[] = [];
  isStopped = false;
  end: (error?: Error) => void = () => undefined;
  readonly line: MessageLine;

  constructor() {
    this.line = new MessageLine(
      { postMessage: () => undefined, on: () => undefined },
      { call: () => Promise.resolve(), note: () => undefined },
    );
    this.line.call = (name, argument) => {
      this.asked.push([name, argument]);
      return new Promise((resolve, reject) => {
        this.end = (error) => (error === undefined ? resolve({ rows: 1 }) : reject(error));
      });
    };
    started.push(this);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }
}

const nobody = { kind: "none" } as const;
function order(id: string, bytes: number, dryRun = true) {
  const file = join(data, `${id}.csv`);
  writeFileSync(file, Buffer.alloc(bytes));
  return { id, file, format: "csv", dryRun } as const;
}

test("only a large import that is only tried is worth a copy", () => {
  const trials = new Trials(data, () => new FakeThread());
  expect(trials.isWorth(order("a", 2_000_000))).toBe(true);
  expect(trials.isWorth(order("b", 2_000_000, false))).toBe(false);
  expect(trials.isWorth(order("c", 1000))).toBe(false);
});

test("one is tried after the other, and each has a thread that is stopped, however it ends", async () => {
  const trials = new Trials(data, () => new FakeThread());
  const first = trials.import(nobody, order("first", 1));
  const second = trials.import(nobody, order("second", 1));
  await expect.poll(() => started[0]?.asked.length).toBe(1);
  expect(started).toHaveLength(1);
  expect(trials.threadOf("first")).toBe(started[0]);
  expect(trials.threadOf("second")).toBeUndefined();
  started[0]?.end(new Error("wrong"));
  await expect(first).rejects.toThrow("wrong");
  expect(started[0]?.isStopped).toBe(true);
  await expect.poll(() => started[1]?.asked.length).toBe(1);
  started[1]?.end();
  expect(await second).toEqual({ rows: 1 });
  expect(trials.threadOf("second")).toBeUndefined();
  expect(started[1]?.isStopped).toBe(true);
});

test("copies that a killed server left are removed", () => {
  mkdirSync(join(data, "trial-abc"));
  writeFileSync(join(data, "trial-abc", "tsunagi.sqlite"), "copy");
  const trials = new Trials(data, () => new FakeThread());
  expect(existsSync(join(data, "trial-abc"))).toBe(false);
  expect(existsSync(join(data, "tsunagi.sqlite"))).toBe(true);
  expect(trials.threadOf(undefined)).toBeUndefined();
});
