import type { CommandSpec } from "#contract";
import { shellQuote, shellWords } from "./shell-quote.ts";

/**
 * The shell text that a command becomes; pure.
 *
 *   text             the command as the flow wrote it, or the call of its script's file
 *   + settings       `cd` and `export` before it, where the place has no other way to set them
 *   + shell          given as one argument to `__shell__`
 *   + sudo           all of it as one argument to a shell that runs as root
 */

/** What is run, without where and how. `scriptFile` is where a script's text was written to. */
export function workText(spec: CommandSpec, scriptFile: string | null): string {
  const { work } = spec;
  if (work.kind === "command") return work.text;
  return shellWords([...scriptCall(work, scriptFile ?? work.name), ...work.arguments]);
}

/** Directory and environment as lines that come before the command. A directory that is missing ends it. */
export function settingLines(spec: Pick<CommandSpec, "directory" | "environment">): string {
  const lines: string[] = [];
  if (spec.directory !== null) lines.push(`cd -- ${shellQuote(spec.directory)} || exit 1`);
  for (const [name, value] of Object.entries(spec.environment)) {
    lines.push(`export ${name}=${shellQuote(value)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Makes root run the text in a shell. With a password, the first line of standard input is the password.
 */
export function withSudo(text: string, shell: string, sudo: { password: string | null }): string {
  const inner = shellWords([shell, "-c", text]);
  if (sudo.password === null) return `exec sudo -n -- ${inner}`;
  // sudo does not ask where it needs no password; the line must not reach the command then.
  return [
    "if sudo -n true 2>/dev/null",
    `then IFS= read -r _; exec sudo -n -- ${inner}`,
    `else exec sudo -S -p '' -- ${inner}`,
    "fi",
  ].join("\n");
}

/** Ends a process group, as root if the command ran as root. */
export function killText(
  group: number,
  signal: "TERM" | "KILL",
  sudo: CommandSpec["sudo"],
): string {
  const kill = `kill -s ${signal} -- -${group}`;
  return sudo === null ? kill : withSudo(kill, "/bin/sh", sudo);
}

/** What goes to standard input before anything else: sudo reads it. */
export function sudoInput(sudo: CommandSpec["sudo"]): string {
  return sudo?.password == null ? "" : `${sudo.password}\n`;
}

/** How a script's file is called: by its interpreter, by itself if it begins with `#!`, else by /bin/sh. */
function scriptCall(script: { text: string; interpreter: string | null }, file: string): string[] {
  if (script.interpreter !== null)
    return [...script.interpreter.split(/\s+/).filter(Boolean), file];
  return script.text.startsWith("#!") ? [file] : ["/bin/sh", file];
}

/** A script's name as a file name that no shell and no file system stumbles over. */
export function scriptFileName(name: string): string {
  const fit = name
    .replaceAll(/[^\p{L}\p{N}._-]/gu, "_")
    .replace(/^[.-]+/, "")
    .slice(0, 60);
  return fit === "" ? "script" : fit;
}
