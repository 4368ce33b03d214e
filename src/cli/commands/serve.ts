import { InvalidArgumentError, type Command } from "commander";
import type { RunningServer } from "#server";
import { defaultDataDirectory } from "../data-directory.ts";
import { databaseOption } from "../database-option.ts";
import { declare } from "../declare.ts";
import { Interrupt } from "../interrupt.ts";

interface ServeOptions {
  data: string;
  port: number;
  host: string;
  database?: string;
}

export function command(): Command {
  return declare("serve", "Run the server and a job manager beside it", [
    "serve",
    "serve --data /srv/tsunagi --port 80 --host 0.0.0.0",
  ])
    .option("--data <dir>", "the data directory (else $TSUNAGI_DATA)", defaultDataDirectory())
    .option("--port <number>", "where to listen; 0 takes a free one", parsePort, 8080)
    .option("--host <address>", "where to listen; 0.0.0.0 is everywhere", "127.0.0.1")
    .addOption(databaseOption())
    .option("--json", "print errors as problem documents")
    .addHelpText(
      "after",
      "\nThe first start makes the user root, with the password of $TSUNAGI_ADMIN_PASSWORD or a random one.",
    )
    .action(serve);
}

/** A port of a command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  }
  return port;
}

async function serve({ data, port, host, database }: ServeOptions): Promise<void> {
  const { serveWithJobManager } = await import("../serving.ts");
  const serving = await serveWithJobManager({
    data,
    port,
    host,
    ...(database === undefined ? {} : { database }),
    ...passwordOf(process.env),
  });
  announce(serving.server, data);
  const interrupt = new Interrupt();
  await Promise.race([interrupt.happened, serving.server.failed]);
  await serving.stop();
  interrupt.close();
}

function passwordOf(environment: NodeJS.ProcessEnv): { adminPassword?: string } {
  const adminPassword = environment.TSUNAGI_ADMIN_PASSWORD;
  return adminPassword ? { adminPassword } : {};
}

function announce(server: RunningServer, data: string): void {
  const lines = [`Tsunagi serves ${server.url}, data in ${data}`];
  if (server.generatedPassword !== null) {
    lines.push(`User root, password ${server.generatedPassword} (shown only now)`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
