import { Option, type Command } from "commander";
import { defaultDataDirectory } from "../data-directory.ts";
import { databaseOption } from "../database-option.ts";
import { declare } from "../declare.ts";
import { formatTable } from "../table.ts";

interface TokenOptions {
  data: string;
  database?: string;
  json?: boolean;
}

interface CreateOptions extends TokenOptions {
  jobManager?: boolean;
  metrics?: boolean;
}

export function command(): Command {
  const token = declare("token", "Tokens for programs that use the server", [
    "token create monitoring",
  ]);
  return token.addCommand(createCommand()).addCommand(listCommand()).addCommand(revokeCommand());
}

function createCommand(): Command {
  return onHost("create", "Make a token and print it; on the server's host, also while it runs", [
    "token create monitoring",
    "token create tokyo --job-manager",
    "token create prometheus --metrics",
  ])
    .argument("<name>", "what it is for")
    .option("--job-manager", "for a job manager to connect with, and for nothing else")
    .addOption(
      new Option("--metrics", "for reading /.metrics, and for nothing else").conflicts(
        "jobManager",
      ),
    )
    .option("--json", "print name and token as JSON")
    .action(async (name: string, { json, jobManager, metrics, ...options }: CreateOptions) => {
      const { createLocalToken } = await import("#server");
      const made = await createLocalToken({
        ...placeOf(options),
        name,
        kind: jobManager === true ? "job-manager" : metrics === true ? "metrics" : "user",
      });
      process.stdout.write(`${json === true ? JSON.stringify(made) : made.token}\n`);
    });
}

function listCommand(): Command {
  return onHost("ls", "List all tokens, the revoked ones included, without their texts", [
    "token ls",
  ])
    .option("--json", "print one token a line as JSON")
    .action(async ({ json, ...options }: TokenOptions) => {
      const { listLocalTokens } = await import("#server");
      const tokens = (await listLocalTokens(placeOf(options))).map((token) => ({
        name: token.name,
        kind: token.kind,
        createdAt: timeText(token.createdAt),
        usedAt: timeText(token.usedAt),
        revokedAt: timeText(token.revokedAt),
      }));
      const text =
        json === true
          ? tokens.map((each) => JSON.stringify(each)).join("\n")
          : formatTable(
              ["NAME", "KIND", "CREATED", "LAST USED", "REVOKED"],
              tokens.map((each) => Object.values(each).map((cell) => cell ?? "-")),
            );
      if (text !== "") process.stdout.write(`${text}\n`);
    });
}

function revokeCommand(): Command {
  return onHost("revoke", "Make the tokens of that name useless at once", [
    "token revoke monitoring",
  ])
    .argument("<name>", "as it was given when the token was made")
    .option("--json", "print errors as problem documents")
    .action(async (name: string, options: TokenOptions) => {
      const { revokeLocalToken } = await import("#server");
      const count = await revokeLocalToken({ ...placeOf(options), name });
      process.stdout.write(`${count === 1 ? "1 token" : `${count} tokens`} revoked\n`);
    });
}

function onHost(name: string, summary: string, examples: string[]): Command {
  return declare(name, summary, examples)
    .option(
      "--data <dir>",
      "the server's data directory (else $TSUNAGI_DATA)",
      defaultDataDirectory(),
    )
    .addOption(databaseOption());
}

function placeOf({ data, database }: TokenOptions): { data: string; database?: string } {
  return database === undefined ? { data } : { data, database };
}

function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
