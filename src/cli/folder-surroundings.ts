/** What the checker may know of the folder in which a jobflow lies: what stands there, what it takes, which types it has. */
import { dirname, resolve } from "node:path";
import { baseName, parentPath, TsunagiError } from "#kernel";
import {
  mentionedPaths,
  parse,
  visibleJobflow,
  visibleType,
  type Surroundings,
  type VisibleObject,
} from "#language";
import { pathBelow } from "./flow-tree.ts";
import { readNames, readNeededTree, type TreeObject } from "./folder-tree.ts";

const typesPath = "/system/types";

/**
 * Undefined where the folder cannot be read, or is too large to: then nothing is known. `others` are there, too, such as
 * the objects that a test makes.
 */
export function folderSurroundings(
  file: string,
  source: string,
  { root = dirname(file), others = [] }: { root?: string; others?: readonly string[] } = {},
): Surroundings | undefined {
  const top = resolve(root);
  try {
    const path = pathBelow(top, file);
    const mentioned = mentionedPaths(parse(source).tree, path);
    const { objects } = readNeededTree(top, [typesPath, ...mentioned], () => []);
    return surroundingsIn(top, path, objects, others);
  } catch (error) {
    if (error instanceof TsunagiError) return undefined;
    throw error;
  }
}

function surroundingsIn(
  root: string,
  path: string,
  objects: readonly TreeObject[],
  others: readonly string[],
): Surroundings {
  const standing = new Map<string, VisibleObject | undefined>([["/", { type: "Directory" }]]);
  for (const other of others)
    for (let at = other; at !== "/"; at = parentPath(at)) standing.set(at, undefined);
  for (const object of objects) standing.set(object.path, visibleObject(object));
  // The flow itself, also when its file has another ending.
  if (!standing.has(path)) standing.set(path, undefined);
  const types = new Map(
    objects
      .filter((object) => parentPath(object.path) === typesPath)
      .map((object) => [baseName(object.path), visibleType(object.fields.fields)]),
  );
  return {
    path,
    isPart: true,
    objectAt: (at) => (standing.has(at) ? standing.get(at) : null),
    namesBelow: (directory) => [
      ...readNames(root, directory),
      ...[...standing.keys()]
        .filter((at) => at !== "/" && parentPath(at) === directory)
        .map(baseName),
    ],
    typeNamed: (name) => types.get(name),
    typeNames: [...types.keys()],
  };
}

function visibleObject({ type, fields }: TreeObject): VisibleObject {
  return type === "Jobflow" ? visibleJobflow(fields.source) : { type };
}
