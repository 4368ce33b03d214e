import { spawnSync } from "node:child_process";
import type { CommandResult, CommandSpec, SshTarget, WorkSpec } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { execute, type Execution } from "./execution.ts";
import type { AgentOptions } from "./agent.ts";
import type { Runner } from "./runner.ts";
import { sessionRunner } from "./runners/session.ts";
import { transferRunner } from "./runners/transfer.ts";
import { sshPool } from "./ssh/pool.ts";

/** For tests: a command with everything at its default. */
export function commandFixture(text: string, changes: Partial<CommandSpec> = {}): CommandSpec {
  return {
    target: { kind: "local" },
    work: { kind: "command", text },
    stdin: null,
    timeoutMs: null,
    directory: null,
    environment: {},
    shell: null,
    sudo: null,
    encoding: null,
    live: false,
    ...changes,
  };
}

export function scriptFixture(
  text: string,
  script: { arguments?: string[]; interpreter?: string } = {},
  changes: Partial<CommandSpec> = {},
): CommandSpec {
  const work = {
    kind: "script" as const,
    name: "check it.sh",
    text,
    interpreter: script.interpreter ?? null,
    arguments: script.arguments ?? [],
  };
  return commandFixture("", { work, ...changes });
}

export function sshTargetFixture(changes: Partial<SshTarget>): SshTarget {
  return {
    kind: "ssh",
    host: "127.0.0.1",
    port: 22,
    user: null,
    password: null,
    key: null,
    passphrase: null,
    hostKey: null,
    ...changes,
  };
}

/** For tests that are about commands: what an agent has beside their runners. */
export function restFixture(clock: Clock): Pick<AgentOptions, "sessions" | "transfers"> {
  const pool = sshPool({ clock });
  return {
    sessions: sessionRunner({ pool, clock }),
    transfers: transferRunner({ pool, clock, directory: "/nonexistent" }),
  };
}

/** For tests: a command on its way, observed. */
export interface ObservedCommand {
  execution: Execution;
  result: Promise<CommandResult>;
  started: Promise<void>;
  /** Resolves when the output so far holds the text. */
  printed(text: string): Promise<void>;
}

export function observe<Spec extends WorkSpec>(
  runner: Runner<Spec>,
  spec: Spec,
  clock: Clock = systemClock,
): ObservedCommand {
  const result = Promise.withResolvers<CommandResult>();
  const started = Promise.withResolvers<void>();
  let seen = "";
  let waiting: { text: string; resolve: () => void }[] = [];
  const execution = execute(spec, runner, clock, {
    started: () => started.resolve(),
    output: (_stream, bytes) => {
      seen += Buffer.from(bytes).toString();
      for (const each of waiting) if (seen.includes(each.text)) each.resolve();
    },
    ended: (ended) => result.resolve(ended),
  });
  return {
    execution,
    result: result.promise,
    started: started.promise,
    printed: (text) =>
      new Promise((resolve) => {
        if (seen.includes(text)) resolve();
        else waiting = [...waiting, { text, resolve }];
      }),
  };
}

export function resultOf<Spec extends WorkSpec>(
  runner: Runner<Spec>,
  spec: Spec,
): Promise<CommandResult> {
  return observe(runner, spec).result;
}

/** Whether a process runs; one that has ended and was not collected yet does not. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
