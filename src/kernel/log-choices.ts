/** What a program may be told about its log. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export const logFormats = ["json", "text"] as const;
