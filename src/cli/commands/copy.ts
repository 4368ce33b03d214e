import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";

interface CopyOptions extends ConnectionOptions {
  clearUnique?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("copy", "Copy an object and all below it; references inside point into the copy", [
      "copy /web/servers /web/servers-new --clear-unique",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<to>", "path of the copy")
    .option("--clear-unique", "leave out values that no two objects may have")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the copy as JSON")
    .action(async (path: string, to: string, options: CopyOptions) => {
      const { clearUnique, reason } = options;
      const object = await connect(options).copy({
        path: resolvePath(path),
        to: resolvePath(to),
        ...(clearUnique === undefined ? {} : { clearUnique }),
        ...(reason === undefined ? {} : { reason }),
      });
      process.stdout.write(`${options.json === true ? JSON.stringify(object) : object.path}\n`);
    });
}
