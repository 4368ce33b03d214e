/** The web service of the demo as its operator sees it: started, killed, asked for its page. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { TsunagiError } from "#kernel";
import { freePort } from "./free-port.ts";

const program = fileURLToPath(new URL("web-service.ts", import.meta.url));

// A Node.js on a busy machine takes a second.
const startMaxMs = 15_000;

export interface WebService {
  url: string;
  pidFile: string;
  /** What an operator would type to start it again: in the background, with nothing tied to his login. */
  startCommand: string;
  kill(): Promise<void>;
  /** The status of its page, or why there is none. */
  answer(): Promise<string>;
  /** Ends whichever process of it runs now. */
  stop(): Promise<void>;
}

/** Starts it with its files in a new folder, and resolves when it answers. */
export async function startWebService(folder: string): Promise<WebService> {
  mkdirSync(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const pidFile = join(folder, "web.pid");
  const argv = [program, String(port), pidFile];
  // A child of ours, so that it is gone when it is killed: an orphan may stay as a zombie in a container.
  const first = spawn(process.execPath, argv, { stdio: "ignore" });
  await untilAnswering(url, first);
  return {
    url,
    pidFile,
    startCommand: `nohup ${[process.execPath, ...argv].map(quote).join(" ")} > /dev/null 2>&1 < /dev/null &`,
    async kill() {
      const exited = once(first, "exit");
      first.kill("SIGKILL");
      await exited;
    },
    answer: () => answerOf(url),
    async stop() {
      first.kill("SIGKILL");
      killByPidFile(pidFile);
    },
  };
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startMaxMs;
  while (!(await isAnswering(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new TsunagiError("INTERNAL", `the demo's web service did not start at ${url}`);
    }
    await delay(50);
  }
}

async function isAnswering(url: string): Promise<boolean> {
  return (await answerOf(url)) === "200";
}

async function answerOf(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return String(response.status);
  } catch (error) {
    const { cause } = error as { cause?: NodeJS.ErrnoException };
    return cause?.code === "ECONNREFUSED" ? "connection refused" : String(cause?.code ?? error);
  }
}

/** The one that the jobflow started is nobody's child. */
function killByPidFile(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  } catch {
    // Not started again, or ended already.
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
