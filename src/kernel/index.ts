/** The ground everything stands on: error registry, the texts for people in Japanese, assertions, clock, paths, the language of searches. Runs anywhere, knows no domain. */
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
export { foldText } from "./fold-text.ts";
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
export { parseSearch, searchLengthMax, type ParsedSearch } from "./search/search-parser.ts";
export { printSearch } from "./search/search-printer.ts";
export type {
  Comparison,
  Literal,
  Search,
  SearchCondition,
  SearchFault,
  Step,
  Test,
} from "./search/search-tree.ts";
export { findSentence, loadLanguage, translate, translateWaits } from "./translate.ts";
export type { Language, Sentence } from "./translation.ts";
