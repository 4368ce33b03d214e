import type { Command } from "commander";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";

interface SuspendOptions extends ConnectionOptions {
  reason?: string;
}

export function command(): Command {
  return withConnection(
    declare("suspend", "Let nothing of a process and its children go on until it is resumed", [
      "suspend 17",
      "suspend 17 --reason 'maintenance of web01'",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .option("--reason <text>", "why; it stands with the process")
    .option("--json", "print errors as problem documents")
    .action(async (name: string, { reason, ...connection }: SuspendOptions) => {
      await connect(connection).suspend(processPath(name), reason);
    });
}
