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

const tooLarge = /a text of \d+ characters is longer than 16777216/;
const valueTooLarge = /a value of size \d+ is larger than 16777216/;

/** By what they do: flows without an end of their own, and what they are told. */
const evils: [string, string, RegExp][] = [
  ["doubles a text with +", "[x = 'x'] -> { while true | [x = x + x] }", tooLarge],
  ["doubles a text with join", "[x = 'x'] -> { while true | [x = join([x, x])] }", tooLarge],
  ["doubles a text with replace", "[x = 'x'] -> { while true | [x = replace(x, 'x', 'xx')] }", tooLarge],
  ["doubles a text with json_format", "[x = 'x'] -> { while true | [x = json_format([x, x])] }", tooLarge],
  ["doubles a text in a text", "[x = 'x'] -> { while true | [x = \"$x$x\"] }", tooLarge],
  ["doubles a text with encode", "[x = 'x'] -> { while true | [x = encode(x, 'hex')] }", tooLarge],
  ["doubles a list", "[x = [1]] -> { while true | [x = x + x] }", valueTooLarge],
  ["puts a list into itself twice", "[x = [1]] -> { while true | [x = [x, x]] }", valueTooLarge],
  ["puts a list into itself once", "[x = [1]] -> { while true | [x = [x]] }", /a value is nested more than 200 deep/],
  ["never ends", "{ while true | [n = 1] }", /more than 10000000 instructions ran without a wait/],
  ["never ends in a closure that calls itself last", "[f = {|| [self]}] -> [f]", /more than 10000000 instructions ran without a wait/],
  ["calls itself without end", "[self] -> print('never')", /deeper than 10000|10000 deep|10,?000 calls/],
  ["calls a closure in itself without end", "[f = {|| [self] -> print(1)}] -> [f]", /deeper than 10000|10000 deep|10,?000 calls/],
  ["copies large lists again and again", "[x = range(1000000)] -> { while true | [y = reverse(x)] }", /more than \d+ (instructions ran|characters and elements were copied) without a wait/],
  ["sorts large lists again and again", "[x = range(1000000)] -> { while true | [y = sort(x)] }", /more than \d+ (instructions ran|characters and elements were copied) without a wait/],
];

/** Nobody may wait longer for his turn; much of it is what a busy machine adds. */
const gapMaxMs = 3000;

describe("a flow that", () => {
  test.each(evils)(
    "%s is stopped, and another process goes on meanwhile",
    { timeout: 180_000 },
    async (_, evil, message) => {
      // The other one takes note of the time whenever it has its turn, until the first one has ended.
      writeFileSync(join(folder, "evil.jobflow"), evil);
      const file = written(`
        spawn(./evil) -> [evil = $RESULT]
        -> { while evil.state != 'aborted' | sleep(0.01) -> print(now()) }
        => print(now()) -> wait(evil) =>> print('$REASON: $ERROR')`);
      const { status, stdout, stderr } = await tsunagi(["run", file]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const lines = stdout.trimEnd().split("\n");
      const last = lines.pop() ?? "";
      expect(last).toMatch(message);
      expect(last).toMatch(/^limit: /);
      const times = lines.map((line) => Date.parse(line));
      const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
      expect(Math.max(0, ...gaps)).toBeLessThan(gapMaxMs);
    },
  );
});

test("output that is no UTF-8 does not fail the flow", async () => {
  const file = written(`['printf "a\\377b\\303"'] -> print($RESULT, length($RESULT), type($RESULT))
-> { __encoding__ = 'shift_jis' | ['printf "\\202\\240"'] -> print($RESULT) }
-> ['head -c 3000 /dev/urandom'] -> print('still here') -> ['cat': stdin = decode('/wA=', 'base64')] -> print(type($RESULT))`);
  const { status, stdout, stderr } = await tsunagi(["run", file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe("a\ufffdb\ufffd 4 string\nあ\nstill here\nstring\n");
});
