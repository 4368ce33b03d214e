import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";

interface MoveOptions extends ConnectionOptions {
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("move", "Rename or move an object, with all below it", [
      "move /web/servers/web02 /archive/web02",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<to>", "its new path")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the object as JSON")
    .action(async (path: string, to: string, options: MoveOptions) => {
      const { reason } = options;
      const object = await connect(options).move({
        path: resolvePath(path),
        to: resolvePath(to),
        ...(reason === undefined ? {} : { reason }),
      });
      process.stdout.write(`${options.json === true ? JSON.stringify(object) : object.path}\n`);
    });
}
