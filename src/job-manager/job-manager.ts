import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ManagerDoor } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { keySealer, loadKey, openDataDirectory, type Logger } from "#runtime";
import { Agent } from "./agent.ts";
import { memoryJournal, openJournal, type Journal } from "./journal.ts";
import { localRunner } from "./runners/local.ts";
import { noneRunner } from "./runners/none.ts";
import { sessionRunner } from "./runners/session.ts";
import { sshRunner } from "./runners/ssh.ts";
import { transferRunner } from "./runners/transfer.ts";
import { sshPool, type SshPoolOptions } from "./ssh/pool.ts";
import type { Transport } from "./transport.ts";
import { inProcessTransport } from "./transports/in-process.ts";
import { webSocketTransport } from "./transports/web-socket.ts";

export interface JobManagerOptions {
  /** Where the server's WebSocket is now, such as `ws://127.0.0.1:8080/.api/v1/job-manager`; asked for each attempt. */
  urlOf: () => string | Promise<string>;
  token: string;
  /** Unique among the job managers of a server; else the host's name. */
  name?: string;
  /** Else `default`. */
  realm?: string;
  /** Its own: journal, key and the scripts that run. */
  directory: string;
  logger: Logger;
  clock?: Clock;
  /** Where `put` and `get` find and leave files of this host; else `files` in its directory. */
  files?: string;
  /** It ends by itself when no server came back for so long. Else ten minutes. */
  orphanedAfterMs?: number;
  /** What runs then, or at `stop`, is ended after so long. Else ten minutes. */
  drainMs?: number;
  ssh?: Omit<SshPoolOptions, "clock">;
}

export interface JobManager {
  readonly name: string;
  /** Resolves when it has ended, by `stop` or because no server came back. */
  readonly ended: Promise<"stopped" | "orphaned">;
  /** Takes nothing new, finishes what runs for at most `drainMs`, and ends. */
  stop(options?: { drainMs?: number }): Promise<void>;
}

const minutesMs = 60_000;
const orphanedAfterMs = 10 * minutesMs;
const drainMs = 10 * minutesMs;

/**
 * Starts a job manager in a directory of its own. Throws DATABASE_IN_USE if another one works there.
 */
export function startJobManager(options: JobManagerOptions): JobManager {
  const clock = options.clock ?? systemClock;
  const directory = openDataDirectory(options.directory);
  const journal = openJournal(directory, keySealer(loadKey(directory)));
  // The journal is locked, so nobody else's scripts can be in there.
  const scriptDirectory = join(directory, "scripts");
  rmSync(scriptDirectory, { recursive: true, force: true });
  mkdirSync(scriptDirectory, { mode: 0o700 });
  // The timers of the clock do not keep a program running.
  const awake = setInterval(() => {}, 60 * minutesMs);
  const manager = start(
    options,
    clock,
    journal,
    { scripts: scriptDirectory, files: options.files ?? join(directory, "files") },
    webSocketTransport({ ...options, clock }),
  );
  void manager.ended.then(() => clearInterval(awake));
  return manager;
}

/** Starts a job manager inside of the program that is its server, too. It remembers nothing beyond it. */
export function startEmbeddedJobManager(options: {
  door: ManagerDoor;
  logger: Logger;
  clock?: Clock;
  name?: string;
  /** Where `put` and `get` find and leave files; else the current directory. */
  files?: string;
  ssh?: Omit<SshPoolOptions, "clock">;
}): JobManager {
  const clock = options.clock ?? systemClock;
  return start(
    options,
    clock,
    memoryJournal(),
    { scripts: undefined, files: options.files ?? process.cwd() },
    inProcessTransport(options.door),
  );
}

function start(
  options: Pick<
    JobManagerOptions,
    "logger" | "name" | "realm" | "orphanedAfterMs" | "drainMs" | "ssh"
  >,
  clock: Clock,
  journal: Journal,
  directories: { scripts: string | undefined; files: string },
  transport: Transport,
): JobManager {
  const pool = sshPool({ ...options.ssh, clock });
  const { scripts, files } = directories;
  const name = options.name ?? hostname();
  const ended = Promise.withResolvers<"stopped" | "orphaned">();
  let stopping: Promise<void> | undefined;

  function stop(how: "stopped" | "orphaned", limitMs: number): Promise<void> {
    stopping ??= agent.stop({ drainMs: limitMs }).then(() => ended.resolve(how));
    return stopping;
  }

  const agent = new Agent({
    name,
    realm: options.realm ?? "default",
    journal,
    runners: {
      local: localRunner(scripts === undefined ? {} : { scriptDirectory: scripts }),
      ssh: sshRunner({ clock }, pool),
      none: noneRunner(),
    },
    sessions: sessionRunner({ pool, clock }),
    transfers: transferRunner({ pool, clock, directory: files }),
    transport,
    clock,
    logger: options.logger,
    orphanedAfterMs: options.orphanedAfterMs ?? orphanedAfterMs,
    orphaned() {
      options.logger.warn("no server came back; the job manager ends when nothing runs any more");
      void stop("orphaned", options.drainMs ?? drainMs);
    },
  });
  agent.start();
  return {
    name,
    ended: ended.promise,
    stop: (how = {}) => stop("stopped", how.drainMs ?? options.drainMs ?? drainMs),
  };
}
