/**
 * A program beside the measuring one, which is told on standard input, a line each, what to run, and says on standard output when that
 * has ended: so that what is measured and what measures do not share a thread.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Order {
  path: string;
  parameters: Record<string, number>;
}

export interface LineProcess {
  pid: number;
  /** Resolves when what was ordered has ended. */
  run: (path: string, parameters: Record<string, number>) => Promise<void>;
}

/** Starts a program that calls {@link serveLines}; resolves when it is ready. */
export async function startLineProcess(
  cleanup: AsyncDisposableStack,
  parameters: readonly string[],
): Promise<LineProcess> {
  const child = spawn(process.execPath, parameters, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  cleanup.defer(async () => {
    child.stdin.end();
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answered = async () => {
    if ((await lines.next()).done === true) throw new Error(`${parameters.join(" ")} has ended`);
  };
  await answered();
  return {
    pid: child.pid ?? 0,
    run(path, more) {
      child.stdin.write(`${JSON.stringify({ path, parameters: more })}\n`);
      return answered();
    },
  };
}

/** Says that it is ready, and runs what it is told until its standard input ends. */
export async function serveLines(run: (order: Order) => Promise<void>): Promise<void> {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    await run(JSON.parse(line) as Order);
    console.log("ended");
  }
}
