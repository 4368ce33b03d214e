/**
 * The fuzzer: `npm run fuzz -- [--seed N] [--minutes M | --programs N] [--from N] [--goals]`.
 *
 * Tries programs and texts that nobody wrote (laws.ts says what must hold of them). The same seed tries the same ones in the same
 * order; `--from` begins at the number that a finding names. `--goals` also counts what the programs reach, and takes
 * too little for a finding. Ends with 1 if there was one.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCoverage, type BranchCoverage } from "./branch-coverage.ts";
import type { Finding, Plan, Tally } from "./run.ts";

const machineFolder = join(import.meta.dirname, "../../src/machine");
const branchesGoal = 0.9;
// Counting makes everything slow, and what is reached by so many is reached by all.
const countedPrograms = 20_000;

const everything: Plan = { savedOneIn: 1, againOneIn: 1, laidOutOneIn: 1, textsPerProgram: 1 };
const quick: Plan = { savedOneIn: 25, againOneIn: 8, laidOutOneIn: 4, textsPerProgram: 0.2 };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: process.env["TSUNAGI_SEED"] ?? "20261120" },
      minutes: { type: "string" },
      programs: { type: "string" },
      from: { type: "string", default: "0" },
      goals: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(
      "npm run fuzz -- [--seed N] [--minutes M | --programs N] [--from N] [--goals]\n\nTries random jobflows and texts; see docs/testing.md.",
    );
    return 0;
  }
  const seed = values.seed === "random" ? Date.now() >>> 0 : Number(values.seed);
  const from = Number(values.from);
  const end = values.programs === undefined ? Infinity : from + Number(values.programs);
  const minutes = values.minutes === undefined ? Infinity : Number(values.minutes);
  const limitMs = (end === Infinity && minutes === Infinity ? 1 : minutes) * 60_000;
  // V8 counts only in code that is loaded afterwards.
  const stop = values.goals ? await startCoverage(machineFolder) : null;
  const { newTally, tryOne } = await import("./run.ts");
  const { Reach } = await import("./reach.ts");
  const reach = values.goals ? new Reach() : null;
  const plan = end === Infinity ? everything : quick;
  const tally = newTally();
  const { Progress } = await import("./watchdog.ts");
  const progress = new Progress();
  progress.watch();

  console.log(`seed ${seed}, ${process.version}, one of ${availableParallelism()} processors`);
  let coverage: BranchCoverage | null = null;
  const begun = performance.now();
  let told = begun;
  for (let index = from; index < end; index += 1) {
    progress.set(seed, index);
    if (stop !== null && index === from + countedPrograms) coverage = await stop();
    const finding = tryOne(seed, index, { plan, tally, reach, progress });
    if (finding !== null) return tellFinding(seed, finding);
    const now = performance.now();
    if (now - begun >= limitMs) break;
    if (now - told < 30_000) continue;
    told = now;
    console.log(`${seconds(now - begun)}: ${tallyText(tally)}`);
  }
  console.log(`${seconds(performance.now() - begun)}: ${tallyText(tally)}; no finding`);
  if (stop === null || reach === null) return 0;
  return tellGoals(coverage ?? (await stop()), reach.missing());
}

function tellFinding(seed: number, { kind, index, source, error }: Finding): number {
  console.log(
    `\na ${kind} breaks a law: npm run fuzz -- --seed ${seed} --from ${index} --programs 1`,
  );
  console.log(`\n${source}\n\n${JSON.stringify(source)}\n`);
  console.log(error instanceof Error ? error.stack : error);
  return 1;
}

function tellGoals({ reached, total, missed }: BranchCoverage, missing: readonly string[]): number {
  const share = reached / total;
  console.log(`branches of src/machine: ${reached} of ${total}, ${(share * 100).toFixed(1)} %`);
  for (const each of missing) console.log(`never reached: ${each}`);
  const isEnough = share >= branchesGoal && missing.length === 0;
  for (const each of missed.slice(0, isEnough ? 10 : 60)) console.log(`  never ran: ${each}`);
  return isEnough ? 0 : 1;
}

function tallyText({ programs, compiled, finished, saved, texts }: Tally): string {
  return `${programs} programs (${compiled} compiled, ${finished} came to an end within the bounds, ${saved} saved before every instruction), ${texts} texts`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

process.exitCode = await main();
