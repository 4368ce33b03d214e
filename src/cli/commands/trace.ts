import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { traceLine, traceLines } from "../trace-report.ts";

interface TraceOptions extends ConnectionOptions {
  follow?: boolean;
  json?: boolean;
}

// Faster than an eye follows; slow enough that a thousand followers are no load.
const pollEveryMs = 250;

export function command(): Command {
  return withConnection(
    declare("trace", "Print what a process did, job by job, with times and outcomes", [
      "trace 17",
      "trace -f /process/17",
      "trace 17 --json",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .option("-f, --follow", "print jobs when they are over, until the process has ended")
    .option("--json", "print one job a line as JSON")
    .action(async (name: string, options: TraceOptions) => {
      if (options.follow === true) return follow(name, options);
      const { jobs, leftOut } = await connect(options).trace(processPath(name), 0);
      const lines =
        options.json === true ? jobs.map((job) => JSON.stringify(job)) : traceLines(jobs, leftOut);
      for (const line of lines) process.stdout.write(`${line}\n`);
    });
}

async function follow(name: string, options: TraceOptions): Promise<void> {
  const client = connect(options);
  const printed = new Set<number>();
  // Jobs before that one are all printed; a call is over after the jobs in it.
  let after = 0;
  for (;;) {
    const { jobs, ended } = await client.trace(processPath(name), after);
    for (const job of jobs) {
      if (job.ended === null || printed.has(job.number)) continue;
      printed.add(job.number);
      process.stdout.write(`${options.json === true ? JSON.stringify(job) : traceLine(job)}\n`);
    }
    const firstOpen = jobs.find((job) => job.ended === null)?.number;
    after = firstOpen === undefined ? (jobs.at(-1)?.number ?? after) : firstOpen - 1;
    for (const number of printed) if (number <= after) printed.delete(number);
    if (ended) return;
    await delay(pollEveryMs);
  }
}
