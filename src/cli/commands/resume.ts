import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";

export function command(): Command {
  return withConnection(
    declare("resume", "Let a suspended process and its children go on", ["resume 17"]),
  )
    .argument("<process>", "number or path of the process")
    .option("--json", "print errors as problem documents")
    .action(async (name: string, options: ConnectionOptions) => {
      await connect(options).resume(processPath(name));
    });
}
