/**
 * The command line: `tsunagi COMMAND …`, one file a command in commands/.
 *
 * Only the command that is called is loaded, and it loads what is heavy (the server, the engine) when it
 * runs, so that `tsunagi --help` and `tsunagi send` answer at once.
 */
import { Command, CommanderError } from "commander";
import { loadLanguage } from "#kernel";
import { reportFailure } from "./failure.ts";
import { quietProcess } from "./quiet-process.ts";
import { readerLanguage } from "./reader-language.ts";

/** Every command; a module exports `command`, which declares it, and its action does the work. */
const commands: Record<string, () => Promise<{ command: () => Command }>> = {
  serve: () => import("./commands/serve.ts"),
  demo: () => import("./commands/demo.ts"),
  run: () => import("./commands/run.ts"),
  check: () => import("./commands/check.ts"),
  fmt: () => import("./commands/fmt.ts"),
  test: () => import("./commands/test.ts"),
  send: () => import("./commands/send.ts"),
  object: () => import("./commands/object.ts"),
  find: () => import("./commands/find.ts"),
  history: () => import("./commands/history.ts"),
  diff: () => import("./commands/diff.ts"),
  undo: () => import("./commands/undo.ts"),
  restore: () => import("./commands/restore.ts"),
  copy: () => import("./commands/copy.ts"),
  move: () => import("./commands/move.ts"),
  import: () => import("./commands/import.ts"),
  export: () => import("./commands/export.ts"),
  apply: () => import("./commands/apply.ts"),
  update: () => import("./commands/update.ts"),
  rights: () => import("./commands/rights.ts"),
  grant: () => import("./commands/grant.ts"),
  revoke: () => import("./commands/revoke.ts"),
  user: () => import("./commands/user.ts"),
  group: () => import("./commands/group.ts"),
  ps: () => import("./commands/ps.ts"),
  log: () => import("./commands/log.ts"),
  trace: () => import("./commands/trace.ts"),
  inspect: () => import("./commands/inspect.ts"),
  step: () => import("./commands/step.ts"),
  cancel: () => import("./commands/cancel.ts"),
  suspend: () => import("./commands/suspend.ts"),
  resume: () => import("./commands/resume.ts"),
  rerun: () => import("./commands/rerun.ts"),
  status: () => import("./commands/status.ts"),
  backup: () => import("./commands/backup.ts"),
  migrate: () => import("./commands/migrate.ts"),
  token: () => import("./commands/token.ts"),
  jobmanager: () => import("./commands/jobmanager.ts"),
};

async function main(args: readonly string[]): Promise<void> {
  try {
    const program = await buildProgram(args[0]);
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    // Help and version are exceptions to commander, and a success to us.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (error instanceof CommanderError && error.code === "commander.help") {
      process.exitCode = 2;
      return;
    }
    process.exitCode = reportFailure(error, { json: args.includes("--json") });
  }
}

async function buildProgram(called: string | undefined): Promise<Command> {
  const program = new Command("tsunagi")
    .description(
      "Operations automation: knows your systems, and operates them when something happens.",
    )
    .version(await versionFor(called), "--version", "print the version")
    .helpOption("-h, --help", "print this help; `tsunagi COMMAND --help` prints a command's")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  $ tsunagi run examples/seeds/1-remote-command.jobflow");
  const load =
    called !== undefined && Object.hasOwn(commands, called) ? commands[called] : undefined;
  const modules = await Promise.all(
    (load === undefined ? Object.values(commands) : [load]).map((l) => l()),
  );
  for (const { command } of modules) program.addCommand(command());
  return strict(program);
}

/** Asked for it, the version; else nothing, because finding it out loads what no other command needs. */
async function versionFor(called: string | undefined): Promise<string> {
  return called === "--version" ? `tsunagi ${(await import("#runtime")).version}` : "";
}

/** Throws instead of leaving the process, and keeps commander from printing what we print. */
function strict(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const each of command.commands) strict(each);
  return command;
}

quietProcess();
await loadLanguage(readerLanguage(process.env));
await main(process.argv.slice(2));
