import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { collect, declare } from "../declare.ts";
import { undoReport } from "../undo-report.ts";

interface RestoreOptions extends ConnectionOptions {
  to?: string;
  dryRun?: boolean;
  skipConflicts?: boolean;
  force?: readonly string[];
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("restore", "Put a deleted object back, with what was deleted from below it", [
      "restore /web/servers/web02",
      "restore /web/servers --to /web/servers-old",
      "history /web --deleted",
    ]),
  )
    .argument("<path>", "where it was, or its number as #412")
    .option("--to <path>", "another path for it")
    .option("--dry-run", "only show what would be done, and what is in the way")
    .option("--skip-conflicts", "leave out what is in the way of")
    .option("--force <conflict>", "overwrite this conflict; may be given several times", collect)
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the result as JSON")
    .action(async (path: string, options: RestoreOptions) => {
      const { to, dryRun, skipConflicts, force, reason } = options;
      const number = /^#(\d{1,15})$/.exec(path)?.[1];
      const done = await connect(options).restore({
        object: number === undefined ? resolvePath(path) : Number(number),
        ...(to === undefined ? {} : { to: resolvePath(to) }),
        ...(dryRun === undefined ? {} : { dryRun }),
        ...(skipConflicts === undefined ? {} : { skipConflicts }),
        ...(force === undefined ? {} : { force: [...force] }),
        ...(reason === undefined ? {} : { reason }),
      });
      const text = options.json === true ? JSON.stringify(done) : undoReport(done, dryRun === true);
      process.stdout.write(`${text}\n`);
    });
}
