/**
 * A server with a job manager beside it, as `serve` and `demo` start them.
 *
 * The job manager is a process of its own: it outlives a crash of the server and settles with the next one,
 * and after a normal stop it finishes what runs. It holds the lock of its directory: where one of an earlier
 * server still works, the new one ends at once, and the old one is watched instead.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorKinds } from "#kernel";
import { readPid } from "./job-manager-pid.ts";
import { startServer, type RunningServer, type ServerOptions } from "#server";

export interface Serving {
  server: RunningServer;
  /** Stops the server; the job manager finishes what runs and waits for the next one, ten minutes at most. */
  stop(): Promise<void>;
  /** Ends the job manager, too, and what it runs. */
  stopAll(): Promise<void>;
}

/** A server alone: its job manager is a unit of its own. */
export async function serveAlone(options: ServerOptions): Promise<Serving> {
  const server = await startServer(options);
  const stop = () => server.stop();
  return { server, stop, stopAll: stop };
}

export async function serveWithJobManager(options: ServerOptions): Promise<Serving> {
  const server = await startServer(options);
  const jobManager = new JobManagerProcess(server.jobManager);
  jobManager.start();
  const stop = async () => {
    jobManager.leave();
    await server.stop();
  };
  return {
    server,
    stop,
    async stopAll() {
      await stop();
      await jobManager.end();
    },
  };
}

// A crash shall not become a busy loop.
const restartAfterMs = 1000;
const lookEveryMs = 1000;
// A command that still runs would otherwise keep it for as long as it likes.
const endGraceMs = 5000;

const main = fileURLToPath(new URL("../../bin/start.js", import.meta.url));

/** Keeps one job manager running beside this server. */
class JobManagerProcess {
  readonly #place: RunningServer["jobManager"];
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLeft = false;

  constructor(place: RunningServer["jobManager"]) {
    this.#place = place;
  }

  start(): void {
    const { directory, serverFile, token } = this.#place;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const log = openSync(join(directory, "log"), "a", 0o600);
    const child = spawn(
      process.execPath,
      [...process.execArgv, main, "jobmanager", "--data", directory, "--server-file", serverFile],
      {
        // A session of its own: Ctrl-C in the terminal is meant for the server.
        detached: true,
        stdio: ["ignore", log, log],
        // Not among the arguments, which every user of the machine can read.
        env: { ...withoutServerSecrets(process.env), TSUNAGI_TOKEN: token },
      },
    );
    closeSync(log);
    child.unref();
    child.once("exit", (code) => this.#ended(code));
    this.#child = child;
  }

  /** Lets it work on without this server. */
  leave(): void {
    this.#isLeft = true;
    clearTimeout(this.#timer);
  }

  async end(): Promise<void> {
    this.leave();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.kill();
    const force = setTimeout(() => child.kill("SIGKILL"), endGraceMs);
    await ended;
    clearTimeout(force);
  }

  #ended(code: number | null): void {
    if (code === errorKinds.DATABASE_IN_USE.exitCode) this.#watchOther();
    else this.#later(restartAfterMs, () => this.start());
  }

  /** Takes over when the one of an earlier server has ended. */
  #watchOther(): void {
    const pid = readPid(this.#place.directory);
    if (pid !== undefined && isAlive(pid)) this.#later(lookEveryMs, () => this.#watchOther());
    else this.#later(restartAfterMs, () => this.start());
  }

  #later(delayMs: number, work: () => void): void {
    if (this.#isLeft) return;
    this.#timer = setTimeout(work, delayMs);
    this.#timer.unref();
  }
}

/** What a job manager has in its environment, every command it runs has, too, and may print. */
function withoutServerSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TSUNAGI_ADMIN_PASSWORD: _password, DATABASE_URL: _url, ...rest } = environment;
  return rest;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
