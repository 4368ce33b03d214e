import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";

interface CancelOptions extends ConnectionOptions {
  reason?: string;
}

export function command(): Command {
  return withConnection(
    declare("cancel", "End a process and what it runs", [
      "cancel 17",
      "cancel 17 --reason 'no longer needed'",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .option("--reason <text>", "why; it becomes the error of the process")
    .option("--json", "print errors as problem documents")
    .action(async (name: string, { reason, ...connection }: CancelOptions) => {
      await connect(connection).cancel(processPath(name), reason);
    });
}
