import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { consoleLines } from "../console-lines.ts";
import { declare } from "../declare.ts";

interface LogOptions extends ConnectionOptions {
  follow?: boolean;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("log", "Print what a process wrote to its console", ["log 17", "log -f /process/17"]),
  )
    .argument("<process>", "number or path of the process")
    .option("-f, --follow", "go on until the process has ended")
    .option("--json", "print one line a line as JSON, with number and time")
    .action(async (name: string, options: LogOptions) => {
      const follow = options.follow ?? false;
      for await (const line of consoleLines(connect(options), processPath(name), { follow })) {
        process.stdout.write(`${options.json === true ? JSON.stringify(line) : line.text}\n`);
      }
    });
}
