import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { consoleLines } from "../console-lines.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";

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
      let next = 1;
      for await (const line of consoleLines(connect(options), processPath(name), { follow })) {
        // Of a long console only the newest lines are kept.
        if (line.number > next) process.stderr.write(`${told(notKept(next, line.number - 1))}\n`);
        next = line.number + 1;
        process.stdout.write(`${options.json === true ? JSON.stringify(line) : line.text}\n`);
      }
    });
}

function notKept(first: number, last: number): string {
  return `lines ${first} to ${last} are not kept any more`;
}
