import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { variablesLines } from "../variables-report.ts";

interface InspectOptions extends ConnectionOptions {
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("inspect", "Print where a process is, what it waits for and its variables", [
      "inspect 17",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .option("--json", "print one JSON document")
    .action(async (name: string, options: InspectOptions) => {
      const document = await connect(options).variables(processPath(name));
      const lines = options.json === true ? [JSON.stringify(document)] : variablesLines(document);
      for (const line of lines) process.stdout.write(`${line}\n`);
    });
}
