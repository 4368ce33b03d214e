/**
 * The house with a job manager in its own thread, in a program of its own: what a durable step costs without any wire. It is told
 * on standard input, a line each, what to run, and says on standard output when that has ended.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startEmbeddedJobManager } from "#job-manager";
import { createLogger } from "#runtime";
import { openEmbeddedHouse } from "#server";
import { wave } from "./flows.ts";

export interface EmbeddedProcess {
  pid: number;
  /** Resolves when the flow has ended, and all that it started. */
  run: (path: string, parameters: Record<string, number>) => Promise<void>;
}

const program = fileURLToPath(import.meta.url);

export async function startEmbeddedProcess(
  cleanup: AsyncDisposableStack,
  data: string,
): Promise<EmbeddedProcess> {
  const child = spawn(process.execPath, [program, data], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  cleanup.defer(async () => {
    child.stdin.end();
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answered = async () => {
    if ((await lines.next()).done === true) throw new Error("the house ended by itself");
  };
  await answered();
  return {
    pid: child.pid ?? 0,
    run(path, parameters) {
      child.stdin.write(`${JSON.stringify({ path, parameters })}\n`);
      return answered();
    },
  };
}

async function serve(data: string): Promise<void> {
  const house = await openEmbeddedHouse({ data });
  const logger = createLogger({ name: "job-manager", level: "fatal" });
  const manager = startEmbeddedJobManager({ door: house.managerDoor, logger });
  const { path, source } = wave;
  await house.load([{ path, type: "Jobflow", fields: { source } }]);
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as { path: string; parameters: Record<string, number> };
    const { fields } = await house.run(order.path, order.parameters);
    if (fields.state !== "done") throw new Error(`the wave is ${fields.state}: ${fields.error}`);
    console.log("ended");
  }
  await manager.stop({ drainMs: 0 });
  await house.close();
}

const [, entry, data] = process.argv;
if (entry === program && data !== undefined) await serve(data);
