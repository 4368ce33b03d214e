import type { Measured } from "../main.ts";
import { cpuTimeMs } from "./cpu-time.ts";
import { wave } from "./flows.ts";

/** Something that runs a flow to its end, and the programs that do it. */
export interface Subject {
  name: string;
  pids: readonly number[];
  /** Of the database, where that is a program of its own. */
  databaseCpuMs?: () => number;
  run: (path: string, parameters: Record<string, number>) => Promise<void>;
}

const stepsPerProcess = 10;
const processesAtOnce = 1000;
const stepsOfAll = processesAtOnce * stepsPerProcess;

/** Durable steps a second, of a subject alone. */
export async function stepsPerSecond({ run }: Subject): Promise<number> {
  const begun = performance.now();
  await run(wave.path, { processes: processesAtOnce, steps: stepsPerProcess });
  return (stepsOfAll * 1000) / (performance.now() - begun);
}

/** Steps and processes a second, and what a step takes of the processors: of the programs, and of the database apart. */
export async function measureSteps(
  subject: Subject,
  peers: Record<string, number>,
): Promise<Measured[]> {
  const { name, pids, databaseCpuMs } = subject;
  const cpuOf = () => ({ own: sum(pids.map(cpuTimeMs)), database: databaseCpuMs?.() });
  const before = cpuOf();
  const rate = await stepsPerSecond(subject);
  const after = cpuOf();
  const figures: Measured[] = [
    { name: `engine/durable-steps/${name}`, unit: "1/s", value: rate, peers },
    { name: `engine/processes/${name}`, unit: "1/s", value: rate / stepsPerProcess, peers: {} },
    stepCpu(name, after.own - before.own),
  ];
  if (after.database === undefined || before.database === undefined) return figures;
  return [...figures, stepCpu(`${name}/database`, after.database - before.database)];
}

export async function measureOneStep({ name, run }: Subject, steps: number): Promise<Measured> {
  const begun = performance.now();
  await run(wave.path, { processes: 1, steps });
  const value = (performance.now() - begun) / steps;
  return { name: `engine/step-alone/${name}`, unit: "ms", value, peers: {} };
}

function stepCpu(name: string, cpuMs: number): Measured {
  const value = cpuMs / stepsOfAll;
  return { name: `engine/step-cpu/${name}`, unit: "ms", value, peers: {} };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
