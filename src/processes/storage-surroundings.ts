import { baseName, parentPath, resolvePath, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import {
  diagnose,
  mentionedPaths,
  mentionedTypes,
  parse,
  visibleJobflow,
  visibleType,
  type Surroundings,
  type VisibleObject,
  type VisibleType,
} from "#language";
import type { Actor, ObjectStorage, StoredObject } from "#objects";
import { placeDiagnostics, type PlacedDiagnostic } from "./jobflow-compiler.ts";

/**
 * Checks the source of a jobflow against what the author may see of the storage: what is hidden from him gives no warning,
 * so none tells what is there. Reads each path that the source mentions once, and of directories only those in which a name
 * is missing.
 */
export async function checkJobflow(
  {
    objects,
    transaction,
    actor,
  }: { objects: ObjectStorage; transaction: Transaction; actor: Actor },
  { path, source }: { path: string; source: string },
): Promise<PlacedDiagnostic[]> {
  const lookUp = new LookUp(objects, transaction, actor);
  const surroundings = await lookUp.surroundings(resolvePath(path), source);
  return placeDiagnostics(source, diagnose(source, surroundings).diagnostics);
}

const typesPath = "/system/types";
// More than any flow names; what comes after them is not judged.
const pathsMax = 500;
// Enough to suggest the right name in any directory that a person looks at.
const namesMax = 1000;

class LookUp {
  readonly #objects: ObjectStorage;
  readonly #transaction: Transaction;
  readonly #actor: Actor;
  /** Null: nothing stands there. Not there: it was not looked up, or he may not know. */
  readonly #found = new Map<string, VisibleObject | null>();
  readonly #names = new Map<string, readonly string[]>();
  readonly #types = new Map<string, VisibleType>();

  constructor(objects: ObjectStorage, transaction: Transaction, actor: Actor) {
    this.#objects = objects;
    this.#transaction = transaction;
    this.#actor = actor;
  }

  async surroundings(path: string, source: string): Promise<Surroundings> {
    const { tree } = parse(source);
    for (const mentioned of mentionedPaths(tree, path).slice(0, pathsMax))
      await this.#path(mentioned);
    // It may refer to itself before it is saved.
    if (this.#found.get(path) === null) this.#found.delete(path);
    const types = new Set(mentionedTypes(tree));
    for (const object of this.#found.values()) if (object) types.add(object.type);
    for (const type of types) await this.#type(type);
    await this.#namesIn(typesPath);
    return {
      path,
      objectAt: (at) => this.#found.get(at),
      namesBelow: (directory) => this.#names.get(directory) ?? [],
      typeNamed: (name) => this.#types.get(name),
      typeNames: this.#names.get(typesPath) ?? [],
    };
  }

  /** Looks up a path; where nothing is, the directories above it, up to the first that is there. */
  async #path(path: string): Promise<void> {
    for (let at = path; !this.#found.has(at); at = parentPath(at)) {
      const object = await this.#find(at);
      if (object === "hidden") return;
      this.#found.set(at, object && (await this.#visible(object)));
      if (object !== null || at === "/") return;
      const directory = parentPath(at);
      await this.#namesIn(directory);
    }
  }

  async #visible(object: StoredObject): Promise<VisibleObject> {
    const { type } = object;
    if (type !== "Jobflow") return { type };
    const { value } = await this.#objects.readField(
      this.#transaction,
      this.#actor,
      object,
      "source",
    );
    return visibleJobflow(value);
  }

  async #type(name: string): Promise<void> {
    const object = await this.#find(`${typesPath}/${name}`);
    if (object === null || object === "hidden") return;
    const { value } = await this.#objects.readField(
      this.#transaction,
      this.#actor,
      object,
      "fields",
    );
    if (Array.isArray(value)) this.#types.set(name, visibleType(value));
  }

  async #namesIn(directory: string): Promise<void> {
    if (this.#names.has(directory)) return;
    const page = await this.#permitted(() =>
      this.#objects.children(this.#transaction, this.#actor, directory, { limit: namesMax }),
    );
    if (page !== "hidden" && page !== null)
      this.#names.set(
        directory,
        page.items.map(({ path }) => baseName(path)),
      );
  }

  #find(path: string): Promise<StoredObject | null | "hidden"> {
    return this.#permitted(
      async () => (await this.#objects.find(this.#transaction, this.#actor, path)) ?? null,
    );
  }

  async #permitted<Found>(look: () => Promise<Found>): Promise<Found | "hidden" | null> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof TsunagiError)) throw error;
      if (error.code === "OBJECT_NOT_FOUND") return null;
      if (error.code === "PERMISSION_DENIED" || error.code === "NAME_INVALID") return "hidden";
      throw error;
    }
  }
}
