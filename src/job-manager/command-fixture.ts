import { spawnSync } from "node:child_process";
import type { CommandResult, CommandSpec, SshTarget } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { execute, type Execution } from "./execution.ts";
import type { Runner } from "./runner.ts";

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

/** For tests: a command on its way, observed. */
export interface ObservedCommand {
  execution: Execution;
  result: Promise<CommandResult>;
  started: Promise<void>;
  /** Resolves when the output so far holds the text. */
  printed(text: string): Promise<void>;
}

export function observe(
  runner: Runner,
  spec: CommandSpec,
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

export function resultOf(runner: Runner, spec: CommandSpec): Promise<CommandResult> {
  return observe(runner, spec).result;
}

/** Whether a process runs; one that has ended and was not collected yet does not. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
