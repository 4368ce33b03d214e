import { isatty } from "node:tty";
import { pino, type Level, type Logger } from "pino";
import { logFormats, logLevels, TsunagiError } from "#kernel";
import { logLine } from "./log-line.ts";

export type { Logger };

export interface LoggerOptions {
  /** Which part of the house speaks, such as `server` or `job-manager`. */
  name: string;
  /** Else `TSUNAGI_LOG`, else `info`. */
  level?: string;
  /** A file, to which lines are appended; else standard error. */
  file?: string;
}

/** How many lines this thread has logged, by level; errors among them are what an alert looks at. */
export const loggedLines: Map<string, number> = new Map([
  ["warn", 0],
  ["error", 0],
  ["fatal", 0],
]);

/**
 * Makes a logger that writes one line a message: JSON for programs, or text for people (`TSUNAGI_LOG_FORMAT`; else text on a
 * terminal). Secrets must never be given to it. Whatever concerns a process has its number as `process`, what concerns a
 * command its number as `command`, a request its id as `reqId`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const level = options.level ?? process.env["TSUNAGI_LOG"] ?? "info";
  if (!(logLevels as readonly string[]).includes(level)) {
    throw new TsunagiError("USAGE", `there is no log level '${level}' (TSUNAGI_LOG)`, {
      hint: `use one of ${logLevels.join(", ")}`,
    });
  }
  const destination =
    options.file === undefined
      ? // Written at once, so that the last words before a crash are not lost.
        pino.destination({ dest: 2, sync: true })
      : pino.destination({ dest: options.file, sync: false, mkdir: true });
  const isText = options.file === undefined && formatOf(process.env) === "text";
  return pino(
    {
      name: options.name,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method, number) {
          const label = pino.levels.labels[number] as Level;
          const count = loggedLines.get(label);
          if (count !== undefined) loggedLines.set(label, count + 1);
          method.apply(this, args);
        },
      },
    },
    isText ? { write: (line: string) => void destination.write(logLine(line)) } : destination,
  );
}

function formatOf(environment: NodeJS.ProcessEnv): string {
  const format = environment["TSUNAGI_LOG_FORMAT"];
  if (format === undefined || format === "") return isatty(2) ? "text" : "json";
  if ((logFormats as readonly string[]).includes(format)) return format;
  throw new TsunagiError("USAGE", `there is no log format '${format}' (TSUNAGI_LOG_FORMAT)`, {
    hint: `use one of ${logFormats.join(", ")}`,
  });
}
