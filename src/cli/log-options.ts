import { Option, type Command } from "commander";
import { logFormats, logLevels } from "#kernel";

export interface LogOptions {
  logLevel?: string;
  logFormat?: string;
}

/** Adds `--log-level` and `--log-format` to a command that runs until it is stopped. */
export function withLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "what is logged (else $TSUNAGI_LOG, else info)").choices(
        logLevels,
      ),
    )
    .addOption(
      new Option(
        "--log-format <format>",
        "how (else $TSUNAGI_LOG_FORMAT, else text on a terminal and json elsewhere)",
      ).choices(logFormats),
    );
}

/** In the environment, so that threads and the job manager beside the server do the same. */
export function applyLogOptions({ logLevel, logFormat }: LogOptions): void {
  if (logLevel !== undefined) process.env.TSUNAGI_LOG = logLevel;
  if (logFormat !== undefined) process.env.TSUNAGI_LOG_FORMAT = logFormat;
}
