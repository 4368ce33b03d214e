import { TsunagiError } from "#kernel";

/** More objects than this are changed in several changes, so that each stays of a size that can be undone. */
export const changedObjectsMax = 100_000;

export function tooManyBelow(path: string, hint: string): TsunagiError {
  return new TsunagiError(
    "LIMIT_EXCEEDED",
    `${path} holds more than ${changedObjectsMax} objects, too many for one change`,
    { details: { path, limit: changedObjectsMax }, hint },
  );
}
