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
export { writeExposition } from "./exposition.ts";
export {
  counter,
  gauge,
  Histogram,
  histogram,
  samplesBy,
  secondsBounds,
  type Figure,
  type HistogramSample,
  type Labels,
  type Sample,
} from "./figures.ts";
export { foldText } from "./fold-text.ts";
export { logFormats, logLevels } from "./log-choices.ts";
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
export { andThen, type Soon } from "./soon.ts";
export { findSentence, loadLanguage, translate, translateWaits } from "./translate.ts";
export type { Language, Sentence } from "./translation.ts";
