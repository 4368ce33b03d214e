import type { Command } from "commander";
import type { UndoBody } from "#contract";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { collect, declare } from "../declare.ts";
import { undoReport } from "../undo-report.ts";

interface UndoOptions extends ConnectionOptions {
  object?: string;
  field?: readonly string[];
  author?: string;
  process?: string;
  cause?: string;
  from?: string;
  to?: string;
  below?: string;
  dryRun?: boolean;
  skipConflicts?: boolean;
  force?: readonly string[];
  forceAll?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("undo", "Take changes back; what was changed later is not overwritten unseen", [
      "undo 8123 --dry-run",
      "undo 8123 --reason 'wrong rack'",
      "undo --object /web/servers/web01 --field status --from 8120",
      "undo --author alice --from 2026-11-20T09:00:00Z --below /web",
      "undo --process 17 --skip-conflicts",
    ]),
  )
    .argument("[change]", "the number of a change")
    .option("--object <path>", "only this object")
    .option("--field <name>", "only this field of it; may be given several times", collect)
    .option("--author <user>", "only what this user changed")
    .option("--process <process>", "only what this process changed")
    .option("--cause <cause>", "only what has this cause, such as import")
    .option("--from <moment>", "only what was changed after this time, or this change")
    .option("--to <moment>", "only what was changed up to this time, or this change")
    .option("--below <path>", "only what is in or below this directory, or was")
    .option("--dry-run", "only show what would be done, and what is in the way")
    .option("--skip-conflicts", "leave out what later changes are in the way of")
    .option("--force <conflict>", "overwrite this conflict; may be given several times", collect)
    .option("--force-all", "overwrite all conflicts that can be")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the result as JSON")
    .action(async (change: string | undefined, options: UndoOptions) => {
      const done = await connect(options).undo(bodyOf(change, options));
      const text =
        options.json === true ? JSON.stringify(done) : undoReport(done, options.dryRun === true);
      process.stdout.write(`${text}\n`);
    });
}

function bodyOf(change: string | undefined, options: UndoOptions): UndoBody {
  const { object, field, author, process: by, cause, from, to, below, reason } = options;
  const { dryRun, skipConflicts, force, forceAll } = options;
  const body = {
    change: change === undefined ? undefined : changeNumber(change),
    object: object === undefined ? undefined : resolvePath(object),
    fields: field === undefined ? undefined : [...field],
    author,
    process: by,
    cause,
    from,
    to,
    below: below === undefined ? undefined : resolvePath(below),
    dryRun,
    skipConflicts,
    force: forceAll ?? (force === undefined ? undefined : [...force]),
    reason,
  };
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function changeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TsunagiError("USAGE", `'${text}' is no number of a change`, {
    hint: "`tsunagi history PATH` shows the numbers.",
  });
}
