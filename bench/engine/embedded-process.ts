/** The house with a job manager in its own thread, in a program of its own: what a durable step costs without any wire. */
import { fileURLToPath } from "node:url";
import { startEmbeddedJobManager } from "#job-manager";
import { createLogger } from "#runtime";
import { openEmbeddedHouse } from "#server";
import { wave } from "./flows.ts";
import { serveLines, startLineProcess, type LineProcess } from "./line-process.ts";

const program = fileURLToPath(import.meta.url);

export function startEmbeddedProcess(
  cleanup: AsyncDisposableStack,
  data: string,
): Promise<LineProcess> {
  return startLineProcess(cleanup, [program, data]);
}

async function serve(data: string): Promise<void> {
  const house = await openEmbeddedHouse({ data });
  const logger = createLogger({ name: "job-manager", level: "fatal" });
  const manager = startEmbeddedJobManager({ door: house.managerDoor, logger });
  const { path, source } = wave;
  await house.load([{ path, type: "Jobflow", fields: { source } }]);
  await serveLines(async (order) => {
    const { fields } = await house.run(order.path, order.parameters);
    if (fields.state !== "done") throw new Error(`the wave is ${fields.state}: ${fields.error}`);
  });
  await manager.stop({ drainMs: 0 });
  await house.close();
}

const [, entry, data] = process.argv;
if (entry === program && data !== undefined) await serve(data);
