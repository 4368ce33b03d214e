import { existsSync } from "node:fs";
import type { Command } from "commander";
import { TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { collect, declare } from "../declare.ts";
import { parseParameters } from "../parameters.ts";
import { exitStatus, reportEnd } from "../process-end.ts";

interface RunOptions extends ConnectionOptions {
  param?: readonly string[];
  paramJson?: readonly string[];
  root?: string;
  data?: string;
  json?: boolean;
  verbose?: boolean;
  step?: boolean;
  trace?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("run", "Run a jobflow: a file without a server, or an object on one", [
      "run examples/basics/hello.jobflow --param name=世界",
      "run /web/recover --server http://ops.example.com:8080 --param host=web01",
    ]),
  )
    .argument("<file|path>", "a .jobflow file; with a server the path of an object")
    .option(
      "--param <name=value>",
      "a parameter: a number, true, false, null or else text",
      collect,
    )
    .option("--param-json <name=json>", "a parameter as JSON", collect)
    .option("--root <dir>", "the folder that is / (else the file's own)")
    .option("--data <dir>", "keep all objects and processes there (else in memory)")
    .option("--json", "print one JSON document with the result and all lines")
    .option("--step", "stop before each command and ask: go on, skip, abort, show variables")
    .option("--trace", "print at the end what was done, job by job, to standard error")
    .option("-v, --verbose", "print commands and their output to standard error as they happen")
    .addHelpText(
      "after",
      "\nEnds with 0 when done, 1 when it ended abnormally, 2 when it could not start, N after exit(N).",
    )
    .action(run);
}

async function run(target: string, options: RunOptions): Promise<void> {
  const parameters = parseParameters(options.param ?? [], options.paramJson ?? []);
  const isJson = options.json ?? false;
  const lines: string[] = [];
  const onLine = (text: string) => {
    if (isJson) lines.push(text);
    else process.stdout.write(`${text}\n`);
  };
  const ended = isRemote(target, options)
    ? await (
        await import("../run-remote.ts")
      ).runRemote(connect(options), target, { ...options, parameters, onLine })
    : await (await import("../run-file.ts")).runFile(target, { ...options, parameters, onLine });
  if (ended === undefined) return;
  reportEnd(ended, isJson ? lines : undefined);
  process.exitCode = exitStatus(ended.fields);
}

/** A path is no file; which of the two is meant says an option, else the environment, unless there is such a file. */
function isRemote(target: string, options: RunOptions): boolean {
  if (options.server !== undefined || options.token !== undefined) return true;
  if (target.endsWith(".jobflow") || existsSync(target)) return false;
  if (process.env.TSUNAGI_SERVER) return true;
  if (!target.startsWith("/")) return false;
  throw new TsunagiError("FILE_UNREADABLE", `there is no file ${target}`, {
    hint: "To run an object on a server, name the server with --server or TSUNAGI_SERVER.",
  });
}
