import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TsunagiError } from "#kernel";
import { fileFailure } from "./file-failure.ts";

/** AES-256. */
const keyBytes = 32;

/**
 * Gives the installation's key from `key` in the data directory; the first start makes it.
 *
 * It lies outside of the database, so that a copy of the database alone opens no password. Who backs up one
 * must back up the other, too, in a different place.
 */
export function loadKey(
  directory: string,
  options: {
    /** There is a database already: a new key would open nothing in it, and could be taken for the right one. */
    mustExist?: boolean;
  } = {},
): Uint8Array {
  const file = join(directory, "key");
  const key = readKey(file);
  if (key === undefined && options.mustExist === true) throw unusable(file, "it is missing");
  return key ?? makeKey(file);
}

function readKey(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(file, (error as Error).message, error);
  }
  const key = Buffer.from(text, "base64");
  if (key.length !== keyBytes || key.toString("base64") !== text) {
    throw unusable(file, `it should hold ${keyBytes} bytes in base64`);
  }
  return key;
}

function makeKey(file: string): Uint8Array {
  const key = randomBytes(keyBytes);
  const draft = `${file}.${process.pid}.new`;
  try {
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeSync(descriptor, `${key.toString("base64")}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // A link appears whole or not at all, and never takes the place of a key that is there.
    linkSync(draft, file);
  } catch (error) {
    throw fileFailure(error, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return key;
}

function unusable(file: string, reason: string, cause?: unknown): TsunagiError {
  return new TsunagiError("KEY_FILE_INVALID", `the key file ${file} cannot be used: ${reason}`, {
    details: { file },
    hint: "put back the key file that belongs to this database; without it the stored passwords cannot be opened",
    cause,
  });
}
