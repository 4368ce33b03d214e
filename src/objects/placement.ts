import { TsunagiError } from "#kernel";
import type { ObjectType } from "./object-type.ts";
import type { TreeObject } from "./stored-object.ts";
import { isSystemPath, typesPath } from "./system-tree.ts";
import type { VirtualDirectories } from "./virtual-objects.ts";

/** What may be where in the tree: types live in one place, and nothing else does; the rest lives in directories. */
export function assertMayHold(parent: TreeObject, path: string, type: ObjectType): void {
  if (parent.type !== "Directory") {
    throw new TsunagiError(
      "NAME_INVALID",
      `${parent.path} is a ${parent.type} and holds no objects`,
      { details: { path } },
    );
  }
  if (parent.path !== typesPath) assertNoType(type, path);
  else if (type.name !== "Type") {
    throw new TsunagiError("NAME_INVALID", `${typesPath} holds types only, no ${type.name}`, {
      details: { path },
    });
  }
}

/** Refuses a type at a path that is not directly in the directory of types. */
export function assertNoType(type: ObjectType, path: string): void {
  if (type.name !== "Type") return;
  throw new TsunagiError("NAME_INVALID", `a type lives in ${typesPath}, not at ${path}`, {
    details: { path },
  });
}

/** What stands below a virtual directory is not written as an object. */
export function assertInTree(virtual: VirtualDirectories, path: string): void {
  if (!virtual.holds(path)) return;
  throw new TsunagiError("METHOD_NOT_ALLOWED", `${path} cannot be written as an object`);
}

/** The house needs its own parts where they are. */
export function assertNotSystem(virtual: VirtualDirectories, path: string, what: string): void {
  if (!isSystemPath(path) && !virtual.paths.includes(path)) return;
  throw new TsunagiError("OBJECT_PROTECTED", `${path} is part of the system and cannot be ${what}`);
}

/** Types stay types, and directories that hold something stay directories. */
export function assertMayBecome(object: TreeObject, type: ObjectType, hasChildren: boolean): void {
  const isFixed = [object.type, type.name].includes("Type") || isSystemPath(object.path);
  if (!isFixed && !hasChildren) return;
  throw new TsunagiError(
    "OBJECT_EXISTS",
    `${object.path} is a ${object.type} and cannot become a ${type.name}`,
    { details: { path: object.path, type: object.type }, hint: "move or delete it first" },
  );
}
