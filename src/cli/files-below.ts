import { readdirSync, statSync, type Dirent, type Stats } from "node:fs";
import { join } from "node:path";
import { TsunagiError } from "#kernel";

/**
 * Files named on a command line, and for folders the files in them whose names end so, in order. What begins with a
 * dot, and `node_modules`, is left out unless it is named itself.
 */
export function filesBelow(named: readonly string[], ending: string): string[] {
  return [...new Set(named.flatMap((path) => (isFolder(path) ? listBelow(path, ending) : path)))];
}

function isFolder(path: string): boolean {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return stats.isDirectory();
}

function listBelow(folder: string, ending: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
  return entries
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listBelow(path, ending);
      return entry.name.endsWith(ending) ? path : [];
    });
}

function unreadable(path: string, cause: unknown): TsunagiError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "there is no such file" : message;
  return new TsunagiError("FILE_UNREADABLE", `${path} cannot be read: ${why}`, { cause });
}
