import { joinPath, parentPath, baseName } from "#kernel";
import type { StoredObject } from "./stored-object.ts";
import type { VirtualDirectory, VirtualObject } from "./virtual-directory.ts";

/** The directories whose objects are kept elsewhere. */
export class VirtualDirectories {
  readonly #byPath = new Map<string, VirtualDirectory>();

  register(directory: VirtualDirectory): void {
    this.#byPath.set(directory.path, directory);
  }

  get paths(): string[] {
    return [...this.#byPath.keys()];
  }

  at(path: string): VirtualDirectory | undefined {
    return this.#byPath.get(path);
  }

  /** The directory that holds all objects of a type. */
  ofType(name: string): VirtualDirectory | undefined {
    return [...this.#byPath.values()].find(({ type }) => type === name);
  }

  /** The directory that is asked for an object at that path, with the object's name. */
  above(path: string): { directory: VirtualDirectory; name: string } | undefined {
    const directory = this.#byPath.get(parentPath(path));
    return directory && { directory, name: baseName(path) };
  }

  /** Whether nothing of the tree can be there. */
  holds(path: string): boolean {
    return [...this.#byPath.keys()].some((mount) => path.startsWith(`${mount}/`));
  }
}

export function toStoredObject(directory: string, object: VirtualObject): StoredObject {
  const { fields, owner, rights } = object;
  return {
    id: null,
    path: joinPath(directory, object.name),
    name: object.name,
    type: object.type,
    ownerId: object.ownerId,
    revision: object.revision,
    createdAt: object.createdAt,
    updatedAt: object.updatedAt,
    content: { kind: "virtual", fields, owner, rights },
  };
}
