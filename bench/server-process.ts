/**
 * A server in a process of its own, so that it and the measuring do not share a thread. Run as a program it is
 * that process: it says on standard output, as JSON, where it is, and stops when its standard input ends.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createLocalToken, startServer } from "#server";

export interface BenchServer {
  url: string;
  /** Of the user root. */
  token: string;
  /** With which a job manager comes in; the server has none of its own. */
  jobManagerToken: string;
}

const program = fileURLToPath(import.meta.url);

/** Starts one with an empty SQLite database in a temporary directory. */
export async function startBenchServer(cleanup: AsyncDisposableStack): Promise<BenchServer> {
  const data = mkdtempSync(join(tmpdir(), "tsunagi-bench-"));
  cleanup.defer(() => rmSync(data, { recursive: true, force: true }));
  const child = spawn(process.execPath, [program, data], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TSUNAGI_LOG: "error" },
  });
  const exited = once(child, "exit");
  cleanup.defer(async () => {
    child.stdin.end();
    await exited;
  });
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    exited.then(() => Promise.reject(new Error("the server did not start"))),
  ]);
  return JSON.parse(String(line[0])) as BenchServer;
}

async function serve(data: string): Promise<void> {
  const server = await startServer({ data, port: 0, host: "127.0.0.1" });
  const { token } = await createLocalToken({ data, name: "bench" });
  const place: BenchServer = { url: server.url, token, jobManagerToken: server.jobManager.token };
  process.stdout.write(`${JSON.stringify(place)}\n`);
  process.stdin.resume();
  await once(process.stdin, "end");
  await server.stop();
}

const [, entry, data] = process.argv;
if (entry === program && data !== undefined) await serve(data);
