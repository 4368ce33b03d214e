/** The ground everything stands on: error registry, assertions, clock, paths. Runs anywhere, knows no domain. */
export { assert, AssertionError, unreachable } from "./assert.ts";
export { systemClock, type Clock } from "./clock.ts";
export { errorKinds, type ErrorCode, type ErrorKind } from "./error-kinds.ts";
export {
  fromErrorRecord,
  toErrorRecord,
  TsunagiError,
  type ErrorContext,
  type ErrorRecord,
} from "./error.ts";
export { nearest } from "./nearest.ts";
export {
  assertPath,
  baseName,
  joinPath,
  nameFault,
  nameLengthMax,
  parentPath,
  pathLengthMax,
  resolvePath,
  shownName,
} from "./object-path.ts";
