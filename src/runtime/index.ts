/**
 * What runs only in Node.js and knows no domain: the data directory with its lock and key file, sealing,
 * logging, SQLite as Node.js brings it, the program's version.
 */
export { openDataDirectory } from "./data-directory.ts";
export { lockDirectory, type DirectoryLock } from "./directory-lock.ts";
export { fileFailure } from "./file-failure.ts";
export { loadKey } from "./key-file.ts";
export { createLogger, loggedLines, type LoggerOptions, type Logger } from "./logger.ts";
export { keySealer, memorySealer, type Sealer } from "./sealer.ts";
export { copySqlite, sqliteFailure, SqliteConnection, type SqliteStatement } from "./sqlite.ts";
export { version } from "./version.ts";
