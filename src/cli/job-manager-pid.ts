/** The file `pid` in a job manager's directory: which process works there, for who has to end it. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileIn = (directory: string) => join(directory, "pid");

/** Only by the one that holds the directory's lock. */
export function writePid(directory: string): void {
  writeFileSync(fileIn(directory), `${process.pid}\n`, { mode: 0o600 });
}

export function removePid(directory: string): void {
  rmSync(fileIn(directory), { force: true });
}

/** Undefined where none works; after a kill -9 it may be the number of a process that is gone. */
export function readPid(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(fileIn(directory), "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
