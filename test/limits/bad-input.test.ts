import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tsunagi } from "../command-line/tsunagi.ts";

/**
 * What is too large, too deep or without end is stopped by a limit whose error names it, and nobody else notices. Through the
 * doors that people use: `check`, `run`, and the engine inside of `run`, in which two processes share the time.
 */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-limits-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(source: string): string {
  const file = join(folder, "main.jobflow");
  writeFileSync(file, source);
  return file;
}

const tooLong = "the source is longer than the limit of 4 MB";
const tooDeep = "nested deeper than the limit of 500 levels";

describe("a source that is too much", () => {
  test.each([
    ["of 10 MB", "print('x') -> ".repeat(750_000) + "print('end')", tooLong],
    ["of 10 MB on one line of text", `print('${"x".repeat(10_000_000)}')`, tooLong],
    ["of 10,000 parentheses", `print(${"(".repeat(10_000)}1${")".repeat(10_000)})`, tooDeep],
    ["of 10,000 lists", `print(${"[".repeat(10_000)}1${"]".repeat(10_000)})`, tooDeep],
    ["of 10,000 blocks", `${"{ | ".repeat(10_000)}print(1)${" }".repeat(10_000)}`, tooDeep],
    ["of 10,000 closures", `[f = ${"{|| [f = ".repeat(10_000)}1${"] }".repeat(10_000)}]`, tooDeep],
    ["of 10,000 texts in texts", `print(${"'${".repeat(10_000)}1${"}'".repeat(10_000)})`, tooDeep],
  ])("%s is refused by check and run", { timeout: 120_000 }, async (_, source, message) => {
    const file = written(source);
    for (const command of ["check", "run"]) {
      const { status, stdout, stderr } = await tsunagi([command, file]);
      expect(stdout + stderr).toContain(message);
      expect(status).not.toBe(0);
    }
  });
});

/** A value may be larger than what is stored of a process; when others have had their turns meanwhile, that limit comes first. */
const tooLarge =
  /a text of \d+ characters is longer than 16777216|a value of size \d+ is larger than 16777216|too large to be stored: \d+ bytes, and at most 4194304 are kept/;
const withoutWait =
  /more than \d+ (instructions ran|characters and elements were copied) without a wait/;
const nests = /calls are nested more than 10000 deep/;

/** By what they do: flows without an end of their own, and what they are told. */
const evils: [string, string, RegExp][] = [
  ["doubles a text with +", "[x = 'x'] -> { while true | [x = x + x] }", tooLarge],
  ["doubles a text with join", "[x = 'x'] -> { while true | [x = join([x, x])] }", tooLarge],
  [
    "doubles a text with replace",
    "[x = 'x'] -> { while true | [x = replace(x, 'x', 'xx')] }",
    tooLarge,
  ],
  [
    "doubles a text with json_format",
    "[x = 'x'] -> { while true | [x = json_format([x, x])] }",
    tooLarge,
  ],
  ["doubles a text in a text", "[x = 'x'] -> { while true | [x = \"$x$x\"] }", tooLarge],
  ["doubles a text with encode", "[x = 'x'] -> { while true | [x = encode(x, 'hex')] }", tooLarge],
  ["doubles a list", "[x = [1]] -> { while true | [x = x + x] }", tooLarge],
  ["puts a list into itself twice", "[x = [1]] -> { while true | [x = [x, x]] }", tooLarge],
  [
    "puts a list into itself once",
    "[x = [1]] -> { while true | [x = [x]] }",
    /a value is nested more than 200 deep/,
  ],
  ["never ends", "{ while true | [n = 1] }", withoutWait],
  ["never ends in a closure that calls itself last", "[f = {|| [self]}] -> [f]", withoutWait],
  ["calls itself without end", "[self] -> print('never')", nests],
  ["calls a closure in itself without end", "[f = {|| [self] -> print(1)}] -> [f]", nests],
];

/** They would be stopped, too, after a minute of work: what one instruction does is counted. */
const hogs: [string, string][] = [
  ["formats", "[x = range(100000)] -> { while true | [y = json_format(x)] }"],
  ["sorts", "[x = range(100000)] -> { while true | [y = sort(x)] }"],
  ["encodes", "[x = join(range(100000), '-')] -> { while true | [y = encode(x, 'url')] }"],
  ["parses", "[x = yaml_format(range(20000))] -> { while true | [y = yaml_parse(x)] }"],
];

/** Nobody waits longer for his turn: half a second of work, many times that on a busy machine, and hours without this limit. */
const gapMaxMs = 10_000;

describe("a flow that", () => {
  test.each(evils)(
    "%s is stopped, and another process goes on meanwhile",
    { timeout: 120_000 },
    async (_, evil, message) => {
      const { times, last } = await beside(evil, "{ while evil.state != 'aborted' | $tick }");
      expect(last).toMatch(message);
      expect(last).toMatch(/^limit: /);
      expect(largestGap(times)).toBeLessThan(gapMaxMs);
    },
  );

  test.each(hogs)(
    "%s again and again leaves others their turns",
    { timeout: 120_000 },
    async (_, hog) => {
      const { times, last } = await beside(hog, "{ for i in range(10) | $tick } -> cancel(evil)");
      expect(last).toMatch(/^cancelled: /);
      expect(times.length).toBeGreaterThan(10);
      expect(largestGap(times)).toBeLessThan(gapMaxMs);
    },
  );
});

/** Runs a flow, and beside it another one that takes note of the time whenever it has its turn. */
async function beside(flow: string, meanwhile: string): Promise<{ times: number[]; last: string }> {
  writeFileSync(join(folder, "evil.jobflow"), flow);
  const ticks = meanwhile.replace("$tick", "sleep(0.01) -> print(now())");
  const file = written(`
    spawn(./evil) -> [evil = $RESULT] -> print(now())
    -> ${ticks}
    => print(now()) -> wait(evil) =>> print('$REASON: $ERROR')`);
  const { status, stdout, stderr } = await tsunagi(["run", file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  const last = lines.pop() ?? "";
  return { times: lines.map((line) => Date.parse(line)), last };
}

function largestGap(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] as number)));
}

test("output that is no UTF-8 does not fail the flow", async () => {
  const file = written(`['printf "a\\377b\\303"'] -> print($RESULT, length($RESULT), type($RESULT))
-> { __encoding__ = 'shift_jis' | ['printf "\\202\\240"'] -> print($RESULT) }
-> ['head -c 3000 /dev/urandom'] -> print('still here') -> ['cat': stdin = decode('/wA=', 'base64')] -> print(type($RESULT))`);
  const { status, stdout, stderr } = await tsunagi(["run", file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe("a\ufffdb\ufffd 4 string\nあ\nstill here\nstring\n");
});
