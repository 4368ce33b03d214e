import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { mutants } from "./mutants/mutants.ts";

/** In programs of their own: a simulation takes clock, chance and event loop away from everything that runs beside it. */

const root = join(import.meta.dirname, "../..");
const seeds = 10_000;
const timeout = 1_800_000;

async function simulate(options: readonly string[], mutant?: string): Promise<string> {
  const program = [join(root, "test/simulation/main.ts"), ...options];
  const hook = ["--import", join(root, "test/simulation/mutants/apply.ts")];
  const run = promisify(execFile)(
    process.execPath,
    mutant === undefined ? program : [...hook, ...program],
    { cwd: root, maxBuffer: 1 << 26, env: { ...process.env, MUTANT: mutant ?? "" } },
  );
  // A finding is told in what it printed.
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

test("ten thousand seeds break no promise", { timeout }, async () => {
  expect(await simulate(["--seeds", String(seeds)])).toMatch(/no finding/);
});

test("a seed does the same every time", { timeout }, async () => {
  const fingerprints = async () =>
    (await simulate(["--seeds", "12", "--from", "8", "--fingerprints"])).match(/^seed .*$/gm);
  const first = await fingerprints();
  expect(first).toHaveLength(12);
  expect(await fingerprints()).toEqual(first);
});

describe("the simulation finds that", () => {
  test("there are mutants enough, each of its own", () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.length).toBeGreaterThanOrEqual(20);
  });

  test.each(mutants)("$name", { timeout }, async ({ name, servers }) => {
    const several = servers === undefined ? [] : ["--servers", String(servers)];
    const told = await simulate(["--seeds", String(seeds), "--brief", ...several], name);
    expect(told).toMatch(/breaks a promise/);
  });
});
