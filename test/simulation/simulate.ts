/** Runs the simulation as a program of its own: it takes clock, chance and event loop away from whatever runs beside it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** What it printed, findings too; with a fault in the source if a mutant is named. */
export async function simulate(options: readonly string[], mutant?: string): Promise<string> {
  const program = [join(root, "test/simulation/main.ts"), ...options];
  const hook = ["--import", join(root, "test/simulation/mutants/apply.ts")];
  const run = promisify(execFile)(
    process.execPath,
    mutant === undefined ? program : [...hook, ...program],
    { cwd: root, maxBuffer: 1 << 26, env: { ...process.env, MUTANT: mutant ?? "" } },
  );
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

/** So many in CI; a night has more. */
export const seedsInCi = 10_000;
