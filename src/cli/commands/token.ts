import type { Command } from "commander";
import { defaultDataDirectory } from "../data-directory.ts";
import { declare } from "../declare.ts";

interface TokenOptions {
  data: string;
  database?: string;
  json?: boolean;
}

export function command(): Command {
  const token = declare("token", "Tokens for programs that use the server", [
    "token create monitoring",
  ]);
  return token.addCommand(createCommand());
}

function createCommand(): Command {
  return declare("create", "Make a token and print it; on the server's host, also while it runs", [
    "token create monitoring",
    "token create me --data /srv/tsunagi",
  ])
    .argument("<name>", "what it is for")
    .option(
      "--data <dir>",
      "the server's data directory (else $TSUNAGI_DATA)",
      defaultDataDirectory(),
    )
    .option("--database <url>", "the server's database, where it is not in the data directory")
    .option("--json", "print name and token as JSON")
    .action(async (name: string, { json, ...place }: TokenOptions) => {
      const { createLocalToken } = await import("#server");
      const made = await createLocalToken({ ...place, name });
      process.stdout.write(`${json === true ? JSON.stringify(made) : made.token}\n`);
    });
}
