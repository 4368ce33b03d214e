import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { TsunagiError } from "#kernel";

/** Makes the data directory if it is missing (for its owner only) and gives its absolute path. */
export function openDataDirectory(path: string): string {
  const directory = resolve(path);
  try {
    const there = statSync(directory, { throwIfNoEntry: false });
    if (there?.isDirectory() === false) throw new Error("it is a file, not a directory");
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new TsunagiError(
      "STORAGE_FAILED",
      `the data directory ${directory} cannot be used: ${(error as Error).message}`,
      {
        hint: "choose another directory with --data, or give the server's user the right to write it",
        cause: error,
      },
    );
  }
  return directory;
}
