import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { parseRights, parseSubject } from "../rights-argument.ts";

interface RevokeOptions extends ConnectionOptions {
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("revoke", "Take rights on an object away that a grant there gives", [
      "revoke /web user:alice",
      "revoke /web group:operators write,delete",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<from>", "user:NAME, group:NAME, or everyone")
    .argument("[rights]", "separated by commas; else all that were given there")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print what is left of the grant as JSON")
    .action(
      async (path: string, from: string, rights: string | undefined, options: RevokeOptions) => {
        const { reason } = options;
        const left = await connect(options).grant({
          path: resolvePath(path),
          subject: parseSubject(from),
          rights: rights === undefined ? [] : parseRights(rights),
          mode: rights === undefined ? "set" : "remove",
          ...(reason === undefined ? {} : { reason }),
        });
        const rest = left.rights.join(",");
        const text =
          rest === ""
            ? `nothing is granted to ${left.subject} on ${left.path}`
            : `${left.subject} may ${rest} ${left.path}`;
        process.stdout.write(`${options.json === true ? JSON.stringify(left) : text}\n`);
      },
    );
}
