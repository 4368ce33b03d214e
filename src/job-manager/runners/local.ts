import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandSpec } from "#contract";
import { fromWireBytes } from "../capture.ts";
import {
  killText,
  scriptFileName,
  settingLines,
  sudoInput,
  withSudo,
  workText,
} from "../command-line.ts";
import type { Ending, Runner, RunnerEvents, RunningCommand } from "../runner.ts";
import { signalNumber } from "../signal-number.ts";

export interface LocalRunnerOptions {
  /** Where scripts are written to, each into a directory of its own; must exist. */
  scriptDirectory?: string;
}

/**
 * Runs commands on the job manager's own host, each in a process group of its own, so that it can be ended
 * together with everything it started.
 */
export function localRunner(options: LocalRunnerOptions = {}): Runner {
  const scriptDirectory = options.scriptDirectory ?? tmpdir();
  return {
    start(spec, events) {
      try {
        assertDirectory(spec.directory);
        const script = writeScript(spec, scriptDirectory);
        return startChild(spec, script, events);
      } catch (error) {
        events.ended({ kind: "failed", reason: "refused", message: startFailure(error) });
        return { signal() {}, release() {}, pause() {}, resume() {} };
      }
    },
    close() {},
  };
}

interface ScriptFile {
  file: string;
  remove(): void;
}

/** Writes a script's text for this user's eyes only; undefined for a command. */
function writeScript({ work }: CommandSpec, directory: string): ScriptFile | undefined {
  if (work.kind !== "script") return undefined;
  const own = mkdtempSync(join(directory, "tsunagi-"));
  const remove = () => rmSync(own, { recursive: true, force: true });
  try {
    const file = join(own, scriptFileName(work.name));
    writeFileSync(file, work.text, { mode: 0o700, flag: "wx" });
    return { file, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function startChild(
  spec: CommandSpec,
  script: ScriptFile | undefined,
  events: RunnerEvents,
): RunningCommand {
  let child: ChildProcess;
  try {
    child = spawnChild(spec, script?.file ?? null);
  } catch (error) {
    script?.remove();
    throw error;
  }
  let exit: Ending | undefined;
  let hasEnded = false;

  function end(ending: Ending): void {
    if (hasEnded) return;
    hasEnded = true;
    script?.remove();
    events.ended(ending);
  }

  child.on("spawn", () => events.started());
  child.on("error", (error) => {
    end({ kind: "failed", reason: "refused", message: startFailure(error) });
  });
  child.on("exit", (code, signal) => {
    exit = { kind: "exited", status: code ?? 128 + signalNumber(signal) };
  });
  child.on("close", () => end(exit ?? { kind: "exited", status: -1 }));
  child.stdout?.on("data", (bytes: Buffer) => hasEnded || events.output("stdout", bytes));
  child.stderr?.on("data", (bytes: Buffer) => hasEnded || events.output("stderr", bytes));
  // A command need not read what it is given.
  child.stdin?.on("error", () => {});
  child.stdin?.end(standardInput(spec));

  return {
    signal: (signal) => signalGroup(child, spec, signal),
    release() {
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      end(
        exit ?? {
          kind: "failed",
          reason: "unknown",
          message: `its process group ${child.pid} on the job manager's host could not be ended`,
        },
      );
    },
    pause() {
      child.stdout?.pause();
      child.stderr?.pause();
    },
    resume() {
      child.stdout?.resume();
      child.stderr?.resume();
    },
  };
}

function spawnChild(spec: CommandSpec, scriptFile: string | null): ChildProcess {
  const text = workText(spec, scriptFile);
  // A script's call is a line for the shell, whatever shell commands are written for.
  const shell = spec.work.kind === "script" ? "/bin/sh" : (spec.shell ?? "/bin/sh");
  const line = spec.sudo === null ? text : withSudo(settingLines(spec) + text, shell, spec.sudo);
  return spawn(spec.sudo === null ? shell : "/bin/sh", ["-c", line], {
    cwd: spec.directory ?? undefined,
    env: { ...process.env, ...spec.environment },
    detached: true,
    stdio: [spec.stdin === null && !spec.sudo?.password ? "ignore" : "pipe", "pipe", "pipe"],
  });
}

function standardInput(spec: CommandSpec): Buffer {
  const own = spec.stdin === null ? Buffer.alloc(0) : fromWireBytes(spec.stdin);
  return Buffer.concat([Buffer.from(sudoInput(spec.sudo)), own]);
}

function signalGroup(child: ChildProcess, spec: CommandSpec, signal: "TERM" | "KILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, `SIG${signal}`);
  } catch {
    // Gone already, or root's: whether it ended is seen by its end alone.
  }
  if (spec.sudo === null || process.getuid?.() === 0) return;
  const text = killText(child.pid, signal, spec.sudo);
  const killer = spawn("/bin/sh", ["-c", text], { stdio: ["pipe", "ignore", "ignore"] });
  killer.on("error", () => {});
  killer.stdin.on("error", () => {});
  killer.stdin.end(sudoInput(spec.sudo));
}

function assertDirectory(directory: string | null): void {
  if (directory === null) return;
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`there is no directory ${directory} (__dir__) on the job manager's host`);
  }
}

function startFailure(error: unknown): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (code === "E2BIG") {
    return "the command is longer than the system takes as one argument; make it a script job, or give the data by stdin";
  }
  if (code === "ENOENT" && path !== undefined) {
    return `the command could not be started: there is no ${path} (__shell__, or the script's interpreter) on the job manager's host`;
  }
  return `the command could not be started: ${message}`;
}
