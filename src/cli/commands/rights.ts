import type { Command } from "commander";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { parseRights } from "../rights-argument.ts";
import { explanationLines, objectRightsLines, userRightsLines } from "../rights-lines.ts";

interface RightsOptions extends ConnectionOptions {
  user?: string;
  below?: string;
  may?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("rights", "Show who can do what on an object, or what a user can do, and why", [
      "rights /web/servers",
      "rights --user alice --below /web",
      "rights /web/servers/web01 --user alice --may write",
    ]),
  )
    .argument("[path]", "path of the object")
    .option("--user <name>", "what this user can do; with a path, whether and why")
    .option("--below <path>", "of a user: only in or below this object")
    .option("--may <right>", "of a user and a path: which right is asked about", "read")
    .option("--json", "print the report as JSON")
    .action(async (path: string | undefined, options: RightsOptions) => {
      const lines = await linesOf(path, options);
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}

async function linesOf(path: string | undefined, options: RightsOptions): Promise<string[]> {
  const client = connect(options);
  const { user, below, may = "read", json } = options;
  const print = <T>(report: T, lines: (report: T) => string[]): string[] =>
    json === true ? [JSON.stringify(report)] : lines(report);
  if (user === undefined) {
    if (path === undefined) {
      throw new TsunagiError("USAGE", "rights of what, or of whom?", {
        hint: "Give the path of an object, or --user NAME.",
      });
    }
    return print(await client.rightsOn(resolvePath(path)), objectRightsLines);
  }
  if (path === undefined) {
    const place = below === undefined ? undefined : resolvePath(below);
    return print(await client.rightsOfUser(user, place), userRightsLines);
  }
  const [right = "read"] = parseRights(may);
  return print(await client.explainRight(user, right, resolvePath(path)), explanationLines);
}
