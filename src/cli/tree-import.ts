/**
 * Puts the objects of a tree into a store. An object that refers to one that is not there yet is tried again
 * after the others; the store's own refusal tells, so that nothing about fields and types is known here.
 */
import { TsunagiError, type ErrorCode } from "#kernel";
import type { TreeObject } from "./folder-tree.ts";

export type PutObject = (object: TreeObject) => Promise<void>;

/** What an object says whose type or target is not there yet. */
const mayPass: ReadonlySet<ErrorCode> = new Set([
  "VALUE_INVALID",
  "TYPE_UNKNOWN",
  "OBJECT_NOT_FOUND",
]);

/** Throws the first refusal that did not pass, when all the others are in. */
export async function importTree(objects: readonly TreeObject[], put: PutObject): Promise<void> {
  let open = objects;
  while (open.length > 0) {
    const refused: { object: TreeObject; error: TsunagiError }[] = [];
    for (const object of open) {
      try {
        await put(object);
      } catch (error) {
        if (!(error instanceof TsunagiError) || !mayPass.has(error.code))
          throw naming(object, error);
        refused.push({ object, error });
      }
    }
    const [first] = refused;
    if (first !== undefined && refused.length === open.length)
      throw naming(first.object, first.error);
    open = refused.map((each) => each.object);
  }
}

/** The same failure, with the file that it concerns. */
function naming(object: TreeObject, error: unknown): unknown {
  if (!(error instanceof TsunagiError)) return error;
  return new TsunagiError(error.code, `${object.file}: ${error.message}`, {
    details: error.details,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
