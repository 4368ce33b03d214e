import { pino, type Logger } from "pino";
import { TsunagiError } from "#kernel";

export type { Logger };

export interface LoggerOptions {
  /** Which part of the house speaks, such as `server` or `job-manager`. */
  name: string;
  /** Else `TSUNAGI_LOG`, else `info`. */
  level?: string;
  /** A file, to which lines are appended; else standard error. */
  file?: string;
}

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Makes a logger that writes one JSON object a line. Secrets must never be given to it. */
export function createLogger(options: LoggerOptions): Logger {
  const level = options.level ?? process.env["TSUNAGI_LOG"] ?? "info";
  if (!levels.includes(level)) {
    throw new TsunagiError("USAGE", `there is no log level '${level}' (TSUNAGI_LOG)`, {
      hint: `use one of ${levels.join(", ")}`,
    });
  }
  const destination =
    options.file === undefined
      ? // Written at once, so that the last words before a crash are not lost.
        pino.destination({ dest: 2, sync: true })
      : pino.destination({ dest: options.file, sync: false, mkdir: true });
  return pino({ name: options.name, level, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
