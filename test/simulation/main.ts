/**
 * The simulation: `npm run simulate -- [--seed N | --seeds N | --hours H] [--from N]`.
 *
 * Runs one seed after another until one breaks a promise, then makes it as small as it gets and prints what happened. The same
 * seed does the same every time. Ends with 1 if a promise was broken.
 */
import { parseArgs } from "node:util";
import { Beginning, drawPlan, Simulation, type Outcome } from "./simulation.ts";
import { shrinkPlan } from "./shrink.ts";

const linesMax = 1500;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      seeds: { type: "string", default: "1000" },
      hours: { type: "string" },
      from: { type: "string", default: "1" },
      trace: { type: "boolean", default: false },
      servers: { type: "string" },
      keep: { type: "boolean", default: false },
      brief: { type: "boolean", default: false },
      fingerprints: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(
      "npm run simulate -- [--seed N [--trace] | --seeds N | --hours H] [--from N] [--servers 1|3] [--keep] [--brief]\n\nTries what faults do to the real engine; see docs/testing.md.",
    );
    return 0;
  }
  const beginning = await Beginning.make();
  const servers = values.servers === undefined ? undefined : Number(values.servers);
  if (values.seed !== undefined) {
    const seed = Number(values.seed);
    const trace = values.trace ? { trace: (line: string) => console.log(line) } : {};
    const plan = drawPlan(seed, servers);
    const outcome = await new Simulation(beginning, seed, { plan, ...trace }).run();
    if (outcome.wrong !== null) {
      if (!values.trace) return tellFinding(beginning, outcome);
      console.log(`seed ${seed} breaks a promise: ${outcome.wrong}`);
      return 1;
    }
    console.log(`${tallyText([outcome])}; fingerprint ${outcome.fingerprint >>> 0}; no finding`);
    return 0;
  }
  return runMany(beginning, {
    from: Number(values.from),
    count: values.hours === undefined ? Number(values.seeds) : Infinity,
    limitMs: values.hours === undefined ? Infinity : Number(values.hours) * 3_600_000,
    servers,
    keepGoing: values.keep,
    isBrief: values.brief,
    hasFingerprints: values.fingerprints,
  });
}

async function runMany(
  beginning: Beginning,
  options: {
    from: number;
    count: number;
    limitMs: number;
    servers: number | undefined;
    /** Runs on after a finding. */
    keepGoing: boolean;
    /** Only says what was found. */
    isBrief: boolean;
    /** Says what is the same in every run of a seed. */
    hasFingerprints: boolean;
  },
): Promise<number> {
  const { from, count, limitMs, servers, keepGoing, isBrief, hasFingerprints } = options;
  const begun = performance.now();
  let told = begun;
  const total = { seeds: 0, steps: 0, commits: 0, commands: 0, processes: 0 };
  let findings = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const plan = drawPlan(seed, servers);
    const outcome = await new Simulation(beginning, seed, { plan }).run();
    total.seeds += 1;
    if (hasFingerprints)
      console.log(`seed ${seed}: ${outcome.fingerprint}, ${outcome.steps} steps`);
    for (const name of ["steps", "commits", "commands", "processes"] as const) {
      total[name] += outcome[name];
    }
    if (outcome.wrong !== null) {
      findings += 1;
      if (!keepGoing && !isBrief) return tellFinding(beginning, outcome);
      console.log(`seed ${seed} breaks a promise: ${outcome.wrong}`);
      if (!keepGoing) return 1;
    }
    const now = performance.now();
    if (now - begun >= limitMs) break;
    if (now - told < 30_000) continue;
    told = now;
    console.log(`${seconds(now - begun)}: ${totalText(total)}`);
  }
  const cpu = process.cpuUsage();
  console.log(
    `${seconds(performance.now() - begun)} (${seconds((cpu.user + cpu.system) / 1000)} of CPU): ${totalText(total)}; ${findings === 0 ? "no finding" : `${findings} findings`}`,
  );
  return findings === 0 ? 0 : 1;
}

async function tellFinding(beginning: Beginning, outcome: Outcome): Promise<number> {
  const { seed, wrong } = outcome;
  console.log(`\nseed ${seed} breaks a promise: ${wrong}`);
  const plan = await shrinkPlan(outcome.plan, async (smaller) => {
    const again = await new Simulation(beginning, seed, { plan: smaller }).run();
    return again.wrong !== null;
  });
  const lines: string[] = [];
  const last = await new Simulation(beginning, seed, {
    plan,
    trace: (line) => lines.push(line),
  }).run();
  console.log(`\nit also does with this alone (${last.wrong}):`);
  for (const each of [...plan.actions, ...plan.faults]) console.log(`  ${JSON.stringify(each)}`);
  const shown =
    lines.length <= linesMax ? lines : [...lines.slice(0, linesMax), "…", ...lines.slice(-20)];
  console.log(`\n${shown.join("\n")}`);
  console.log(`\nagain: npm run simulate -- --seed ${seed} --trace`);
  return 1;
}

function totalText(total: {
  seeds: number;
  steps: number;
  commits: number;
  commands: number;
  processes: number;
}): string {
  return `${total.seeds} seeds, ${total.steps} steps, ${total.commits} commits, ${total.processes} processes, ${total.commands} commands`;
}

function tallyText(outcomes: readonly Outcome[]): string {
  const total = { seeds: outcomes.length, steps: 0, commits: 0, commands: 0, processes: 0 };
  for (const outcome of outcomes) {
    total.steps += outcome.steps;
    total.commits += outcome.commits;
    total.commands += outcome.commands;
    total.processes += outcome.processes;
  }
  return totalText(total);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

process.exitCode = await main();
