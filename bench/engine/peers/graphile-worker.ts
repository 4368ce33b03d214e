/**
 * The wave on graphile-worker: a process is a chain of jobs, each of which puts the next one into the queue, with the results so far.
 * Set up as its documentation says for high throughput: jobs fetched and completed in batches.
 */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { serveLines } from "../line-process.ts";

interface Link {
  steps: number;
  results: string[];
}

const [, , connectionString = ""] = process.argv;
const concurrency = 24;
const localQueueSize = 500;

let ended = () => {};
const runner = await run({
  preset: {
    worker: {
      connectionString,
      maxPoolSize: concurrency,
      concurrentJobs: concurrency,
      localQueue: { size: localQueueSize },
      completeJobBatchDelay: 0,
      pollInterval: 100,
      logger: new Logger(() => () => undefined),
    },
  },
  noHandleSignals: true,
  taskList: {
    async step(payload, { addJob }) {
      const { steps, results } = payload as Link;
      const done = [...results, `step ${results.length}`];
      if (done.length < steps) await addJob("step", { steps, results: done });
      else ended();
    },
  },
});
const utils = await makeWorkerUtils({ connectionString });
await serveLines(({ parameters: { processes = 0, steps = 0 } }) => {
  const whole = new Promise<void>((resolve) => {
    let left = processes;
    ended = () => {
      left -= 1;
      if (left === 0) resolve();
    };
  });
  const payload: Link = { steps, results: [] };
  const first = { identifier: "step", payload };
  return utils.addJobs(Array.from({ length: processes }, () => first)).then(() => whole);
});
await utils.release();
await runner.stop();
