import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Option, type Command } from "commander";
import { z } from "zod";
import { jobManagerAddress } from "#contract";
import { TsunagiError } from "#kernel";
import { defaultDataDirectory } from "../data-directory.ts";
import { declare } from "../declare.ts";
import { Interrupt } from "../interrupt.ts";
import { applyLogOptions, withLogOptions, type LogOptions } from "../log-options.ts";
import { removePid, writePid } from "../job-manager-pid.ts";

interface JobManagerOptions extends LogOptions {
  server?: string;
  serverFile?: string;
  token?: string;
  tokenFile?: string;
  data: string;
  name?: string;
  realm?: string;
  files?: string;
}

const serverFileSchema = z.object({ url: z.string() });

export function command(): Command {
  const jobManager = declare(
    "jobmanager",
    "Run commands for a server, from a network segment of its own",
    ["jobmanager --server http://ops.example.com:8080 --realm tokyo"],
  )
    .option("--server <url>", "the server (else $TSUNAGI_SERVER)")
    .option("--server-file <file>", 'a file that says where the server is now: {"url": …}')
    .option("--token <token>", "its token (else $TSUNAGI_TOKEN, which other users cannot see)")
    .option("--token-file <file>", "a file that holds the token")
    .option("--data <dir>", "its own directory: journal, key, scripts", defaultDirectory())
    .addOption(
      new Option("--name <name>", "unique among all job managers (else the host's name)").env(
        "TSUNAGI_JOB_MANAGER_NAME",
      ),
    )
    .option("--realm <name>", "whose commands it takes (else default)")
    .option("--files <dir>", "where put and get find and leave files (else files in its directory)")
    .option("--json", "print errors as problem documents")
    .action(work);
  return withLogOptions(jobManager);
}

function defaultDirectory(): string {
  return join(dirname(defaultDataDirectory()), "tsunagi-job-manager");
}

async function work(options: JobManagerOptions): Promise<void> {
  applyLogOptions(options);
  const token = options.token ?? tokenIn(options.tokenFile) ?? process.env.TSUNAGI_TOKEN;
  if (!token) {
    throw new TsunagiError("USAGE", "a job manager needs a token", {
      hint: "Give it with --token, --token-file or TSUNAGI_TOKEN.",
    });
  }
  // The commands that it runs have its environment, and may print it.
  delete process.env.TSUNAGI_TOKEN;
  const [{ startJobManager }, { createLogger }] = await Promise.all([
    import("#job-manager"),
    import("#runtime"),
  ]);
  const { data: directory, name, realm, files } = options;
  const manager = startJobManager({
    urlOf: addressSource(options),
    token,
    directory,
    logger: createLogger({ name: "job-manager" }),
    ...(name === undefined ? {} : { name }),
    ...(realm === undefined ? {} : { realm }),
    ...(files === undefined ? {} : { files }),
  });
  writePid(directory);
  const interrupt = new Interrupt();
  await Promise.race([manager.ended, interrupt.happened]);
  // Finishes what runs; a second signal ends it at once.
  await manager.stop();
  removePid(directory);
  interrupt.close();
}

function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new TsunagiError("FILE_UNREADABLE", `${file} cannot be read`, { cause });
  }
}

/** Where the server is, asked before each attempt to connect. */
function addressSource({ server, serverFile }: JobManagerOptions): () => string {
  if (serverFile !== undefined) {
    return () =>
      socketAddress(serverFileSchema.parse(JSON.parse(readFileSync(serverFile, "utf8"))).url);
  }
  const url = server ?? process.env.TSUNAGI_SERVER;
  if (!url) {
    throw new TsunagiError("USAGE", "a job manager needs a server", {
      hint: "Give it with --server or TSUNAGI_SERVER.",
    });
  }
  const address = socketAddress(url);
  return () => address;
}

function socketAddress(server: string): string {
  const url = URL.parse(server);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new TsunagiError("USAGE", `'${server}' is no address of a server`, {
      hint: "Write it like http://ops.example.com:8080.",
    });
  }
  return new URL(jobManagerAddress, url.href.replace(/^http/, "ws")).href;
}
