/** The wave on DBOS Transact: a workflow a process, a step each of its steps, whose result it stores before the next begins. */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { serveLines } from "../line-process.ts";

const [, , url = ""] = process.argv;

const wave = DBOS.registerWorkflow(
  async (steps: number): Promise<string> => {
    let result = "";
    for (let step = 0; step < steps; step += 1) {
      result = await DBOS.runStep(async () => `step ${step}`, { name: "step" });
    }
    return result;
  },
  { name: "wave" },
);

DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: url,
  // More connections than its own twenty did not make it faster here.
  systemDatabasePoolSize: 20,
  logLevel: "error",
});
await DBOS.launch();
await serveLines(async ({ parameters: { processes = 0, steps = 0 } }) => {
  const started = Array.from({ length: processes }, () => DBOS.startWorkflow(wave)(steps));
  const handles = await Promise.all(started);
  await Promise.all(handles.map((handle) => handle.getResult()));
});
await DBOS.shutdown();
