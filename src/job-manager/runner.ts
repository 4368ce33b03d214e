import type { CommandReason, CommandSpec, WorkSpec } from "#contract";

/**
 * What knows how to run commands at one kind of place; one file each in `runners/`.
 *
 * A runner starts a command and tells what happens to it. It keeps no time and no results: that is `execution.ts`.
 */
export interface Runner<Spec extends WorkSpec = CommandSpec> {
  start(spec: Spec, events: RunnerEvents): RunningCommand;
  /** Lets go of connections; called when nothing runs any more. */
  close(): void;
}

export interface RunnerEvents {
  /** The command itself runs now: its time limit counts from here. */
  started(): void;
  output(stream: OutputStream, bytes: Uint8Array): void;
  /** The key that the host showed, where none was expected; or one of the hosts on the way, by its place among them. */
  hostKey(key: string, jump?: number): void;
  /** Once, after the last output. */
  ended(ending: Ending): void;
}

export type OutputStream = "stdout" | "stderr";

export type Ending =
  /** Death by signal n is 128 + n. `base64`: what was read, if it is no text. */
  | { kind: "exited"; status: number; base64?: string }
  | { kind: "failed"; reason: Exclude<CommandReason, "exit">; message: string };

export interface RunningCommand {
  /** Asks the command's whole process group to end (TERM), or makes it (KILL). `ended` comes as usual. */
  signal(signal: "TERM" | "KILL"): void;
  /** The command does not end: lets go of it. `ended` comes with reason `unknown` if it has not come yet. */
  release(): void;
  /** Stops and goes on reading its output. */
  pause(): void;
  resume(): void;
}
