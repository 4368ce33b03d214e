import { TsunagiError } from "./error.ts";

/** LANGUAGE section 1: names hold at most 128 characters, paths at most 1024. */
export const nameLengthMax = 128;
export const pathLengthMax = 1024;

// Control characters, line separators, and what is not seen or turns the reading direction around; but for the two
// joiners, without which some scripts and many emoji cannot be written.
const unprintable =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]|(?![\u200C\u200D])\p{Cf}/u;

/** Says why a name may not be used, or undefined if it may. */
export function nameFault(name: string): string | undefined {
  // What most names are made of needs no closer look.
  if (/^[a-z0-9_-][a-z0-9_.-]{0,127}$/i.test(name)) return undefined;
  if (name === "") return "a name may not be empty";
  if (name.startsWith(".")) return "a name may not begin with a dot";
  if (/^\s/u.test(name)) return "a name may not begin with a blank";
  if (Array.from(name).length > nameLengthMax)
    return `a name has at most ${nameLengthMax} characters`;
  if (name.normalize("NFC") !== name) return "a name must be in Unicode's composed form (NFC)";
  if (name.includes("/")) return "a name may not contain '/'";
  const found = unprintable.exec(name)?.[0];
  return found === undefined
    ? undefined
    : `a name may not contain ${codePoint(found)}, which is not printable`;
}

/** A name or path that may be no valid one, so that it can stand in a message: short, and with nothing unprintable in it. */
export function shownName(text: string): string {
  const start = Array.from(text).slice(0, shownMax).join("");
  const visible = start.replaceAll(new RegExp(unprintable, "gu"), codePoint);
  return start === text ? visible : `${visible}…`;
}

const shownMax = 200;

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
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
    throw new TsunagiError("NAME_INVALID", `'${shownName(path)}' is no path: ${fault}`, {
      details: { path },
      hint: "choose another name",
    });
  }
}

function pathFault(path: string): string | undefined {
  if (!path.startsWith("/")) return "a path begins with '/'";
  if (path.length > pathLengthMax && Array.from(path).length > pathLengthMax)
    return `a path has at most ${pathLengthMax} characters`;
  if (path === "/") return undefined;
  for (const name of path.slice(1).split("/")) {
    const fault = nameFault(name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
