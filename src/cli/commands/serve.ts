import { InvalidArgumentError, Option, type Command } from "commander";
import type { RunningServer, ServerOptions } from "#server";
import { defaultDataDirectory } from "../data-directory.ts";
import { databaseOption } from "../database-option.ts";
import { declare } from "../declare.ts";
import { Interrupt } from "../interrupt.ts";
import { applyLogOptions, withLogOptions, type LogOptions } from "../log-options.ts";

interface ServeOptions extends LogOptions {
  jobManager: boolean;
  durability?: "full" | "normal";
  data: string;
  port: number;
  host: string;
  database?: string;
  lease?: number;
}

export function command(): Command {
  const serving = declare("serve", "Run the server and a job manager beside it", [
    "serve",
    "serve --data /srv/tsunagi --port 80 --host 0.0.0.0",
  ])
    .option("--data <dir>", "the data directory (else $TSUNAGI_DATA)", defaultDataDirectory())
    .option("--port <number>", "where to listen; 0 takes a free one", parsePort, 8080)
    .option("--host <address>", "where to listen; 0.0.0.0 is everywhere", "127.0.0.1")
    .addOption(databaseOption())
    .option(
      "--lease <seconds>",
      "with several servers: after how long they take over from one that is not heard of",
      parseLease,
    )
    .addOption(
      new Option(
        "--durability <when>",
        "when a commit is done: full, on the disk; normal, a power cut may take back the last moments",
      ).choices(["full", "normal"]),
    )
    .option("--no-job-manager", "start none beside it; one is run as a unit of its own")
    .option("--json", "print errors as problem documents")
    .addHelpText(
      "after",
      "\nThe first start makes the user root, with the password of $TSUNAGI_ADMIN_PASSWORD or a random one.",
    )
    .action(serve);
  return withLogOptions(serving);
}

/** A port of a command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  }
  return port;
}

/** Shorter than that, a busy moment would look like a dead server. */
const leaseMinSeconds = 2;

function parseLease(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= leaseMinSeconds && seconds <= 3600)) {
    throw new InvalidArgumentError(`A lease is ${leaseMinSeconds} to 3600 seconds.`);
  }
  return seconds;
}

async function serve(options: ServeOptions): Promise<void> {
  applyLogOptions(options);
  const { data, port, host, database, lease, durability } = options;
  const { serveAlone, serveWithJobManager } = await import("../serving.ts");
  const start = options.jobManager ? serveWithJobManager : serveAlone;
  const serving = await start({
    data,
    port,
    host,
    ...(database === undefined ? {} : { database }),
    ...(lease === undefined ? {} : { leaseMs: lease * 1000 }),
    ...(durability === undefined ? {} : { durability }),
    ...passwordOf(process.env),
    ...instanceOf(process.env),
  });
  announce(serving.server, data);
  const interrupt = new Interrupt();
  try {
    await Promise.race([interrupt.happened, serving.server.failed]);
  } catch (error) {
    // It may not be able to stop in order any more; whatever keeps it alive ends then.
    void serving.stop().catch(() => undefined);
    setTimeout(() => process.exit(), failedStopMs).unref();
    throw error;
  }
  await serving.stop();
  interrupt.close();
}

const failedStopMs = 3000;

function passwordOf(environment: NodeJS.ProcessEnv): { adminPassword?: string } {
  const adminPassword = environment.TSUNAGI_ADMIN_PASSWORD;
  return adminPassword ? { adminPassword } : {};
}

/** What the pages call this installation, and the colour beside it, so that nobody mistakes it for another one. */
function instanceOf(environment: NodeJS.ProcessEnv): Pick<ServerOptions, "instance"> {
  const name = environment.TSUNAGI_INSTANCE;
  const colour = environment.TSUNAGI_INSTANCE_COLOUR || "accent";
  return name ? { instance: { name, colour } } : {};
}

function announce(server: RunningServer, data: string): void {
  const lines = [`Tsunagi serves ${server.url}, data in ${data}`];
  if (server.generatedPassword !== null) {
    lines.push(`User root, password ${server.generatedPassword} (shown only now)`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
