import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { ClientChannel, PseudoTtyOptions } from "ssh2";
import type { SessionSpec, SshTarget } from "#contract";
import { settingLines } from "../command-line.ts";
import type { RunnerEvents } from "../runner.ts";
import { shellQuote } from "../shell-quote.ts";
import { openOn } from "../ssh/channel.ts";
import { place as placeOf, refused, tellKeys, type Failure } from "../ssh/connection.ts";
import type { Place, SshPool } from "../ssh/pool.ts";
import type { ShellChannel, ShellEnd } from "./session.ts";

/** How the interactive shell of a session is begun, over SSH or here. */
export type OpenWork = Extract<SessionSpec["work"], { kind: "open" }>;

export interface ShellEvents {
  opened(channel: ShellChannel): void;
  /** Instead of `opened`. */
  failed(failure: Failure): void;
  received(bytes: Uint8Array): void;
  /** Once, after `opened`. */
  closed(end: ShellEnd): void;
  /** As of a command. */
  hostKey: RunnerEvents["hostKey"];
}

/** As wide and high as devices allow: what fits needs no paging, and is not wrapped. */
const terminal: PseudoTtyOptions = { term: "vt100", cols: 511, rows: 1000 };

/**
 * The login shell on a terminal: a device has nothing else. With a shell, a directory or an environment of its own it is
 * a command on a terminal. The returned function takes the request back if it still stands in line, and says whether it did.
 */
export function openSshShell(
  pool: SshPool,
  target: SshTarget,
  work: OpenWork,
  events: ShellEvents,
): () => boolean {
  const settings = settingLines(work);
  const text =
    settings === "" && work.shell === null
      ? null
      : `${settings}exec ${work.shell === null ? '"${SHELL:-/bin/sh}"' : shellQuote(work.shell)} -i`;
  return openOn<ClientChannel>(
    pool,
    target,
    (connection, opened, failed) => connection.shell(text, terminal, opened, failed),
    {
      failed: (failure) => events.failed(failure),
      opened(channel, place) {
        tellKeys(target, place.connection, events);
        watchSsh(channel, place, target, events);
        events.opened({
          write: (line) => void channel.write(line),
          close: () => channel.close(),
        });
      },
    },
  );
}

function watchSsh(
  channel: ClientChannel,
  place: Place,
  target: SshTarget,
  events: ShellEvents,
): void {
  channel.on("data", (bytes: Buffer) => events.received(bytes));
  channel.stderr.on("data", (bytes: Buffer) => events.received(bytes));
  // What a dead connection means is said by its end.
  channel.on("error", () => {});
  channel.on("close", () => {
    const isAlive = place.connection.isOpen();
    place.giveBack();
    const message = `the connection to ${placeOf(target)}, and with it the session, was lost`;
    events.closed(isAlive ? { kind: "hung up" } : { kind: "lost", message });
  });
}

/**
 * A shell on the job manager's own host. There is no terminal, so nothing repeats what is sent; both outputs go the same
 * way, so that what was printed before a prompt comes before it.
 */
export function openLocalShell(work: OpenWork, events: ShellEvents): void {
  const shell = work.shell ?? "/bin/sh";
  const child = spawn("/bin/sh", ["-c", `exec ${shellQuote(shell)} -i 2>&1`], {
    cwd: work.directory ?? undefined,
    env: { ...process.env, TERM: "dumb", ...work.environment },
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  let isOpen = false;
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Gone already.
    }
  };
  child.on("spawn", () => {
    isOpen = true;
    events.opened({
      write: (line) => void child.stdin.write(line),
      // An interactive shell heeds the end of its terminal, and not TERM.
      close: () => signal("SIGHUP"),
    });
  });
  child.on("error", (error) => {
    const why =
      work.directory !== null && !existsSync(work.directory)
        ? `there is no directory ${work.directory} (__dir__) on the job manager's host`
        : `no shell could be started on the job manager's host: ${error.message}`;
    if (!isOpen) events.failed(refused(why));
  });
  // What the shell has started goes with it.
  child.on("exit", () => signal("SIGKILL"));
  child.on("close", () => {
    if (isOpen) events.closed({ kind: "hung up" });
  });
  child.stdin.on("error", () => {});
  child.stdout.on("data", (bytes: Buffer) => events.received(bytes));
}
