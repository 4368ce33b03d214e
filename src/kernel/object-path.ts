import { TsunagiError } from "./error.ts";

/** LANGUAGE section 1: names hold at most 128 characters, paths at most 1024. */
export const nameLengthMax = 128;
export const pathLengthMax = 1024;

// Control characters, line separators, and the marks that turn the reading direction around.
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF/]/u;

/** Says why a name may not be used, or undefined if it may. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "a name may not be empty";
  if (name.startsWith(".")) return "a name may not begin with a dot";
  if (/^\s/u.test(name)) return "a name may not begin with a blank";
  if ([...name].length > nameLengthMax) return `a name has at most ${nameLengthMax} characters`;
  if (name.normalize("NFC") !== name) return "a name must be in Unicode's composed form (NFC)";
  if (forbidden.test(name)) return "a name may not contain '/', control or direction characters";
  return undefined;
}

/** Joins a directory and a name: `/` + `a` is `/a`. */
export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** The directory that holds a path; of `/` it is `/`. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
}

/** The last segment of a path; of `/` it is empty. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Makes an absolute path of a path as written in a jobflow or given on a command line: `.`, `..` and
 * repeated slashes are worked out against the directory. `..` of the root is the root.
 */
export function resolvePath(path: string, directory = "/"): string {
  const segments = path.startsWith("/") ? [] : directory.split("/").filter(Boolean);
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** Throws NAME_INVALID unless every segment of the absolute path is a valid name. */
export function assertPath(path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined) {
    throw new TsunagiError("NAME_INVALID", `'${path.slice(0, 200)}' is no path: ${fault}`, {
      details: { path },
    });
  }
}

function pathFault(path: string): string | undefined {
  if (!path.startsWith("/")) return "a path begins with '/'";
  if ([...path].length > pathLengthMax) return `a path has at most ${pathLengthMax} characters`;
  if (path === "/") return undefined;
  for (const name of path.slice(1).split("/")) {
    const fault = nameFault(name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
