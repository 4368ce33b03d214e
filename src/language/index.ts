/**
 * Language: from the text of a jobflow to a program, and what an editor needs to know about the text.
 *
 * Owns the grammar, the diagnostics and the compiler. Never runs anything and never does I/O; what a program
 * means is the machine's business. Runs in the browser, too.
 */
export type { Span } from "./syntax/span.ts";
export type * from "./syntax/tree.ts";
export { allExpressions } from "./syntax/walk.ts";
export { parse, sourceLengthMax, tokenize, type Parsed, type Token } from "./syntax/parser.ts";
export { format } from "./syntax/printer.ts";
export { check, diagnose } from "./analysis/checker.ts";
export type { Diagnostic } from "./analysis/diagnostic.ts";
export {
  explainDiagnostic,
  formatDiagnostic,
  formatDiagnostics,
  LineIndex,
  type Position,
} from "./analysis/position.ts";
export { translateDiagnostic, type Language } from "./analysis/translation.ts";
export { compile, compiledChains } from "./compiler/compiler.ts";
export type { CompiledChain } from "./compiler/expression-compiler.ts";
export { disassemble } from "./compiler/disassemble.ts";
