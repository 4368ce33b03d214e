import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { deltaLines, headLine } from "../delta-lines.ts";
import { formatTable } from "../table.ts";

interface HistoryOptions extends ConnectionOptions {
  below?: boolean;
  changes?: boolean;
  deleted?: boolean;
  author?: string;
  process?: string;
  from?: string;
  to?: string;
  limit: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("history", "Show what was changed, by whom and why, the newest first", [
      "history /web/servers/web01",
      "history /web --below",
      "history / --changes --author alice --from 2026-11-20",
      "history /web --deleted",
    ]),
  )
    .argument("[path]", "path of the object", "/")
    .option("--below", "also of all that is or was below it")
    .option("--changes", "whole changes instead of objects; with --author, --process, --from, --to")
    .option("--deleted", "what was deleted below it, and is not there again")
    .option("--author <user>", "only what this user changed")
    .option("--process <process>", "only what this process changed")
    .option("--from <moment>", "only after this time, or this change")
    .option("--to <moment>", "only up to this time, or this change")
    .option("-n, --limit <number>", "how many at most", "20")
    .option("--json", "print one entry a line as JSON")
    .action(async (path: string, options: HistoryOptions) => {
      const lines = await linesOf(resolvePath(path), options);
      if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
    });
}

async function linesOf(path: string, options: HistoryOptions): Promise<string[]> {
  const client = connect(options);
  const { limit, json, author, process: by, from, to } = options;
  const isOfChanges = [options.changes, author, by, from, to].some((given) => given !== undefined);
  if (options.deleted === true) {
    const { items } = await client.deleted(path, { limit });
    if (json === true) return items.map((item) => JSON.stringify(item));
    const rows = items.map((item) => [
      item.path,
      item.type,
      item.at,
      item.author,
      `${item.change}`,
    ]);
    return [formatTable(["PATH", "TYPE", "DELETED", "BY", "CHANGE"], rows)];
  }
  if (isOfChanges) {
    const { changes } = await client.changes({
      limit,
      below: path,
      ...given({ author, process: by, from, to }),
    });
    if (json === true) return changes.map((change) => JSON.stringify(change));
    return changes.map((change) => `${headLine(change)}  ${change.objects} objects`);
  }
  const changes = await client.history(path, {
    limit,
    ...(options.below === true ? { below: "true" } : {}),
  });
  if (json === true) return changes.map((change) => JSON.stringify(change));
  return changes.flatMap((change) => [
    headLine(change),
    `  ${change.operation} ${change.objectPath} (revision ${change.revision})`,
    ...deltaLines(change),
  ]);
}

function given(query: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
