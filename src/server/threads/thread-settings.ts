import { parentPort, workerData } from "node:worker_threads";
import type { Durability, ServerOptions } from "#database";
import { assert } from "#kernel";
import type { Credentials } from "../operations.ts";
import { MessageLine, type LineHandlers } from "./message-line.ts";

/** What a thread needs to open its half of the house. */
export interface ThreadSettings {
  /** A data directory or a database URL. */
  database: string;
  /** The data directory, also where the database is elsewhere. */
  data: string;
  durability?: Durability;
  /** The installation's key. */
  key: Uint8Array;
  /** This server among those that work on the database. */
  server: ServerOptions;
}

/** What a thread is started with. */
export interface ThreadStart {
  /** The module that is its program. */
  file: string;
  /** Where this program keeps compiled code, if it does. */
  compileCache: string | undefined;
  settings: ThreadSettings;
}

/** What a caller's operation travels as. */
export interface CallArgument {
  credentials: Credentials;
  argument: unknown;
}

/** The settings of this thread. */
export function threadSettings(): ThreadSettings {
  return (workerData as ThreadStart).settings;
}

/** The line to the thread that started this one. */
export function parentLine(handlers: LineHandlers): MessageLine {
  assert(parentPort !== null, "this file is run as a thread");
  return new MessageLine(parentPort, handlers);
}
