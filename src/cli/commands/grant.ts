import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { parseRights, parseSubject } from "../rights-argument.ts";

interface GrantOptions extends ConnectionOptions {
  only?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("grant", "Give rights on an object and all below it", [
      "grant /web user:alice read,write",
      "grant /web group:operators read,execute --only",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<to>", "user:NAME, group:NAME, or everyone")
    .argument("<rights>", "read, write, execute, delete, manage; separated by commas")
    .option("--only", "exactly these rights, instead of these in addition")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the grant as JSON")
    .action(async (path: string, to: string, rights: string, options: GrantOptions) => {
      const { reason } = options;
      const granted = await connect(options).grant({
        path: resolvePath(path),
        subject: parseSubject(to),
        rights: parseRights(rights),
        mode: options.only === true ? "set" : "add",
        ...(reason === undefined ? {} : { reason }),
      });
      const text = `${granted.subject} may ${granted.rights.join(",")} ${granted.path}`;
      process.stdout.write(`${options.json === true ? JSON.stringify(granted) : text}\n`);
    });
}
