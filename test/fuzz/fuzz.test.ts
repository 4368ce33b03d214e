import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/language/syntax/parser.ts";
import { compile, format } from "../../src/language/index.ts";
import { Choices, shrink } from "./choices.ts";
import { generateProgram } from "./program-generator.ts";

const root = join(import.meta.dirname, "../..");

// A process of its own: there V8 counts branches of the sources as they stand, and runs them at full speed.
test(
  "a hundred thousand programs break no law, and together they reach the whole machine",
  { timeout: 1_800_000 },
  async () => {
    const fuzzer = [join(root, "test/fuzz/main.ts"), "--programs", "100000", "--goals"];
    const run = promisify(execFile)(process.execPath, fuzzer, { cwd: root, maxBuffer: 1 << 24 });
    // What it found is in what it printed.
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    expect(stdout).toMatch(/no finding/);
    expect(stdout).not.toMatch(/never reached/);
    expect(branchShare(stdout)).toBeGreaterThanOrEqual(90);
  },
);

function branchShare(output: string): number {
  return Number(/branches of src\/machine: .* ([\d.]+) %/.exec(output)?.[1] ?? 0);
}

describe("a finding", () => {
  test("is made again by its seed and number alone", () => {
    const [one, same, other] = [7, 7, 8].map((seed) => generateProgram(Choices.ofSeed(seed, 5)));
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });

  test("is made again by its choices, and shrunk to what is needed for it", () => {
    const { choices, source } = someProgramWith("pfor");
    expect(generateProgram(Choices.given(choices)).source).toBe(source);
    const still = (given: readonly number[]) =>
      generateProgram(Choices.given(given)).source.includes("pfor");
    const { source: shrunk } = generateProgram(Choices.given(shrink(choices, still)));
    expect(shrunk).toContain("pfor");
    expect(shrunk.length).toBeLessThan(source.length / 2);
  });
});

function someProgramWith(word: string): { choices: readonly number[]; source: string } {
  for (let index = 0; ; index += 1) {
    const choices = Choices.ofSeed(1, index);
    const { source } = generateProgram(choices);
    if (source.includes(word) && source.length > 200) return { choices: choices.taken, source };
  }
}

describe("the time to read a text grows no faster than the text", () => {
  const forms: [string, (count: number) => string][] = [
    ["a chain", (count) => "[x = 1]\n-> ".repeat(count) + "print(x)"],
    [
      "variables",
      (count) => Array.from({ length: count }, (_, n) => `[v${n} = ${n}]`).join("\n-> "),
    ],
    ["parameters", (count) => Array.from({ length: count }, (_, n) => `|p${n} = ${n}|`).join(" ")],
    ["a list", (count) => `[x = [${"1, ".repeat(count)}1]]`],
    ["a text", (count) => `print('${"$STATUS a ".repeat(count)}')`],
    ["a text that never ends", (count) => `print('${"${ ".repeat(count)}`],
    ["comments", (count) => "# why\n".repeat(count)],
    ["arms", (count) => `{ case 1 | ${"1: print(1)\n".repeat(count)} }`],
    ["blocks side by side", (count) => "{ if 1 | print(1) } -> ".repeat(count) + "print(1)"],
    ["closures", (count) => "[f = {|a| return(a)}] -> ".repeat(count) + "[f: 1]"],
    ["quotation marks", (count) => "'".repeat(count)],
    ["brackets that open", (count) => "[ ".repeat(count)],
    ["brackets that close", (count) => "] ".repeat(count)],
    ["connectors", (count) => "-> ".repeat(count)],
    ["faults", (count) => "[x = ] -> ".repeat(count)],
    [
      "unknown names",
      (count) => Array.from({ length: count }, (_, n) => `print(u${n})`).join(" -> "),
    ],
    [
      "unknown words",
      (count) => Array.from({ length: count }, (_, n) => `prunt${n}(1)`).join(" -> "),
    ],
  ];

  // Eight times as much takes eight times as long, or 64 times if it is quadratic: 30 tells them apart, whatever else a
  // machine has to do. Smaller texts would measure the warming up.
  test.each(forms)("%s", { timeout: 120_000 }, (_, form) => {
    const [small, large] = [form(1500), form(12_000)];
    readAll(large);
    const [short, long] = [leastMs(() => readAll(small)), leastMs(() => readAll(large))];
    expect(long).toBeLessThan(Math.max(short, 5) * 30);
  });
});

function readAll(source: string): void {
  parse(source);
  compile(source);
  format(source);
}

/** Of three times, in processor time. */
function leastMs(work: () => void): number {
  const times = [0, 1, 2].map(() => {
    const begun = process.cpuUsage();
    work();
    return process.cpuUsage(begun).user / 1000;
  });
  return Math.min(...times);
}
