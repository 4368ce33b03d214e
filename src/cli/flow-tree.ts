/** A jobflow of a file among the objects of its folder: what it needs of them to run without a server. */
import { basename, dirname, relative, resolve, sep } from "node:path";
import { joinPath, parentPath, resolvePath, TsunagiError } from "#kernel";
import { allExpressions, parse } from "#language";
import { readFolderTree, readNeededTree, type FolderTree, type TreeObject } from "./folder-tree.ts";

/** The path of the file when `root` is `/`. */
export function pathBelow(root: string, file: string): string {
  const inside = relative(root, resolve(file));
  if (inside.startsWith("..")) {
    throw new TsunagiError("USAGE", `${file} does not lie below the root folder ${root}`);
  }
  const folder = dirname(inside)
    .split(sep)
    .filter((name) => name !== ".");
  const name = basename(inside).replace(/\.jobflow$/, "");
  return joinPath(`/${folder.join("/")}`, name).normalize("NFC");
}

/** The objects that the flow at that path needs, and those at the other paths. */
export function readFlowTree(
  root: string,
  path: string,
  source: string,
  others: readonly string[] = [],
): FolderTree {
  const needs = neededBy(path, source);
  return needs === "all"
    ? readFolderTree(root)
    : readNeededTree(root, [...needs, ...others], neededByObject);
}

function neededByObject({ path, type, fields }: TreeObject): readonly string[] {
  if (type !== "Jobflow" || typeof fields.source !== "string") return [];
  const needs = neededBy(path, fields.source);
  return needs === "all" ? ["/"] : needs;
}

/** These find objects that no path in the source names; the last is a method. */
const searching = new Set(["find", "path", "children"]);
const searchingMethod = "refers";

/** The paths that a flow names, absolute; `all` where it may look anywhere. */
function neededBy(path: string, source: string): readonly string[] | "all" {
  // Objects of any type may be made.
  const paths = ["/system/types"];
  for (const expression of allExpressions(parse(source).tree)) {
    if (expression.kind === "call" && searching.has(expression.function.text)) return "all";
    if (expression.kind === "member" && expression.name.text === searchingMethod) return "all";
    if (expression.kind === "path") paths.push(resolvePath(expression.path, parentPath(path)));
  }
  return paths;
}
