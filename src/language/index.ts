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
export { mentionedPaths, mentionedTypes } from "./analysis/paths.ts";
export {
  explainDiagnostic,
  formatDiagnostic,
  formatDiagnostics,
  LineIndex,
  type Position,
} from "./analysis/position.ts";
export type * from "./analysis/surroundings.ts";
export { visibleJobflow, visibleType } from "./analysis/visible-objects.ts";
export { translateDiagnostic } from "./analysis/translation.ts";
export { compile, compiledChains } from "./compiler/compiler.ts";
export type { CompiledChain } from "./compiler/expression-compiler.ts";
export { disassemble } from "./compiler/disassemble.ts";
export { completionsAt, type Completion, type CompletionKind } from "./editor/completion.ts";
export { EditorDocument } from "./editor/document.ts";
export {
  flowGraph,
  nodeAt,
  nodeOfJob,
  nodesWithin,
  type FlowArm,
  type FlowEdge,
  type FlowGraph,
  type FlowNode,
  type FlowNodeKind,
} from "./editor/flow-graph.ts";
export { flowMeasures, layoutFlow, type Box, type FlowLayout } from "./editor/flow-layout.ts";
export type { FlowPath } from "./editor/flow-paths.ts";
export { hoverAt, type Hover } from "./editor/hover.ts";
export { outlineOf, type OutlineItem } from "./editor/outline.ts";
export { applyEdits, renamableAt, renameAt, type Rename, type TextEdit } from "./editor/rename.ts";
export { signatureAt, type SignatureHelp } from "./editor/signature.ts";
export { definitionAt, referencesAt, type Definition } from "./editor/symbols.ts";
export { tokensOf, type EditorToken, type TokenKind as EditorTokenKind } from "./editor/tokens.ts";
